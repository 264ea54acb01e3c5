"""`indicators`, `ledger`."""

import click

from energymed.accounts.service import site_by_code
from energymed.base.clock import today
from energymed.base.money import format_eur
from energymed.base.periods import parse_period
from energymed.base.spreadsheets import Kind
from energymed.cases import ledger as case_ledger
from energymed.cases.queries import latest_by_reference
from energymed.cli.common import answer, json_option, reading, with_app
from energymed.partners.codes import CampaignKind
from energymed.partners.service import partner_by_code
from energymed.reporting.indicators import Figure, compute_with_year_before
from energymed.reporting.scope import Scope

SHARE_DIGITS = 4
PERIODS = "2026-W47, 2026-11, 2026-T4, 2026 ou 2026-01-15_2026-02-14."


@click.command()
@click.option("--partner", "partner_code")
@click.option("--kind", type=click.Choice([str(kind) for kind in CampaignKind]))
@click.option("--site", "site_code")
@click.option("--period", required=True, help=PERIODS)
@json_option
@with_app
def indicators(
    partner_code: str | None, kind: str | None, site_code: str | None, period: str, as_json: bool
) -> None:
    """Les indicateurs d'une période."""
    scope = scope_of(partner_code, kind, site_code, period)
    figures = compute_with_year_before(reading().session, scope, today())
    compared = scope.period.compared_with(today())
    data = {
        "period": scope.period.code,
        "from": scope.period.start.isoformat(),
        "to": scope.period.end.isoformat(),
        "indicators": {code: _plain(figure, figure.value) for code, figure in figures.items()},
        "terms": {code: figure.terms for code, figure in figures.items() if figure.terms},
        "compared_with": compared.code if compared else None,
        "before": {code: _plain(figure, figure.before) for code, figure in figures.items()},
    }
    head = f"{'':<44} {scope.period.code:>18} {compared.code if compared else 'N-1':>22}"
    lines = [head, *(_line(figure) for figure in figures.values())]
    answer(data, as_json=as_json, text="\n".join(lines))


@click.command()
@click.option("--partner", "partner_code", required=True)
@click.option("--reference", required=True)
@json_option
@with_app
def ledger(partner_code: str, reference: str, as_json: bool) -> None:
    """Les mouvements de la dette d'un dossier."""
    ctx = reading()
    partner = partner_by_code(ctx.session, partner_code)
    case = latest_by_reference(ctx, partner_id=partner.id, reference=reference)
    found = case_ledger.read_ledger(ctx.session, case)
    entries = [
        {
            "id": entry.id,
            "date": entry.on_date.isoformat(),
            "kind": entry.kind,
            "amount_cents": entry.amount_cents,
            "source": entry.source,
        }
        for entry in found.entries
    ]
    data = {
        "balance_cents": found.balance_cents,
        "repaid_cents": found.repaid_cents,
        "entries": entries,
    }
    lines = [
        f"{entry.id:>6}  {entry.on_date}  {entry.kind.label:<38} "
        f"{format_eur(entry.amount_cents):>16}"
        for entry in found.entries
    ]
    answer(data, as_json=as_json, text="\n".join(lines))


def scope_of(
    partner_code: str | None, kind: str | None, site_code: str | None, period: str
) -> Scope:
    """What the options name: everything, or one partner, kind or site."""
    session = reading().session
    return Scope(
        parse_period(period),
        partner_id=partner_by_code(session, partner_code).id if partner_code else None,
        kind=kind,
        site_id=site_by_code(session, site_code).id if site_code else None,
    )


def _line(figure: Figure) -> str:
    value, before = _readable(figure, figure.value), _readable(figure, figure.before)
    return f"{figure.label:<44} {value:>18} {before:>22} {_change(figure):>16}"


def _plain(figure: Figure, value: float | None) -> float | int | None:
    if value is None:
        return None
    return round(value, SHARE_DIGITS) if figure.unit == Kind.SHARE else int(value)


def _readable(figure: Figure, value: float | None) -> str:
    if value is None:
        return "—"
    if figure.unit == Kind.CENTS:
        return format_eur(int(value))
    return f"{100 * value:.1f} %".replace(".", ",") if figure.unit == Kind.SHARE else f"{value:.0f}"


def _change(figure: Figure) -> str:
    if figure.change is None:
        return "—"
    unit = "points" if figure.unit == Kind.SHARE else "%"
    return f"{100 * figure.change:+.1f} {unit}".replace(".", ",")
