"""The schema of the database against that of the program."""

import pytest
from flask import Flask
from sqlalchemy import text

from energymed.base.db import db
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.schema import schema_findings
from energymed.operations.snapshot import VERSION_TABLE
from energymed.revisions import known_revisions


def test_a_database_without_a_revision_is_not_ready(app: Flask) -> None:
    with db.engine.connect() as connection:
        (found,) = schema_findings(connection)
    assert found.health == Health.WRONG
    assert "energymed init" in str(found)


@pytest.mark.parametrize(
    ("revision", "health", "said"),
    [
        (known_revisions()[-1], Health.OK, "celle de ce programme"),
        ("0001", Health.WRONG, "version antérieure"),
        ("9999", Health.WRONG, "plus récente"),
    ],
)
def test_a_revision_is_that_of_the_program_or_it_is_told(
    stamped: Flask, revision: str, health: Health, said: str
) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{revision}'"))
    with db.engine.connect() as connection:
        (found,) = schema_findings(connection)
    assert found.health == health
    assert said in str(found)
    assert revision in str(found)
