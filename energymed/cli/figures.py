"""`export`, `indicators`, `ledger`, `reverse-payment`."""

from datetime import datetime
from pathlib import Path

import click

from energymed.accounts.service import site_by_code
from energymed.base.db.trouble import disk_trouble
from energymed.base.errors import BadInput, Unusable
from energymed.base.i18n import N_
from energymed.base.money import format_eur
from energymed.base.periods import parse_period
from energymed.base.private_files import write_whole
from energymed.base.spreadsheets import Kind
from energymed.cases import ledger as case_ledger
from energymed.cases.queries import latest_by_reference
from energymed.casework.ledger_corrections import reverse_entry
from energymed.cli.common import answer, json_option, reading, use_case, with_app
from energymed.partners.codes import CampaignKind
from energymed.partners.service import partner_by_code
from energymed.reporting.deliveries import make_return
from energymed.reporting.indicators import Figure, compute
from energymed.reporting.scope import Scope

SHARE_DIGITS = 4


@click.command()
@click.option("--partner", "partner_code", required=True)
@click.option("--period", required=True, help="2026-W47, 2026-11 ou 2026.")
@click.option("--format", "file_format", required=True, help="csv, xlsx ou json.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
@click.option("--site", "site_code")
@with_app
def export(
    partner_code: str, period: str, file_format: str, output: Path, site_code: str | None
) -> None:
    """Écrit le retour d'un partenaire dans un fichier."""
    if file_format == "pdf":
        raise BadInput(
            N_("Le rapport PDF n'est pas encore disponible : choisissez csv, xlsx ou json.")
        )
    scope = _scope(partner_code, None, site_code, period)
    made = make_return(reading().session, scope, file_format)
    try:
        write_whole(output, made.content)
    except OSError as error:
        trouble = disk_trouble(error)
        if isinstance(trouble, Unusable):  # it is not the place that is to blame
            raise trouble from error
        raise BadInput(N_("« %(file)s » ne peut pas être écrit."), file=str(output)) from error
    click.echo(f"{output} : {made.rows} dossiers, {len(made.content)} octets.")


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
    scope = _scope(partner_code, kind, site_code, period)
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


@click.command()
@click.argument("entry", type=int)
@click.option("--reason", required=True)
@click.option(
    "--on",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="Jour du rejet ou du remboursement ; sans lui, le règlement n'a jamais eu lieu.",
)
@json_option
@with_app
def reverse_payment(entry: int, reason: str, on: datetime | None, as_json: bool) -> None:
    """Annule un règlement enregistré (ENTRY : son numéro, donné par « ledger --json »)."""
    with use_case() as ctx:
        case = reverse_entry(ctx, entry, reason=reason, on=on.date() if on else None)
        found = case_ledger.read_ledger(ctx.session, case)
        data = {
            "reference": case.reference,
            "balance_cents": found.balance_cents,
            "repaid_cents": found.repaid_cents,
        }
    owed = format_eur(found.balance_cents or 0)
    answer(data, as_json=as_json, text=f"{case.reference} : reste dû {owed}")


def _scope(partner_code: str | None, kind: str | None, site_code: str | None, period: str) -> Scope:
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
