"""The value of a rule in words, as the list and the history show it."""

from collections.abc import Callable
from datetime import time
from typing import Any

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.partners.codes import ENERGIES, Again, CaseEffect
from energymed.partners.result_rules import (
    CALLED_AGAIN,
    PREFIX,
    ResultRule,
    declared,
)
from energymed.partners.rule_shapes import RULES
from energymed.web.shared.filters import hour, money, ngettext

DETAIL_NAMES = {
    "identity_checked": N_("identité vérifiée"),
    "relation": N_("lien avec le titulaire"),
    "message_left": N_("message laissé au tiers"),
    "language": N_("langue parlée"),
    "reported_by": N_("par qui le décès est déclaré"),
    "hung_up_when": N_("quand la personne a raccroché"),
    "phone": N_("numéro composé"),
}

YES_NO = {"yes": N_("Oui"), "no": N_("Non")}


def in_words(code: str, value: Any) -> str:
    """One line for any rule; for a result, what differs from campaign to campaign."""
    if code.startswith(PREFIX):
        first, *others = result_lines(code.removeprefix(PREFIX), value)
        return " · ".join(others or [first])
    return WORDS[RULES[code].shape](code, value)


def result_lines(code: str, value: Any) -> list[str]:
    """What a result does, line by line: to the case first, then whatever else there is."""
    rule = declared(code, value or {})
    lines = [_("le dossier %(effect)s", effect=_(rule.case.label))]
    if rule.number:
        lines.append(_("le numéro %(effect)s", effect=_(rule.number.label)))
    if rule.person:
        lines.append(_("la personne %(effect)s", effect=_(rule.person.label)))
    lines += _varying(rule)
    return lines


def _varying(rule: ResultRule) -> list[str]:
    lines = []
    if rule.requires:
        asked = ", ".join(_(DETAIL_NAMES[name]) for name in rule.requires)
        lines.append(_("demande : %(asked)s", asked=asked))
    if rule.case == CaseEffect.RETRY:
        lines.append(_("rappel %(when)s", when=_again(rule)))
    if rule.case in CALLED_AGAIN:
        lines.append(_("rappelle : %(who)s", who=_(rule.by.label)))
    if rule.most is not None and rule.closure is not None:
        closure = _(rule.closure.label)
        if rule.most == 1:
            lines.append(_("dès la première fois, clos : %(closure)s", closure=closure))
        else:
            told = _("à la %(most)se fois, clos : %(closure)s", most=rule.most, closure=closure)
            lines.append(told)
    if not rule.counts:
        lines.append(_("ne compte pas comme un essai"))
    return lines


def _again(rule: ResultRule) -> str:
    if rule.again == Again.HOURS:
        return ngettext("après %(num)s heure", "après %(num)s heures", rule.hours)
    return _(rule.again.label)


def _windows(_code: str, value: list[list[str]]) -> str:
    return ", ".join(map(_span, value))


def _weekdays(_code: str, value: list[int]) -> str:
    names = get_day_names("wide", locale=str(get_locale() or "fr"))
    return ", ".join(names[day] for day in sorted(value))


def _bounds(_code: str, value: list[str]) -> str:
    return _span(value)


def _span(ends: list[str]) -> str:
    return " – ".join(hour(time.fromisoformat(end)) for end in ends)


def _count(code: str, value: int) -> str:
    unit = RULES[code].unit
    if unit == "jours":
        return ngettext("%(num)s jour", "%(num)s jours", value)
    return f"{value} {_(unit)}"


def _amount(_code: str, value: int) -> str:
    return money(value)


def _choice(_code: str, value: bool) -> str:
    label = YES_NO["yes" if value else "no"]
    return _(label)


def _period(_code: str, value: dict[str, int]) -> str:
    said = {"attempts": value["attempts"], "num": value["days"]}
    times = ngettext("%(attempts)s en %(num)s jour", "%(attempts)s en %(num)s jours", **said)
    if value["half_days"] == 1:
        return times
    return _("%(times)s, sur %(half_days)s demi-journées différentes",
             times=times, half_days=value["half_days"])  # fmt: skip


def _truce(_code: str, value: dict[str, list[int]]) -> str:
    return " – ".join(f"{day:02d}/{month:02d}" for month, day in (value["from"], value["to"]))


def _energy(_code: str, value: str) -> str:
    return _(ENERGIES[value]) if value else ""


WORDS: dict[str, Callable[[str, Any], str]] = {
    "windows": _windows,
    "weekdays": _weekdays,
    "bounds": _bounds,
    "count": _count,
    "amount": _amount,
    "choice": _choice,
    "period": _period,
    "truce": _truce,
    "energy": _energy,
}
