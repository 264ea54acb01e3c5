"""How values read on screen: French formats first, English by the reader's choice."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import phonenumbers
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from babel.support import Translations
from flask import Flask, g
from flask_babel import get_domain, get_locale
from flask_babel import gettext as _

from energymed.base.clock import paris, today
from energymed.base.spoken_hours import spoken_hour
from energymed.base.spreadsheets import Kind
from energymed.base.zones import differs, local
from energymed.calling.models import FollowUp
from energymed.reporting.indicators import Figure
from energymed.web.shared.directory_names import own_name
from energymed.web.shared.list_filters import filters_now

NOTHING = "—"
PERCENT = "#,##0.0\N{NO-BREAK SPACE}%"


def register(app: Flask) -> None:
    """Add the filters to Jinja, and let it translate by the sentences of the request."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of its i18n extension
        gettext=lambda text: sentences().ugettext(text),
        ngettext=lambda one, many, count: sentences().ungettext(one, many, count),
        newstyle=True,
    )
    app.add_template_filter(translated)
    app.add_template_filter(own_name)
    app.add_template_filter(lambda code: (code, code), "pair")
    names = (
        "money", "day", "meeting_day", "meeting", "weekday_short", "wall_clock", "moment", "clock",
        "phone", "percent", "change", "number", "relative_day", "duration", "follow_up_note",
        "their_time",
    )  # fmt: skip
    for name in names:
        app.add_template_filter(globals()[name], name)
    app.add_template_global(ngettext)
    app.add_template_global(filters_now)


def sentences() -> Translations:
    """The sentences of the reader's language, looked up once a request."""
    language = get_locale()
    known: tuple[object, Translations] | None = g.get("sentences")
    if known is None or known[0] is not language:
        g.sentences = known = (language, get_domain().get_translations())
    return known[1]


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The sentence for `num` of something in the reader's language; 1 234 in it, not 1234."""
    wording: str = sentences().ungettext(one, many, num)
    return wording % {"num": number(num), **values}


def listed(references: Iterable[str], most: int = 10) -> str:
    """References one after the other, the first ones when there are many."""
    every = list(references)
    return ", ".join(every[:most]) + (", …" if len(every) > most else "")


def follow_up_note(follow_up: FollowUp) -> str:
    """What is to be done, in a person's own words or, for many cases at once, in ours."""
    if follow_up.note or follow_up.case_count is None:
        return follow_up.note or ""
    return ngettext(
        "%(num)s dossier absent du fichier : le partenaire a-t-il répondu ?",
        "%(num)s dossiers absents du fichier, dont celui-ci : le partenaire a-t-il répondu ?",
        follow_up.case_count,
    )


def _language() -> str:
    return str(get_locale() or "fr")


def translated(pair: tuple[str, str]) -> tuple[str, str]:
    """A (code, marked label) pair of a table of codes, its label in the reader's language."""
    return pair[0], _(pair[1])


def money(cents: int | None) -> str:
    """1 234,56 € from 123456; a dash for nothing."""
    if cents is None:
        return NOTHING
    return format_currency(cents / 100, "EUR", locale=_language())


def number(value: float | None) -> str:
    """1 234 from 1234."""
    return NOTHING if value is None else format_decimal(value, locale=_language())


def percent(share: float | None) -> str:
    """5,0 % from 0.05."""
    return NOTHING if share is None else format_percent(share, PERCENT, locale=_language())


def change(figure: Figure) -> str:
    """+5,0 % against N-1, of a share +5,0 points; nothing where it means nothing."""
    if figure.change is None:
        return NOTHING
    sign = "+" if figure.change > 0 else ""
    if figure.unit != Kind.SHARE:
        return sign + percent(figure.change)
    points = format_decimal(figure.change * 100, "#,##0.0", locale=_language())
    return _("%(points)s points", points=sign + points)


def day(value: date | datetime | None) -> str:
    """23 nov. 2026, in Paris for an instant."""
    if value is None:
        return NOTHING
    civil = paris(value).date() if isinstance(value, datetime) else value
    return format_date(civil, "d MMM y", locale=_language())


def meeting_day(value: date | datetime | None) -> str:
    """mar. 1 déc., a day to be there or to call; with its year when that is not this one."""
    if value is None:
        return NOTHING
    civil = paris(value).date() if isinstance(value, datetime) else value
    skeleton = "MMMEd" if civil.year == today().year else "yMMMEd"
    return format_skeleton(skeleton, civil, locale=_language())


def meeting(value: datetime | None) -> str:
    """mar. 1 déc. à 10 h 30, in Paris: a moment to be there or to call."""
    if value is None:
        return NOTHING
    return _("%(day)s à %(time)s", day=meeting_day(value), time=clock(value))


def duration(value: timedelta | None) -> str:
    """12 secondes, 3 minutes: about how long."""
    if value is None:
        return NOTHING
    return format_timedelta(value, threshold=2, locale=_language())


def clock(value: datetime | None) -> str:
    """14 h 05 in Paris."""
    return NOTHING if value is None else hour(paris(value))


def hour(at: time | datetime) -> str:
    """14 h 05 from what a clock shows, 14 h at the full hour; 14:05 in English."""
    language = _language()
    return spoken_hour(at) if language == "fr" else format_time(at, "HH:mm", locale=language)


def their_time(at: datetime | None, postal_code: str | None) -> str:
    """What other clocks show at an instant: "9 h chez la personne"; "" where as in Paris.

    With the day where it is another than in Paris.
    """
    if at is None or not differs(at, postal_code):
        return ""
    there = local(at, postal_code)
    clock_there = hour(there)
    if there.date() != paris(at).date():
        clock_there = f"{_weekday_short(there.date(), str(_language()))} {clock_there}"
    return _("%(time)s chez la personne", time=clock_there)


def weekday(value: date) -> str:
    """lundi."""
    return format_date(value, "EEEE", locale=_language())


def weekday_short(value: date | datetime) -> str:
    """lun. 23 from a day or an instant."""
    local = paris(value).date() if isinstance(value, datetime) else value
    return _weekday_short(local, str(_language()))


@lru_cache(maxsize=1024)  # a week by hours has fifty of them
def _weekday_short(day: date, language: str) -> str:
    return format_skeleton("Ed", day, locale=language)  # type: ignore[arg-type]


def wall_clock(at: datetime) -> str:
    """An instant as a control for date and time shows it, in Paris."""
    return paris(at).strftime("%Y-%m-%dT%H:%M")


def moment(value: datetime | None) -> str:
    """23 nov. 2026 à 14 h 05, in Paris."""
    if value is None:
        return NOTHING
    return _("%(day)s à %(time)s", day=day(value), time=clock(value))


def relative_day(value: date | datetime | None) -> str:
    """aujourd'hui, demain, hier, or jeu. 26 nov."""
    if value is None:
        return NOTHING
    civil = paris(value).date() if isinstance(value, datetime) else value
    words = {0: _("aujourd'hui"), 1: _("demain"), -1: _("hier")}
    distance = (civil - today()) // timedelta(days=1)
    return words.get(distance) or format_skeleton("MMMEd", civil, locale=_language())


def phone(e164: str | None) -> str:
    """06 39 98 12 34 from +33639981234; foreign numbers keep their prefix."""
    if not e164:
        return NOTHING
    if e164.startswith("+33") and len(e164) == 12:
        digits = "0" + e164[3:]
        return "\N{NO-BREAK SPACE}".join(digits[i : i + 2] for i in range(0, 10, 2))
    parsed = phonenumbers.parse(e164)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
