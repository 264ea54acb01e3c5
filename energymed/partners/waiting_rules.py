"""How long one waits for whom before asking again: rows that an administrator edits. Pure.

The law sets one of these times (a complaint's two months: `procedure_rules`); the others are
choices of the product, told in docs/choices.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from energymed.base.i18n import N_
from energymed.partners.rule_kinds import RuleKind

_CHOICE = "choix du produit (docs/choices.md)"
_DAYS = N_("jours")


@dataclass(frozen=True, slots=True)
class WaitingRules:
    """Days after which what is awaited is asked for; `hold`: how long a hold is asked for.

    `before_end`: how long before a protection or a limit ends one is reminded of it. `again`: what
    nobody settled is asked again so long after. `pause`: the longest pause of a case.
    `appointment`: after the day of one, until one asks how it went. `link`: how long a body may
    answer by its link.
    """

    plan: int
    broken: int
    promise: int
    consent: int
    papers: int
    filing: int
    decision: int
    payment: int
    unpaid: int
    refusal: int
    before_end: int
    referral: int
    appointment: int
    link: int
    hold_answer: int
    hold: int
    action: int
    complaint: int
    paper: int
    again: int
    pause: int
    appeal_months: int
    complaint_months: int
    mne_months: int

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From the values of the rules in force, by their codes."""
        return cls(**{each.name: values[_code(each.name)] for each in fields(cls)})


def _code(name: str) -> str:
    """The code of the rule that a field takes its value from."""
    return name if name.endswith("_months") else f"wait_{name}"


WAITING_DEFAULTS: dict[str, tuple[Any, str]] = {
    "wait_plan": (15, _CHOICE),
    "wait_broken": (60, _CHOICE),
    "wait_promise": (3, _CHOICE),
    "wait_consent": (7, _CHOICE),
    "wait_papers": (7, _CHOICE),
    "wait_filing": (3, _CHOICE),
    "wait_decision": (45, _CHOICE),
    "wait_payment": (30, _CHOICE),
    "wait_unpaid": (120, _CHOICE),
    "wait_refusal": (3, _CHOICE),
    "wait_before_end": (14, _CHOICE),
    "wait_referral": (21, _CHOICE),
    "wait_appointment": (1, _CHOICE),
    "wait_link": (90, _CHOICE),
    "wait_hold_answer": (3, _CHOICE),
    "wait_hold": (30, "DOMAIN §10"),
    "wait_action": (10, _CHOICE),
    "wait_complaint": (7, _CHOICE),
    "wait_paper": (7, _CHOICE),
    "wait_again": (7, _CHOICE),
    "wait_pause": (92, _CHOICE),
}

WAITING_RULES: dict[str, RuleKind] = {
    "wait_plan": RuleKind(
        N_("Échéancier à confirmer"),
        N_("Sans confirmation du fournisseur après ce temps, on la demande."),
        "count", 1, 120, _DAYS,
    ),
    "wait_broken": RuleKind(
        N_("Échéancier rompu"),
        N_("Le temps d'en reparler ; ensuite le partenaire signale de nouveau la dette, s'il y a "
           "lieu."),
        "count", 1, 366, _DAYS,
    ),
    "wait_promise": RuleKind(
        N_("Paiement annoncé"),
        N_("Après le jour dit, le temps que le règlement arrive avant d'en reparler."),
        "count", 0, 60, _DAYS,
    ),
    "wait_consent": RuleKind(
        N_("Accord de la personne"), N_("Pour une demande d'aide repérée."), "count", 1, 120, _DAYS
    ),
    "wait_papers": RuleKind(
        N_("Pièces d'une demande d'aide"), N_("Après ce temps, on demande où elles en sont."),
        "count", 1, 120, _DAYS,
    ),
    "wait_filing": RuleKind(
        N_("Dossier complet à déposer"), N_("Une demande complète part dans ce temps."),
        "count", 0, 60, _DAYS,
    ),
    "wait_decision": RuleKind(
        N_("Décision d'un fonds"),
        N_("Ou plus tôt, avant que la protection de la fourniture finisse."),
        "count", 1, 366, _DAYS,
    ),
    "wait_payment": RuleKind(
        N_("Versement d'une aide accordée"), N_("Du fonds au fournisseur."), "count", 1, 366, _DAYS
    ),
    "wait_unpaid": RuleKind(
        N_("Aide accordée, jamais versée"),
        N_("Après ce temps, on demande une dernière fois ; sans versement dans le temps habituel, "
           "elle est notée « jamais versée »."),
        "count", 1, 732, _DAYS,
    ),
    "wait_refusal": RuleKind(
        N_("Suite d'un refus"),
        N_("Le temps de voir avec la personne ce qui reste possible."),
        "count", 0, 60, _DAYS,
    ),
    "wait_before_end": RuleKind(
        N_("Avant la fin d'une protection"),
        N_("On est prévenu ce temps avant qu'une protection ou un délai finisse."),
        "count", 1, 60, _DAYS,
    ),
    "wait_referral": RuleKind(
        N_("Nouvelles d'une orientation"), N_("Après ce temps, on demande ce qu'il en est."),
        "count", 1, 366, _DAYS,
    ),
    "wait_appointment": RuleKind(
        N_("Après le rendez-vous d'une orientation"),
        N_("Après ce temps, on demande ce qu'il en est."), "count", 1, 60, _DAYS,
    ),
    "wait_link": RuleKind(
        N_("Lien d'un organisme"),
        N_("Le temps pendant lequel un organisme répond par son lien."), "count", 1, 366, _DAYS,
    ),
    "wait_hold_answer": RuleKind(
        N_("Réponse à une suspension"), N_("Après ce temps, on relance le partenaire."),
        "count", 1, 60, _DAYS,
    ),
    "wait_hold": RuleKind(
        N_("Durée d'une suspension"), N_("Demandée, quand aucun jour n'est dit."),
        "count", 1, 366, _DAYS,
    ),
    "wait_action": RuleKind(
        N_("Action demandée au fournisseur"), N_("Après ce temps, on demande si elle est faite."),
        "count", 1, 120, _DAYS,
    ),
    "wait_complaint": RuleKind(
        N_("Réclamation à écrire"), N_("Par la personne, ou avec elle."), "count", 1, 60, _DAYS
    ),
    "wait_paper": RuleKind(
        N_("Attestation à envoyer"), N_("Après ce temps, on demande si elle est partie."),
        "count", 1, 60, _DAYS,
    ),
    "wait_again": RuleKind(
        N_("Ce qui reste sans suite"), N_("Après un suivi fait, le temps avant d'en reparler."),
        "count", 1, 60, _DAYS,
    ),
    "wait_pause": RuleKind(
        N_("Pause la plus longue"), N_("Un dossier ne s'arrête pas plus longtemps que cela."),
        "count", 1, 366, _DAYS,
    ),
}  # fmt: skip
