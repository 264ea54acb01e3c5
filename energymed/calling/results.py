"""The table of call results: label, key, what each requires and what it does (DOMAIN §9)."""

from dataclasses import dataclass

from energymed.base.i18n import N_

REACHED = ("reached_holder", "reached_mandated")
NOT_AN_ATTEMPT = ("technical",)
# A number that is not the person's tells nothing of the person: the next number may be dialled.
NOT_THE_PERSON = ("technical", "wrong_number", "invalid_number")

GROUPS = {
    "reached": N_("Joint"),
    "not_reached": N_("Pas joint"),
    "stop": N_("On s'arrête là"),
}


@dataclass(frozen=True, slots=True)
class CallResult:
    """One result. `effect` names what `calling.effects` does; `requires` are detail fields."""

    code: str
    label: str
    key: str
    group: str
    effect: str
    requires: tuple[str, ...] = ()
    closure: str | None = None


RESULTS = {
    result.code: result
    for result in (
        CallResult(
            "reached_holder", N_("Joint – titulaire"), "1", "reached", "outcome",
            ("identity_checked",),
        ),
        CallResult(
            "reached_mandated", N_("Joint – cotitulaire ou mandataire"), "2", "reached", "outcome",
            ("relation", "identity_checked"),
        ),
        CallResult("callback_set", N_("Rappel convenu"), "3", "reached", "callback"),
        CallResult("no_answer", N_("Absent"), "4", "not_reached", "retry"),
        CallResult("busy", N_("Occupé"), "5", "not_reached", "retry_today"),
        CallResult(
            "voicemail_left", N_("Répondeur, message neutre"), "6", "not_reached", "retry"
        ),
        CallResult("voicemail_none", N_("Répondeur, sans message"), "7", "not_reached", "retry"),
        CallResult("third_party", N_("Tiers"), "8", "not_reached", "retry", ("message_left",)),
        CallResult("hung_up", N_("Raccroché"), "9", "not_reached", "retry_once", ("hung_up_when",)),
        CallResult("wrong_number", N_("Faux numéro"), "w", "not_reached", "number", ("phone",)),
        CallResult("invalid_number", N_("Hors service"), "i", "not_reached", "number", ("phone",)),
        CallResult(
            "language_barrier", N_("Barrière de langue"), "l", "not_reached", "interpreter",
            ("language",),
        ),
        CallResult("technical", N_("Incident technique"), "t", "not_reached", "again"),
        CallResult("refused", N_("Refuse l'échange"), "r", "stop", "rest", closure="refused"),
        CallResult(
            "opposed", N_("S'oppose à être recontacté"), "o", "stop", "stop", closure="opposed"
        ),
        CallResult("moved", N_("Déménagé"), "m", "stop", "return", closure="moved"),
        CallResult(
            "not_customer", N_("Conteste être client"), "c", "stop", "return",
            closure="not_customer",
        ),
        CallResult(
            "deceased", N_("Décédé (déclaré)"), "d", "stop", "deceased", ("reported_by",),
            closure="deceased",
        ),
    )
}  # fmt: skip

MESSAGES_LEFT = {
    "none": N_("Aucun message"),
    "callback_only": N_("Seulement « rappelez-nous »"),
}
RELATIONS = {
    "spouse": N_("Conjoint"),
    "co_holder": N_("Cotitulaire"),
    "child": N_("Enfant"),
    "parent": N_("Parent"),
    "social_worker": N_("Travailleur social"),
    "guardian": N_("Tuteur ou curateur"),
    "other": N_("Autre personne mandatée"),
}
REPORTERS = {
    "family": N_("Famille"),
    "neighbour": N_("Voisin"),
    "notary": N_("Notaire"),
    "other": N_("Autre"),
}
HUNG_UP_WHEN = {
    "before_identification": N_("Avant de se présenter"),
    "after_identification": N_("Après s'être présenté"),
}
CHOICES = {
    "relation": RELATIONS,
    "message_left": MESSAGES_LEFT,
    "reported_by": REPORTERS,
    "hung_up_when": HUNG_UP_WHEN,
}
