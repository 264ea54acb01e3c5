"""After how many calls in vain another way is proposed: rows that an administrator edits. Pure.

A text message, then a letter, then a visit (DOMAIN §15). What is proposed is never sent by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from energymed.base.i18n import N_
from energymed.partners.rule_kinds import RuleKind


@dataclass(frozen=True, slots=True)
class CascadeRules:
    """Calls in vain after which each way is proposed; 0: never."""

    sms: int
    letter: int
    visit: int

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From the values of the rules in force, by their codes."""
        return cls(values["cascade_sms"], values["cascade_letter"], values["cascade_visit"])


CASCADE_DEFAULTS: dict[str, tuple[Any, str]] = {
    "cascade_sms": (1, "choix du produit (docs/choices.md)"),
    "cascade_letter": (2, "choix du produit (docs/choices.md)"),
    "cascade_visit": (3, "choix du produit (docs/choices.md)"),
}
_HELP = N_("Appels en vain, après lesquels il est proposé ; une personne décide. Zéro : jamais.")
CASCADE_RULES: dict[str, RuleKind] = {
    "cascade_sms": RuleKind(N_("Proposer un SMS"), _HELP, "count", 0, 20, N_("appels")),
    "cascade_letter": RuleKind(N_("Proposer un courrier"), _HELP, "count", 0, 20, N_("appels")),
    "cascade_visit": RuleKind(N_("Proposer une visite"), _HELP, "count", 0, 20, N_("appels")),
}
