"""What may be said of a right: probably, unlikely, cannot say; and the sentence to tell. Pure.

Each right is reckoned for the household as told and for two that differ a little: a tenth less
income in the dearest place, a tenth more in the cheapest. Where the three do not agree, nothing is
claimed: whoever decides is asked. No amount is shown, so that nobody takes it for a promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.mediation.rights.household import Home, Special

LESS, AS_TOLD, MORE = 0.9, 1.0, 1.1
# where the amounts are others, or the rights (Mayotte, Saint-Pierre-et-Miquelon, the Pacific)
OTHER_RULES = ("975", "976", "977", "978", "986", "987", "988")


class Right(Code):
    """A right that is reckoned."""

    HOUSING_AID = "housing_aid", N_("Aide au logement (APL, ALS, ALF)")
    RSA = "rsa", N_("RSA")
    ACTIVITY_BONUS = "activity_bonus", N_("Prime d'activité")
    ASPA = "aspa", N_("Minimum vieillesse (ASPA)")


class Likelihood(Code):
    """How sure one may be."""

    PROBABLE = "probable", N_("probable")
    UNLIKELY = "unlikely", N_("peu probable")
    CANNOT_SAY = "cannot_say", N_("on ne peut pas dire")


ASK_AT: dict[Right, str] = {
    Right.HOUSING_AID: N_("La demande se fait auprès de la CAF, ou de la MSA."),
    Right.RSA: N_("La demande se fait auprès de la CAF, de la MSA ou du CCAS."),
    Right.ACTIVITY_BONUS: N_("La demande se fait auprès de la CAF, ou de la MSA."),
    Right.ASPA: N_("La demande se fait auprès de la caisse de retraite, ou de la mairie."),
}
TO_TELL: dict[Likelihood, str] = {
    Likelihood.PROBABLE: N_(
        "« D'après ce que vous me dites, vous y avez probablement droit. C'est l'organisme qui "
        "le vérifie et qui décide. »"
    ),
    Likelihood.UNLIKELY: N_(
        "« D'après ce que vous me dites, c'est peu probable. Vous pouvez quand même le demander : "
        "c'est l'organisme qui décide. »"
    ),
    Likelihood.CANNOT_SAY: N_(
        "« Je ne peux pas vous le dire d'ici : le mieux est de le faire vérifier. »"
    ),
}
# whose rules are others for these rights
RECKONED_OTHERWISE: dict[Special, tuple[Right, ...]] = {
    Special.STUDENT: (Right.HOUSING_AID, Right.RSA, Right.ACTIVITY_BONUS),
    Special.SELF_EMPLOYED: tuple(Right),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the households reckoned: `share` of the income told, in a zone of rents (1 to 3)."""

    share: float
    zone: int


VARIANTS = (Variant(LESS, 1), Variant(AS_TOLD, 2), Variant(MORE, 3))


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be said of one right."""

    right: Right
    likelihood: Likelihood


def question(home: Home, on: date) -> dict[str, object]:
    """What the engine is asked, as JSON: the month, and the household in each variant."""
    return {
        "month": f"{on:%Y-%m}",
        "homes": [_home(home, variant) for variant in VARIANTS],
    }


def _home(home: Home, variant: Variant) -> dict[str, object]:
    euros = variant.share / 100
    return {
        "adults": [
            {
                "age": adult.age,
                "work": round(adult.work_cents * euros, 2),
                "pension": round(adult.pension_cents * euros, 2),
                "other": round(adult.other_cents * euros, 2),
            }
            for adult in home.adults
        ],
        "children": list(home.children),
        "housing": home.housing.value,
        "rent": home.rent_cents / 100,
        "zone": variant.zone,
    }


def judge(home: Home, postal_code: str, reckoned: Sequence[dict[str, float]]) -> list[Answer]:
    """One answer a right, from the amounts that the engine gives for each variant."""
    return [Answer(right, _judge(home, postal_code, right, reckoned)) for right in Right]


def _judge(
    home: Home, postal_code: str, right: Right, reckoned: Sequence[dict[str, float]]
) -> Likelihood:
    others = any(right in RECKONED_OTHERWISE[special] for special in home.special)
    if others or postal_code.startswith(OTHER_RULES):
        return Likelihood.CANNOT_SAY
    given = {amounts[right] > 0 for amounts in reckoned}
    if len(given) > 1:
        return Likelihood.CANNOT_SAY
    return Likelihood.PROBABLE if given == {True} else Likelihood.UNLIKELY
