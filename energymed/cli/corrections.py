"""`reverse-payment`."""

from datetime import datetime

import click

from energymed.base.money import format_eur
from energymed.cases.ledger import read_ledger
from energymed.casework.ledger_corrections import reverse_entry
from energymed.cli.common import answer, json_option, use_case, with_app


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
        found = read_ledger(ctx.session, case)
        data = {
            "reference": case.reference,
            "balance_cents": found.balance_cents,
            "repaid_cents": found.repaid_cents,
        }
    owed = format_eur(found.balance_cents or 0)
    answer(data, as_json=as_json, text=f"{case.reference} : reste dû {owed}")
