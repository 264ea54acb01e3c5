"""An installation that has lived, and empty places of both kinds to restore it into."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.age.seal import Passphrase
from energymed.base.db import db
from energymed.base.files import StoredKind, keep_file
from energymed.config import Settings
from energymed.models import Model
from energymed.operations.backup import back_up
from energymed.operations.snapshot import VERSION_TABLE
from energymed.partners.models import Partner
from energymed.reporting.models import Delivery
from energymed.revisions import known_revisions
from tests.databases import postgres_database
from tests.factories import MONDAY_MORNING, PASSWORD, make_case, make_partner, make_site, make_user

OWN = X25519PrivateKey.from_private_bytes(bytes(range(32)))
LIGHT = Passphrase("quatre mots au hasard", work=4)
SECRETS = b'secret_key = "a"\npassword_salt = "b"\ntotp_secret = "c"\n'
HEAD = {"version": "9.9", "revision": known_revisions()[-1], "created_at": "2026-11-23T08:00:00"}
Rows = dict[str, list[tuple[Any, ...]]]
Place = Callable[[str], Settings]


@pytest.fixture
def stamped(app: Flask) -> Iterator[Flask]:
    """The app's database says its revision, as one that `init` made."""
    with db.engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32))"))
        told = {"revision": known_revisions()[-1]}
        connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:revision)"), told)
    yield app
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))


@pytest.fixture
def lived(stamped: Flask, settings: Settings, session: Session) -> Settings:
    """An installation with people, cases, a frozen delivery, and a gap in its numbers."""
    site, edf = make_site(session), make_partner(session, "edf")
    amina = make_user(session, "mediator", site=site, email="amina@example.org", password=PASSWORD)
    cases = [make_case(session, site=site, partner=edf, assigned_to=amina) for _ in range(3)]
    cases[0].comment = "« 50 % » d'un chèque ; \t puis\nœuvre \\ 🔌"
    cases[0].person.merged_into_id = cases[2].person_id  # a row that comes later
    session.add(delivery(session, edf, site, bytes(range(256))))
    session.delete(last := make_case(session, site=site, partner=edf, debt_cents=None))
    session.delete(last.person)
    session.commit()
    return settings


def delivery(session: Session, partner: Partner, site: Site, content: bytes) -> Delivery:
    """What a partner was given: bytes of every value."""
    day = MONDAY_MORNING.date()
    kept = keep_file(session, content, StoredKind.DELIVERY, now=MONDAY_MORNING, until=None)
    return Delivery(
        partner_id=partner.id, site_id=site.id, period="2026-W47", format="csv", row_count=1,
        period_start=day, period_end=day, created_at=MONDAY_MORNING, file_name="retour.csv",
        sha256=kept, size_bytes=len(content),
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, worker_id: str) -> Place:
    """Settings of an empty place of a kind: sqlite or postgresql."""

    def make(kind: str) -> Settings:
        instance = tmp_path / f"empty-{kind}"
        instance.mkdir()
        url = f"sqlite:///{instance}/energymed.sqlite"
        if kind == "postgresql":
            url = postgres_database(f"place_{worker_id}")
        return Settings(instance, url, environment="test", secret_key="another-key")

    return make


@pytest.fixture
def kept(lived: Settings, tmp_path: Path) -> Path:
    """A backup of that installation, for the key `OWN`."""
    path = tmp_path / "kept.backup"
    back_up(lived, path, OWN.public_key(), MONDAY_MORNING)
    return path


def rows_of(settings: Settings) -> Rows:
    """Every row of every table as the models read it."""
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        found = {
            table.name: [
                tuple(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Model.metadata.sorted_tables
        }
    engine.dispose()
    return found


def with_secrets(settings: Settings, **values: Any) -> Settings:
    """The settings as a process reads them that finds the secrets there."""
    own = dict(
        line.split(" = ")
        for line in (settings.instance / "secrets.toml").read_text("utf-8").splitlines()
    )
    known = {name: value.strip('"') for name, value in own.items() if name != "secret_key"}
    return replace(settings, **{**known, **values})
