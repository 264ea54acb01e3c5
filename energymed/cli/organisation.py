"""`setup`: an organisation from a file, or by questions on the terminal."""

from pathlib import Path

import click

from energymed.base.errors import DomainError
from energymed.casework.setup_organisation import SetUp, refuse_set_up, set_up
from energymed.cli.common import (
    answer,
    fail,
    json_option,
    password_hash,
    reading,
    use_case,
    with_any_schema,
)
from energymed.cli.organisation_file import ask_plan, read_plan
from energymed.schema import prepare_database


@click.command()
@click.option("--from", "file", type=click.Path(path_type=Path), help="Un fichier TOML.")
@click.option("--interactive", is_flag=True, help="Par questions et réponses.")
@json_option
@with_any_schema
def setup(file: Path | None, interactive: bool, as_json: bool) -> None:
    """Met en place l'association : sites, administrateur, partenaires, équipe."""
    if (file is None) == (not interactive):
        raise click.UsageError("Donnez --from FICHIER ou --interactive.")
    prepare_database()
    try:
        refuse_set_up(reading())
        plan = read_plan(file) if file is not None else ask_plan()
        with use_case() as ctx:
            done = set_up(ctx, plan, password_hash)
    except DomainError as error:
        fail("\n".join(str(each) for each in (error, *error.more)))
    answer(_data(done), as_json=as_json, text=_text(done))


def _data(done: SetUp) -> dict[str, object]:
    return {
        "sites": done.sites,
        "partners": done.partners,
        "accounts": [
            {"email": email, "role": role} | ({"password": drawn} if drawn else {})
            for email, role, drawn in done.accounts
        ],
    }


def _text(done: SetUp) -> str:
    lines = [f"Sites : {', '.join(done.sites)}."]
    lines += [f"Partenaires : {', '.join(done.partners)}."] if done.partners else []
    lines.append("Comptes ; un mot de passe tiré n'est montré qu'ici :")
    lines += [f"  {role:<10} {email:<34} {drawn}".rstrip() for email, role, drawn in done.accounts]
    lines.append("Lancez « energymed serve », puis connectez-vous.")
    return "\n".join(lines)
