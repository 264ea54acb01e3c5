"""`indicators`, `ledger`."""

import click

from energymed.accounts.service import site_by_code
from energymed.base.money import format_eur
from energymed.base.periods import parse_period
from energymed.base.spreadsheets import Kind
from energymed.cases import ledger as case_ledger
from energymed.cases.queries import latest_by_reference
from energymed.cli.common import answer, json_option, reading, with_app
from energymed.partners.codes import CampaignKind
from energymed.partners.service import partner_by_code
from energymed.reporting.indicators import Figure, compute
from energymed.reporting.scope import Scope

SHARE_DIGITS = 4


@click.command()
@click.option("--partner", "partner_code")
@click.option("--kind", type=click.Choice([str(kind) for kind in CampaignKind]))
@click.option("--site", "site_code")
@click.option("--period", required=True, help="2026-W47, 2026-11 ou 2026.")
@json_option
@with_app
def indicators(
    partner_code: str | None, kind: str | None, site_code: str | None, period: str, as_json: bool
) -> None:
    """Les indicateurs d'une période."""
    scope = scope_of(partner_code, kind, site_code, period)
    figures = compute(reading().session, scope)
    data = {
        "period": scope.period.code,
        "from": scope.period.start.isoformat(),
        "to": scope.period.end.isoformat(),
        "indicators": {code: _plain(figure) for code, figure in figures.items()},
        "terms": {code: figure.terms for code, figure in figures.items() if figure.terms},
    }
    lines = [f"{figure.label:<44} {_readable(figure):>18}" for figure in figures.values()]
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


def _plain(figure: Figure) -> float | int | None:
    if figure.unit == Kind.SHARE:
        return None if figure.value is None else round(figure.value, SHARE_DIGITS)
    return int(figure.value or 0)


def _readable(figure: Figure) -> str:
    if figure.value is None:
        return "—"
    if figure.unit == Kind.CENTS:
        return format_eur(int(figure.value))
    if figure.unit == Kind.SHARE:
        return f"{figure.value:.1%}".replace(".", ",").replace("%", " %")
    return f"{int(figure.value)}"
