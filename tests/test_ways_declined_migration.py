"""The migration of declined ways: the cascade's letter finds room, and its text is set right."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.calling.models import WayDeclined
from energymed.cases.models import Case
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.messages.letters.models import LetterText
from energymed.messages.letters.seeds import LETTER_SEEDS
from energymed.messages.letters.to_print import ask_for_letter
from tests.factories import MONDAY_MORNING, make_case
from tests.test_migrations import bare_app

__all__ = ["bare_app"]  # the fixture

pytestmark = pytest.mark.slow

BEFORE = "0037"
HOME = {"address": "3 rue du Lac", "postal_code": "26000", "commune": "Valence"}
UNREACHABLE = "SELECT code, body FROM letter_text WHERE kind = 'unreachable' ORDER BY code"


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_letter_of_nothing_has_room_until_the_way_back(bare_app: Flask) -> None:
    upgrade()
    with transaction() as session:
        ctx = Context(session, SYSTEM, MONDAY_MORNING)
        case = make_case(session, **HOME)
        ask_for_letter(ctx, case, LetterKind.UNREACHABLE, LetterVariant.USUAL)
        session.add(WayDeclined(case_id=case.id, way="sms", declined_at=MONDAY_MORNING))
    downgrade(revision=BEFORE)
    assert rows("SELECT id FROM letter_to_print") == []
    upgrade()
    with transaction() as session:
        case = session.scalars(select(Case)).one()
        ctx = Context(session, SYSTEM, MONDAY_MORNING)
        ask_for_letter(ctx, case, LetterKind.UNREACHABLE, LetterVariant.USUAL)
        assert session.scalars(select(WayDeclined)).all() == []


def test_the_text_says_what_a_new_installation_says_unless_it_was_written_anew(
    bare_app: Flask,
) -> None:
    upgrade(revision=BEFORE)
    before = rows(UNREACHABLE)
    upgrade()
    codes = ("unreachable_plain", "unreachable_usual")
    assert rows(UNREACHABLE) == [(code, LETTER_SEEDS[code]["body"]) for code in codes]
    downgrade(revision=BEFORE)
    assert rows(UNREACHABLE) == before
    with transaction() as session:
        for each in session.scalars(select(LetterText).where(LetterText.code.in_(codes))):
            each.body = "Appelez-nous."
    upgrade()
    assert rows(UNREACHABLE) == [(code, "Appelez-nous.") for code in codes]
