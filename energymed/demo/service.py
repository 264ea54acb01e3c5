"""Prepares the demo: once, in one transaction; later runs find it as people left it."""

from collections.abc import Callable, Sequence
from random import Random

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.base.clock import today
from energymed.base.db import db, references_unchecked, transaction
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.demo.asked import ask_partners
from energymed.demo.cautions import Cautions
from energymed.demo.directory import add_local_entries
from energymed.demo.missions import MISSIONS, Mission
from energymed.demo.otherwise import reach_otherwise
from energymed.demo.past import write_past
from energymed.demo.team import TEAM, open_offices
from energymed.demo.today import make_weeks
from energymed.demo.weekly_files import WeeklyFiles
from energymed.demo_file import DemoLogin
from energymed.models import Model

SEED = 2023
CAUTIOUS = "pdp"  # the site that has a case of each sort to be careful with, or reached otherwise


def refuse_real_data(settings: Settings) -> None:
    """The demo never touches an installation that was not made for it; an empty one will do.

    Raises:
        Refused: when the database holds a site or an account of a real installation.
    """
    if settings.demo or is_empty():
        return
    raise Refused(
        N_(
            "Cette installation n'est pas une démonstration : rien n'a été touché. "
            "Choisissez un autre dossier avec ENERGYMED_INSTANCE."
        )
    )


def is_empty() -> bool:
    """Whether nobody has set up anything in the database yet."""
    tables = inspect(db.engine).get_table_names()
    return not any(
        model.__tablename__ in tables and db.session.scalar(select(model.id).limit(1))
        for model in (Site, User)
    )


def drop_everything() -> None:
    """Remove every table, for a fresh start."""
    db.session.remove()
    with db.engine.connect() as connection, references_unchecked(connection), connection.begin():
        Model.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def ensure_demo(
    password_hash: Callable[[str], str],
    *,
    progress: Callable[[str], None],
    missions: Sequence[Mission] | None = None,
) -> list[DemoLogin]:
    """Make the association when the database is empty; returns one login per person.

    Args:
        password_hash: turns a password into what the account keeps (the web's business).
        progress: told one sentence per step.
        missions: those that have a past; all of `MISSIONS` when none are given.
    """
    logins = [member.login for member in TEAM]
    if not db.session.scalar(select(func.count()).select_from(User)):
        with transaction() as session:
            hashed = password_hash(logins[0].password)
            _build(session, hashed, progress, MISSIONS if missions is None else missions)
    return logins


def _build(
    session: Session,
    hashed: str,
    progress: Callable[[str], None],
    missions: Sequence[Mission],
) -> None:
    offices = open_offices(session, hashed)
    add_local_entries(session, today())
    random = Random(SEED)  # the same association every time, on purpose
    write_past(session, random, missions, offices, today(), progress)
    for office in offices.values():
        progress(f"{office.site.name} : les deux dernières semaines et la file du jour")
        weekly_files = WeeklyFiles(session, random, office)
        if office.site.code == CAUTIOUS:
            cautions = Cautions(session, random, weekly_files)
            make_weeks(weekly_files, cautions.guests())
            cautions.tell()
            reach_otherwise(session, office)
        else:
            make_weeks(weekly_files)
        ask_partners(session, office)
