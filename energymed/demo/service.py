"""Prepares the demo: once, in one transaction; later runs find it as people left it."""

from collections.abc import Callable
from datetime import date
from random import Random

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from energymed.accounts.association import end_set_up, set_association
from energymed.accounts.models import Site, User
from energymed.accounts.service import NewUser, add_site, add_user
from energymed.base.clock import now, today
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.errors import Refused
from energymed.base.files import FileStore
from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.demo.acts import write_acts
from energymed.demo.draft import draft_year
from energymed.demo.rows import YearWriter
from energymed.demo.today import TodayMaker
from energymed.messages.templates import set_sender
from energymed.models import Model
from energymed.partners.models import Partner
from energymed.partners.service import add_partner

PASSWORD = "demo-energymed"  # noqa: S105  # shown on the terminal, for invented people only
DOMAIN_NAME = "demo.example.org"
SITE = ("pdp", "Portes de Provence")
SENDER = ("PIMMS Médiation Portes de Provence", "04 65 71 00 00")
PARTNERS = (
    ("edf", "EDF"),
    ("engie", "Engie"),
    ("enedis", "Enedis"),
    ("veolia", "Veolia"),
    ("suez", "Suez"),
)
TEAM = (
    ("admin", "admin", "Hélène Vasseur", ()),
    ("lead", "lead", "Claire Dumas", ()),
    ("mediator", "amina", "Amina Belkacem", ("arabe",)),
    ("mediator", "julien", "Julien Ferrand", ()),
    ("mediator", "sofia", "Sofia Marques", ("portugais",)),
    ("mediator", "thomas", "Thomas Girod", ()),
    ("partner", "edf", "Pôle solidarité EDF", ()),
)
SEED = 2023


def refuse_real_data(settings: Settings) -> None:
    """The demo never touches an installation that was not made for it; an empty one will do.

    Raises:
        Refused: when the database holds a site or an account of a real installation.
    """
    if settings.demo or _is_empty():
        return
    raise Refused(
        N_(
            "Cette installation n'est pas une démonstration : rien n'a été touché. "
            "Choisissez un autre dossier avec ENERGYMED_INSTANCE."
        )
    )


def _is_empty() -> bool:
    tables = inspect(db.engine).get_table_names()
    return not any(
        model.__tablename__ in tables and db.session.scalar(select(model.id).limit(1))
        for model in (Site, User)
    )


def drop_everything() -> None:
    """Remove every table, for a fresh start."""
    db.session.remove()
    Model.metadata.drop_all(db.engine)
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def ensure_demo(
    password_hash: Callable[[str], str], files: FileStore, *, progress: Callable[[str], None]
) -> list[dict[str, str]]:
    """Make the association when the database is empty; returns one login per role and mediator.

    Args:
        password_hash: turns a password into what the account keeps (the web's business).
        files: where the raw files of the last weeks are kept.
        progress: told one sentence per step.
    """
    if not db.session.scalar(select(func.count()).select_from(User)):
        with transaction() as session:
            _build(session, password_hash(PASSWORD), files, progress)
    return [
        {"role": role, "email": f"{local}@{DOMAIN_NAME}", "password": PASSWORD}
        for role, local, _name, _languages in TEAM
    ]


def _build(
    session: Session, hashed: str, files: FileStore, progress: Callable[[str], None]
) -> None:
    at = now()
    site = add_site(Context(session, SYSTEM, at), *SITE)
    partners = {
        code: add_partner(Context(session, SYSTEM, at), code, name) for code, name in PARTNERS
    }
    session.flush()
    set_association(Context(session, SYSTEM, at), *SENDER)
    end_set_up(Context(session, SYSTEM, at))
    set_sender(Context(session, SYSTEM, at), site.id, *SENDER)
    team = _team(session, hashed, site, partners)
    random = Random(SEED)  # the same association every time, on purpose
    year = today().year - 1
    progress(f"Année {year} : dossiers, appels, accords, paiements…")
    _past_year(session, random, year, site, partners["edf"], team)
    progress("File du jour…")
    TodayMaker(session, random, site, partners, team, files).make()


def _team(
    session: Session, hashed: str, site: Site, partners: dict[str, Partner]
) -> dict[str, list[User]]:
    at = now()
    team: dict[str, list[User]] = {"mediator": [], "lead": [], "partner": [], "admin": []}
    for role, local, name, languages in TEAM:
        new = NewUser(
            email=f"{local}@{DOMAIN_NAME}",
            name=name,
            role=role,
            password_hash=hashed,
            site_id=site.id,
            partner_id=partners["edf"].id,
            languages=languages,
            must_change_password=False,
        )
        team[role].append(add_user(Context(session, SYSTEM, at), new))
    session.flush()
    return team


def _past_year(
    session: Session,
    random: Random,
    year: int,
    site: Site,
    partner: Partner,
    team: dict[str, list[User]],
) -> None:
    drafts = draft_year(random, year, [user.id for user in team["mediator"]])
    writer = YearWriter(session, drafts, site.id, partner.id, team["lead"][0].id)
    writer.write()
    write_acts(session, random, drafts, writer.case_ids, writer.contact_ids, date(year, 12, 31))
