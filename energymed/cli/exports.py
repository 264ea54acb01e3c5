"""`export`."""

from pathlib import Path

import click

from energymed.base.clock import today
from energymed.base.db.trouble import disk_trouble
from energymed.base.errors import BadInput, Unusable
from energymed.base.i18n import N_
from energymed.base.private_files import write_whole
from energymed.cli.common import reading, with_app
from energymed.cli.figures import PERIODS, scope_of
from energymed.reporting.deliveries import make_return


@click.command()
@click.option("--partner", "partner_code", required=True)
@click.option("--period", required=True, help=PERIODS)
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
    scope = scope_of(partner_code, None, site_code, period)
    made = make_return(reading().session, scope, file_format, today())
    try:
        write_whole(output, made.content)
    except OSError as error:
        trouble = disk_trouble(error)
        if isinstance(trouble, Unusable):  # it is not the place that is to blame
            raise trouble from error
        raise BadInput(N_("« %(file)s » ne peut pas être écrit."), file=str(output)) from error
    click.echo(f"{output} : {made.rows} dossiers, {len(made.content)} octets.")
