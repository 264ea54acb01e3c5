"""Periods as a person reads and chooses them."""

from datetime import date

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _

from energymed.base.periods import Period, latest_months, latest_weeks, latest_years
from energymed.web.shared.filters import day

WEEKS_SHOWN, MONTHS_SHOWN, YEARS_SHOWN = 10, 13, 3


def period_name(period: Period) -> str:
    """Semaine 47 (16 nov. – 22 nov. 2026), novembre 2026, or 2026."""
    if "W" in period.code:
        return _(
            "Semaine %(number)s (%(first)s – %(last)s)",
            number=period.code[6:],
            first=format_date(period.start, "d MMM", locale=str(get_locale() or "fr")),
            last=day(period.end),
        )
    if "-" in period.code:
        return format_date(period.start, "LLLL y", locale=str(get_locale() or "fr"))
    return period.code


def period_choices(today: date, chosen: Period) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of (code, name) to choose from, latest first; the chosen one is always there."""
    groups = {
        _("Mois"): latest_months(today, MONTHS_SHOWN),
        _("Semaines"): latest_weeks(today, WEEKS_SHOWN),
        _("Années"): latest_years(today, YEARS_SHOWN),
    }
    if all(chosen not in periods for periods in groups.values()):
        groups = {_("Période choisie"): [chosen], **groups}
    return [(name, [(p.code, period_name(p)) for p in periods]) for name, periods in groups.items()]
