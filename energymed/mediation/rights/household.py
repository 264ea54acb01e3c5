"""A household as it is told for a check of its rights: in memory for one answer, never kept. Pure.

Nationality, illness and days of birth are not asked (DOMAIN §12); ages are whole years.
"""

import re
from dataclasses import dataclass

from energymed.base.codes import Code
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.money import Cents

MOST_A_MONTH: Cents = 2_000_000  # above, somebody has slipped on a key
YOUNGEST, OLDEST = 16, 110
MOST_CHILDREN = 12
OLDEST_CHILD = 24
_SEPARATORS = re.compile(r"[\s,;/+]+|\bet\b")


class Housing(Code):
    """How the household lives where it lives."""

    TENANT = "tenant", N_("Locataire, logement vide")
    SOCIAL_TENANT = "social_tenant", N_("Locataire HLM")
    FURNISHED = "furnished", N_("Locataire, meublé ou colocation")
    OWNER = "owner", N_("Propriétaire")
    HOSTED = "hosted", N_("Hébergement sans loyer")


TENANTS = (Housing.TENANT, Housing.SOCIAL_TENANT, Housing.FURNISHED)


class Special(Code):
    """Who is reckoned by other rules than these; nothing is said of them but where to ask."""

    STUDENT = "student", N_("Études ou apprentissage")
    SELF_EMPLOYED = "self_employed", N_("Travail indépendant")


@dataclass(frozen=True, slots=True)
class Adult:
    """An adult: age, and net cents a month from work, from pensions and from anything else."""

    age: int
    work_cents: Cents = 0
    pension_cents: Cents = 0
    other_cents: Cents = 0


@dataclass(frozen=True, slots=True)
class Home:
    """Who lives together, of what, and for what rent (cents a month, without charges)."""

    adults: tuple[Adult, ...]
    children: tuple[int, ...] = ()
    housing: Housing = Housing.TENANT
    rent_cents: Cents = 0
    special: frozenset[Special] = frozenset()


def ages_told(text: str) -> tuple[int, ...]:
    """The ages of children as one writes them: "3, 8", "3 et 8", "3/8"; nothing is no child.

    Raises:
        BadInput: something else than whole years, or too many.
    """
    words = [word for word in _SEPARATORS.split(text.strip().lower()) if word]
    if len(words) > MOST_CHILDREN or not all(
        word.isascii() and word.isdecimal() and len(word) <= 2 for word in words
    ):
        raise BadInput(N_("Donnez l'âge des enfants en années, par exemple « 3, 8 »."),
                       field="children")  # fmt: skip
    return tuple(int(word) for word in words)


def check(home: Home) -> None:
    """Refuse what cannot be.

    Raises:
        BadInput: with `params["field"]`, the control that is wrong.
    """
    faults = Faults()
    for place, adult in zip(("", "partner_"), home.adults, strict=False):
        faults.when(
            not YOUNGEST <= adult.age <= OLDEST,
            BadInput(N_("Donnez un âge en années, entre %(least)s et %(most)s."), least=YOUNGEST,
                     most=OLDEST, field=f"{place}age"),
        )  # fmt: skip
        for name in ("work", "pension", "other"):
            faults.when(
                not 0 <= getattr(adult, f"{name}_cents") <= MOST_A_MONTH,
                BadInput(N_("Ce montant par mois ne peut pas être juste."), field=f"{place}{name}"),
            )
    faults.when(
        any(age > OLDEST_CHILD for age in home.children),
        BadInput(N_("Un enfant de plus de %(most)s ans compte comme un foyer à part."),
                 most=OLDEST_CHILD, field="children"),
    )  # fmt: skip
    faults.when(
        not 0 <= home.rent_cents <= MOST_A_MONTH,
        BadInput(N_("Ce montant par mois ne peut pas être juste."), field="rent"),
    )
    faults.tell()
