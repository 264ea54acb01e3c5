"""The migration of papers: what a request lacked is a row each, and a list on the way back."""

import json

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from energymed.base.db import transaction
from energymed.mediation.models import Act, AidDocument, AidRequest
from energymed.partners import rulebook
from tests.factories import MONDAY_MORNING, make_case
from tests.test_exchange_results_migration import rows
from tests.test_migrations import bare_app

__all__ = ["bare_app"]  # the fixture

pytestmark = pytest.mark.slow

BEFORE = "0034"
DAY = MONDAY_MORNING.date()
# state → {paper: has it come}
REQUESTS: dict[str, dict[str, bool]] = {
    "documents_pending": {"identity": False, "bill": False, "lease": True},
    "consent_given": {},
    "submitted": {"identity": True},
}
LISTED = "SELECT r.state, p.paper, p.asked_on IS NULL FROM aid_paper p JOIN aid_request r"


def noted() -> None:
    with transaction() as session:
        rulebook.seed(session)
        case = make_case(session)
        for state, papers in REQUESTS.items():
            act = Act(
                case_id=case.id, kind="aid_opened", details={}, acted_on=DAY,
                created_at=MONDAY_MORNING,
            )  # fmt: skip
            session.add(act)
            session.flush()
            aid = AidRequest(
                act_id=act.id, case_id=case.id, fund="fsl_energy", state=state, opened_on=DAY,
                moved_on=DAY,
            )  # fmt: skip
            session.add(aid)
            session.flush()
            for paper, came in papers.items():
                came_on = DAY if came else None
                session.add(
                    AidDocument(aid_id=aid.id, paper=paper, asked_on=DAY, received_on=came_on)
                )


def test_what_a_request_lacked_goes_there_and_back(bare_app: Flask) -> None:
    with bare_app.app_context():
        upgrade()
        noted()
        downgrade(revision=BEFORE)
        found = rows("SELECT state, missing_documents FROM aid_request ORDER BY id")
        lists = {
            state: json.loads(listed) if isinstance(listed, str) else listed
            for state, listed in found
        }
        assert lists == {
            "documents_pending": ["identity", "bill"], "consent_given": [], "submitted": [],
        }  # fmt: skip
        upgrade()
        listed = rows(f"{LISTED} ON r.id = p.aid_id ORDER BY r.id, p.id")
        assert [(state, paper, bool(unasked)) for state, paper, unasked in listed] == [
            ("documents_pending", "identity", False),
            ("documents_pending", "bill", False),
            ("consent_given", "identity", True),
            ("consent_given", "income", True),
            ("consent_given", "bill", True),
        ]
