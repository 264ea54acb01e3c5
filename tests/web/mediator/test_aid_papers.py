"""The papers of a request, ticked on the case's page, and what is possible after a refusal."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from energymed.mediation.models import AidDocument, AidRequest
from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import LATER, MediatorDesk
from tests.web.mediator.test_take_along import AGREED

ASKED = {**AGREED, **LATER, "acts": ["aid_opened"]}  # missing: income, bill
HOSTILE = ["x", "income\x00", "9" * 400, "é" * 300, "' OR 1=1 --", "<script>", "😀"]
NOT_NOW = "Les pièces ne se notent plus"


@pytest.fixture
def asked(desk: MediatorDesk) -> MediatorDesk:
    """A case whose request for aid waits for two papers."""
    typed = {key: value for key, value in ASKED.items() if key != "closure"}
    assert desk.save(desk.next_call(), **typed).status_code == 303
    return desk


def aid_of(desk: MediatorDesk) -> AidRequest:
    desk.session.rollback()
    desk.session.expire_all()
    return desk.session.query(AidRequest).one()


def note(desk: MediatorDesk, *came: str, was: str = "", **more: Any) -> str:
    """Send the checklist with these boxes ticked; what the next page says."""
    name = f"move-papers-{aid_of(desk).id}"
    typed = {name: "papers", f"{name}-was": was, f"{name}-came": list(came)}
    typed |= {f"{name}-{key}": value for key, value in more.items()}
    return move(desk, **typed)


def move(desk: MediatorDesk, **typed: Any) -> str:
    typed["case_id"] = desk.case.id
    answer = desk.client.post(f"/cases/{desk.case.id}/move", data=typed, follow_redirects=True)
    assert answer.status_code == 200
    return text_of(answer)


def stands(desk: MediatorDesk) -> tuple[str, list[str]]:
    aid = aid_of(desk)
    return str(aid.state), [str(each) for each in aid.to_bring]


def test_papers_are_ticked_at_once_and_unticked(asked: MediatorDesk) -> None:
    assert stands(asked) == ("documents_pending", ["income", "bill"])
    assert "1 pièce manque" in note(asked, "income")
    assert "Toutes les pièces sont là" in note(asked, "income", "bill", was="income")
    assert stands(asked) == ("complete", [])
    assert "1 pièce manque" in note(asked, "bill", was="income bill")
    assert stands(asked) == ("documents_pending", ["income"])
    note(asked, "income", "bill")  # a page drawn before the colleague's tick says both again
    assert stands(asked) == ("complete", [])


def test_the_boxes_are_those_that_came(asked: MediatorDesk) -> None:
    note(asked, "bill")
    page = soup(asked.client.get(f"/cases/{asked.case.id}"))
    boxes = {
        str(each["value"]): each.has_attr("checked")
        for each in page.select(f"[name=move-papers-{aid_of(asked).id}-came]")
    }
    assert boxes == {"income": False, "bill": True}


def test_one_more_paper_is_asked_for(asked: MediatorDesk) -> None:
    note(asked, "income", "bill", more="lease")
    assert stands(asked) == ("documents_pending", ["lease"])


def test_nothing_changed_is_said(asked: MediatorDesk) -> None:
    assert "Choisissez l'étape suivante." in note(asked)
    assert stands(asked) == ("documents_pending", ["income", "bill"])


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("field", ["came", "was", "more"])
def test_hostile_papers_change_nothing(asked: MediatorDesk, field: str, value: str) -> None:
    note(asked, **{field: value})
    assert stands(asked) == ("documents_pending", ["income", "bill"])
    assert asked.session.query(AidDocument).count() == 2


@pytest.mark.parametrize("record", ["0", "-1", "999999", "9" * 30, "x", ""])
def test_an_unknown_request_changes_nothing(asked: MediatorDesk, record: str) -> None:
    name = f"move-papers-{record}"
    typed = {name: "papers", f"{name}-came": "income", "case_id": asked.case.id}
    answer = asked.client.post(f"/cases/{asked.case.id}/move", data=typed)
    assert answer.status_code in (303, 404)
    assert stands(asked) == ("documents_pending", ["income", "bill"])


def test_a_stranger_finds_neither_case_nor_request(asked: MediatorDesk, session: Session) -> None:
    name = f"move-papers-{aid_of(asked).id}"
    typed = {name: "papers", f"{name}-came": "income"}
    own = asked.case.id
    stranger = make_user(session)
    asked.sign_in_as(stranger)
    assert asked.client.post(f"/cases/{own}/move", data=typed).status_code == 404
    assert stands(asked) == ("documents_pending", ["income", "bill"])


def test_papers_come_for_a_closed_case_too(desk: MediatorDesk) -> None:
    typed = {**AGREED, "acts": ["aid_opened"], "closure": "self_solved"}
    assert desk.save(desk.next_call(), **typed).status_code == 303
    assert desk.fresh().state == "closed"
    note(desk, "income", "bill")
    assert stands(desk) == ("complete", [])
    assert desk.fresh().state == "closed"


def test_once_filed_papers_are_not_noted(asked: MediatorDesk) -> None:
    note(asked, "income", "bill")
    move(asked, **{f"move-aid-{aid_of(asked).id}": "submitted"})
    assert NOT_NOW in note(asked, was="income")
    assert stands(asked) == ("submitted", [])


def refused(desk: MediatorDesk, reason: str) -> str:
    note(desk, "income", "bill")
    name = f"move-aid-{aid_of(desk).id}"
    move(desk, **{name: "submitted"})
    return move(desk, **{name: "refused", f"{name}-refusal_reason": reason})


@pytest.mark.parametrize(
    ("reason", "way", "said", "unsaid"),
    [
        ("income", "plan", "Proposer un échéancier", "avec les pièces qui manquaient"),
        ("incomplete", "asked_again", "avec les pièces qui manquaient", "Proposer un échéancier"),
        ("already_aided", "other_fund", "Demander à un autre fonds", "Écrire un recours"),
        ("out_of_scope", "appeal", "Écrire un recours", "Proposer un échéancier"),
        ("other", "referral", "Écrire un recours", "Proposer un échéancier"),
    ],
)
def test_a_refusal_says_its_ways_until_one_is_taken(
    asked: MediatorDesk, reason: str, way: str, said: str, unsaid: str
) -> None:
    page = refused(asked, reason)
    assert said in page.split("Que faire alors :")[1]
    assert unsaid not in page
    done = move(asked, **{f"move-refusal-{aid_of(asked).id}": way})
    assert "Que faire alors :" not in done
    assert aid_of(asked).after_refusal == way


@pytest.mark.parametrize("value", ["", *HOSTILE])
def test_a_refusal_without_a_reason_or_a_way_that_is_none(asked: MediatorDesk, value: str) -> None:
    refused(asked, value)
    assert aid_of(asked).state == "submitted"
    refused(asked, "income")
    move(asked, **{f"move-refusal-{aid_of(asked).id}": value})
    assert aid_of(asked).after_refusal is None
