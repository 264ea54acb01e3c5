"""A finding: what was examined, how it is, one sentence, and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from energymed.base.clock import paris
from energymed.base.i18n import N_
from energymed.operations.doctor.codes import Check, Health

MEGABYTE = 1_000_000
SOME = 5  # numbers named in a sentence
RESTORE = N_(
    "N'y écrivez plus, gardez une copie du fichier, puis restaurez une sauvegarde "
    "(« energymed restore »)."
)

BY_HAND = N_(
    "Ces lignes ont été changées à la main : restaurez une sauvegarde, ou faites-les corriger."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined. `message` and `advice` are msgids, `params` fill both.

    A value may be an instant; whoever shows it gives it in the reader's way.
    """

    check: Check
    health: Health
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    advice: str = ""

    def __str__(self) -> str:
        """The French sentence."""
        return filled(self.message, self.params)

    @property
    def advised(self) -> str:
        """What to do, in French; nothing where all is well."""
        return filled(self.advice, self.params)


def good(check: Check, message: str, **params: object) -> Finding:
    """Something is as it should be."""
    return Finding(check, Health.OK, message, params)


def warning(check: Check, message: str, advice: str, **params: object) -> Finding:
    """Something is to be watched."""
    return Finding(check, Health.WARNING, message, params, advice)


def wrong(check: Check, message: str, advice: str, **params: object) -> Finding:
    """Something is to be put right."""
    return Finding(check, Health.WRONG, message, params, advice)


def filled(sentence: str, params: Mapping[str, object]) -> str:
    """A French sentence with its values."""
    if not params:
        return sentence
    return sentence % {name: _shown(value) for name, value in params.items()}


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing is wrong; warnings do not count."""
    return all(finding.health != Health.WRONG for finding in findings)


def _shown(value: object) -> object:
    return f"{paris(value):%d/%m/%Y %H:%M}" if isinstance(value, datetime) else value
