"""What the page of indicators shows: figures in groups, bars of a chart."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from energymed.base.i18n import N_
from energymed.base.spreadsheets import Kind
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.indicators import Figure
from energymed.web.shared.filters import NOTHING, change, money, number, percent

GROUPS = (
    (N_("Activité"), ("files_imported", "cases_received", "cases_handled", "people_contacted",
                      "cases_reached", "reach_rate", "calls_out", "contacts_out",
                      "mails_letters", "visits", "contacts_made", "contacts_acted",
                      "action_share")),
    (N_("Solutions"), ("plans_negotiated", "plans_confirmed", "plans_kept", "plans_broken",
                       "aids_created", "aids_granted", "aids_granted_cents", "referrals",
                       "cheque_awareness")),
    (N_("Dettes"), ("payments_confirmed_cents", "debt_total_cents", "debt_cleared_cents",
                    "cleared_share", "debt_cleared_to_date_cents", "cleared_share_to_date")),
    (N_("Coupures et rendez-vous"), ("cutoff_calls", "cutoff_told_in_time",
                                     "interventions_avoided", "appointment_calls")),
)  # fmt: skip
CHARTED = ("plans_negotiated", "aids_created", "referrals", "cheque_awareness")
BAR_WIDTH = 520  # drawing units of the longest bar


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a share, which opens its own cases."""

    code: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator as a person reads it; `terms` are a share's two terms."""

    code: str
    label: str
    value: str
    terms: tuple[Term, ...]
    before: str
    change: str


@dataclass(frozen=True, slots=True)
class Bars:
    """One label of the chart with this period's and last year's values and bar lengths."""

    label: str
    value: int
    before: int
    length: float
    length_before: float


def grouped(figures: Mapping[str, Figure]) -> list[tuple[str, list[Row]]]:
    """Every figure as a row, in groups with their titles; a new indicator is never left out."""
    named = {code for _title, codes in GROUPS for code in codes}
    rest = tuple(code for code in figures if code not in named)
    groups = [*GROUPS, (N_("Autres"), rest)] if rest else list(GROUPS)
    return [
        (_(title), [_row(figures[c]) for c in codes if c in figures]) for title, codes in groups
    ]


def bars(figures: Mapping[str, Figure]) -> list[Bars]:
    """The solutions found, beside those of the year before; nothing when there is none."""
    chosen = [figures[code] for code in CHARTED if code in figures]
    longest = max((max(f.value or 0, f.before or 0) for f in chosen), default=0)
    if not longest:
        return []
    return [
        Bars(
            _(figure.label),
            int(figure.value or 0),
            int(figure.before or 0),
            round((figure.value or 0) * BAR_WIDTH / longest, 1),
            round((figure.before or 0) * BAR_WIDTH / longest, 1),
        )
        for figure in chosen
    ]


def _row(figure: Figure) -> Row:
    terms: tuple[Term, ...] = ()
    if figure.terms is not None:
        share = SHARES[figure.code]
        codes = share.numerator, share.denominator
        terms = tuple(
            Term(code, _(INDICATORS[code].label), _in_unit(value, INDICATORS[code].unit))
            for code, value in zip(codes, figure.terms, strict=True)
        )
    value, before = (_in_unit(each, figure.unit) for each in (figure.value, figure.before))
    return Row(figure.code, _(figure.label), value, terms, before, change(figure))


def _in_unit(value: float | None, unit: Kind) -> str:
    if value is None:
        return NOTHING
    if unit == Kind.CENTS:
        return money(int(value))
    return percent(value) if unit == Kind.SHARE else number(value)
