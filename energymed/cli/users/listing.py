"""`user list`."""

import click

from energymed.accounts import listing
from energymed.accounts import service as accounts
from energymed.accounts.codes import AccountState
from energymed.accounts.listing import AccountFilter
from energymed.cli.common import answer, json_option, reading, with_app
from energymed.cli.users.options import role_choice, told


@click.command("list")
@click.option("--role", type=role_choice)
@click.option("--site", "site_code")
@click.option("--state", type=click.Choice([str(state) for state in AccountState]))
@click.option("--search", default="", help="Cherche dans le nom et l'e-mail.")
@json_option
@with_app
def list_users(
    role: str | None, site_code: str | None, state: str | None, search: str, as_json: bool
) -> None:
    """Liste les comptes."""
    ctx = reading()
    site_id = accounts.site_by_code(ctx.session, site_code).id if site_code else None
    asked = AccountFilter(text=search, role=role or "", site_id=site_id, state=state or "")
    found = list(ctx.session.scalars(listing.accounts(ctx, asked)).unique())
    standings = listing.standings(ctx, found)
    rows = [told(one, standings[one.id].state) for one in found]
    text = "\n".join(
        f"{row['email']}  {row['name']}  {row['role']}  {row['state']}" for row in rows
    )
    answer(rows, as_json=as_json, text=text or "Aucun compte.")
