"""Call results as people see them: label, key, group, and the answers that some ask for."""

from dataclasses import dataclass

from energymed.base.i18n import N_

REACHED = ("reached_holder", "reached_mandated")
NOBODY_ON_THE_LINE = (
    "no_answer", "busy", "voicemail_left", "voicemail_none", "wrong_number", "invalid_number",
)  # fmt: skip
NOT_AN_ATTEMPT = ("technical",)  # for the indicators (DOMAIN §11)

GROUPS = {
    "reached": N_("Joint"),
    "not_reached": N_("Pas joint"),
    "stop": N_("On s'arrête là"),
}


@dataclass(frozen=True, slots=True)
class CallResult:
    """One result as the desk shows it. What it requires and does is declared for each campaign
    (`partners.result_rules`).
    """

    code: str
    label: str
    key: str
    group: str


RESULTS = {
    result.code: result
    for result in (
        CallResult("reached_holder", N_("Joint – titulaire"), "1", "reached"),
        CallResult("reached_mandated", N_("Joint – cotitulaire ou mandataire"), "2", "reached"),
        CallResult("callback_set", N_("Rappel convenu"), "3", "reached"),
        CallResult("no_answer", N_("Absent"), "4", "not_reached"),
        CallResult("busy", N_("Occupé"), "5", "not_reached"),
        CallResult("voicemail_left", N_("Répondeur, message neutre"), "6", "not_reached"),
        CallResult("voicemail_none", N_("Répondeur, sans message"), "7", "not_reached"),
        CallResult("third_party", N_("Tiers"), "8", "not_reached"),
        CallResult("hung_up", N_("Raccroché"), "9", "not_reached"),
        CallResult("wrong_number", N_("Faux numéro"), "w", "not_reached"),
        CallResult("invalid_number", N_("Hors service"), "i", "not_reached"),
        CallResult("language_barrier", N_("Barrière de langue"), "l", "not_reached"),
        CallResult("technical", N_("Incident technique"), "t", "not_reached"),
        CallResult("refused", N_("Refuse l'échange"), "r", "stop"),
        CallResult("opposed", N_("S'oppose à être recontacté"), "o", "stop"),
        CallResult("moved", N_("Déménagé"), "m", "stop"),
        CallResult("not_customer", N_("Conteste être client"), "c", "stop"),
        CallResult("deceased", N_("Décédé (déclaré)"), "d", "stop"),
    )
}

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
