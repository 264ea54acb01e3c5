"""Periods as a person names, chooses and asks for them."""

from collections.abc import Callable
from datetime import date

from babel.dates import format_date
from flask import flash
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.periods import (
    Period,
    free_period,
    latest_months,
    latest_quarters,
    latest_weeks,
    latest_years,
    parse_period,
)
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import day
from energymed.web.shared.list_filters import ListFilters

WEEKS_SHOWN, MONTHS_SHOWN, QUARTERS_SHOWN, YEARS_SHOWN = 10, 13, 8, 5
QUARTERS = (
    N_("1er trimestre %(year)s"),
    N_("2e trimestre %(year)s"),
    N_("3e trimestre %(year)s"),
    N_("4e trimestre %(year)s"),
)


def period_name(period: Period) -> str:
    """Semaine 47 (16 nov. – 22 nov. 2026), novembre 2026, 4e trimestre 2026, 2026, du … au …"""
    code = period.code
    if period.is_free:
        return _("du %(first)s au %(last)s", first=day(period.start), last=day(period.end))
    if "W" in code:
        return _(
            "Semaine %(number)s (%(first)s – %(last)s)",
            number=code[6:],
            first=format_date(period.start, "d MMM", locale=get_locale()),
            last=day(period.end),
        )
    if "Q" in code:
        return _(QUARTERS[int(code[-1]) - 1], year=code[:4])
    if "-" in code:
        return format_date(period.start, "LLLL y", locale=get_locale())
    return code


def period_choices(until: date, chosen: Period) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (code, name) to choose from, latest first; the chosen one is always there."""
    groups = {
        _("Mois"): latest_months(until, MONTHS_SHOWN),
        _("Semaines"): latest_weeks(until, WEEKS_SHOWN),
        _("Trimestres"): latest_quarters(until, QUARTERS_SHOWN),
        _("Années"): latest_years(until, YEARS_SHOWN),
    }
    if all(chosen not in periods for periods in groups.values()):
        groups = {_("Période choisie"): [chosen], **groups}
    return [(name, [(p.code, period_name(p)) for p in periods]) for name, periods in groups.items()]


def asked_period(given: MultiDict[str, str], usual: Callable[[], Period]) -> Period:
    """The period of an address or a form: from a day to another, else by its code.

    What makes no sense is told, and is the usual one.
    """
    filters = ListFilters(given)
    first, last = filters.day("from"), filters.day("to")
    try:
        if first and last:
            return free_period(first, last)
        code = filters.text("period")
        return parse_period(code) if code else usual()
    except BadInput as error:
        flash(sentence(error), "warning")
        return usual()


def compared_name(period: Period, today: date) -> str:
    """What a period is compared with, in a sentence."""
    before = period.compared_with(today)
    if before is None:
        return _("L'année d'avant n'a pas cette semaine : il n'y a pas de N-1.")
    if before != period.year_before:
        return _(
            "Période en cours : les chiffres vont jusqu'à maintenant, et N-1 s'arrête au même jour "
            "(%(period)s).",
            period=period_name(before),
        )
    return _("N-1 : %(period)s.", period=period_name(before))
