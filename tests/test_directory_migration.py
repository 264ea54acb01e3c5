"""The directory's migration: requests and referrals find their row, both ways."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text

from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.codes import Body, Fund
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.mediation.directory_seeds import body_row, fund_row, seed_directory
from energymed.mediation.models import Referral
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.partners import rulebook
from tests.factories import MONDAY_MORNING, make_case
from tests.test_migrations import bare_app

__all__ = ["bare_app"]  # the fixture

pytestmark = pytest.mark.slow

BEFORE = "0027"
LINKED = (
    "SELECT referral.body, social_body.department FROM referral"
    " JOIN social_body ON body_id = social_body.id ORDER BY referral.id"
)


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def uniques() -> list[list[str]]:
    db.engine.dispose()
    found = inspect(db.engine).get_unique_constraints("referral")
    return sorted(each["column_names"] for each in found)


def acted() -> None:
    """A request, and referrals to two bodies of one kind, a new kind, a national line, none."""
    with transaction() as session:
        rulebook.seed(session)
        case = make_case(session, postal_code="26000", commune="Valence")
        ctx = Context(session, SYSTEM, MONDAY_MORNING)
        local = SocialBody(
            kind=Body.CCAS, name="Valence", department="26", certainty="P", source="essai"
        )
        session.add(local)
        session.flush()
        open_aid(ctx, case.id, AidOpening("fsl_water", consent=True))
        for kind, body_id in (("ccas", None), ("", local.id), ("energy_cheque", None),
                              ("mne", None), ("caf", None)):  # fmt: skip
            request = ReferralRequest(kind, "budget", "coordinates_given", True, body_id)
            refer(ctx, case.id, request)
        session.scalars(select(Referral).where(Referral.body == "caf")).one().body_id = None


def test_what_was_done_finds_its_row_and_the_way_back(bare_app: Flask) -> None:
    upgrade()
    acted()
    assert rows(LINKED) == [
        ("ccas", None), ("ccas", "26"), ("energy_cheque", None), ("mne", None),
    ]  # fmt: skip
    downgrade(revision=BEFORE)
    assert uniques() == [["act_id"], ["case_id", "body"]]
    # of two of one kind the first stays; the new kind is not known there
    assert rows("SELECT body FROM referral ORDER BY id") == [
        ("ccas",), ("france_services",), ("mne",), ("caf",),
    ]  # fmt: skip
    assert rows("SELECT fund, state FROM aid_request") == [("fsl_water", "consent_given")]
    upgrade()
    assert uniques() == [["act_id"], ["case_id", "body_id"]]
    assert rows(LINKED) == [
        ("ccas", None), ("france_services", None), ("mne", None), ("caf", None),
    ]  # fmt: skip
    assert rows("SELECT name FROM aid_fund JOIN aid_request ON fund_id = aid_fund.id") == [
        ("FSL eau",)
    ]
    assert rows("SELECT phone FROM social_body WHERE kind = 'mne'") == [("0 800 112 212",)]


def test_the_migration_writes_what_a_new_installation_has(bare_app: Flask) -> None:
    upgrade()
    with transaction() as session:
        funds = session.scalars(select(AidFund).order_by(AidFund.id)).all()
        bodies = session.scalars(select(SocialBody).order_by(SocialBody.id)).all()
        for found, made in (
            (funds, [fund_row(kind) for kind in Fund]),
            (bodies, [body_row(kind) for kind in Body]),
        ):
            assert [{name: getattr(row, name) for name in made[0]} for row in found] == made
        seed_directory(session)
        assert len(session.scalars(select(AidFund)).all()) == len(Fund)
        assert len(session.scalars(select(SocialBody)).all()) == len(Body)
