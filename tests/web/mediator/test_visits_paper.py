"""The round of visits on paper: in walking order, with what matters at the door, no debt."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.pdf import Round, Stop
from energymed.base.text.typed import typed
from energymed.calling.codes import EXCHANGE_RESULTS, Channel
from energymed.calling.models import FollowUp
from energymed.cases.models import Case, Household
from energymed.cases.person_models import PersonNeed
from energymed.web.mediator.follow_ups import visits_paper
from energymed.web.mediator.follow_ups.visits_paper import BOXES
from tests.factories import MONDAY_MORNING, make_partner, make_person
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk
from tests.web.mediator.test_solution import words_of

ROUND = "/visits/round.pdf"


@pytest.fixture
def papers() -> Iterator[list[Round]]:
    """The rounds that were written, besides their PDF."""
    made: list[Round] = []
    real = visits_paper.write_round

    def keep(paper: Round) -> bytes:
        made.append(paper)
        return real(paper)

    with patch.object(visits_paper, "write_round", keep):
        yield made


def visit(desk: MediatorDesk, case: Case, address: str, town: str, days: int = 1) -> None:
    case.address, case.commune = address, town
    desk.session.add(
        FollowUp(
            case_id=case.id, kind="visit", state="open", assigned_to_id=desk.user.id,
            due_at=MONDAY_MORNING.replace(hour=8) + timedelta(days=days),
            created_at=MONDAY_MORNING,
        )
    )  # fmt: skip
    desk.session.commit()


def need(desk: MediatorDesk, kind: str, **values: str) -> None:
    day = MONDAY_MORNING.date()
    desk.session.add(
        PersonNeed(
            person_id=desk.case.person_id, case_id=desk.case.id, kind=kind, agreed_on=day,
            until=day, noted_at=MONDAY_MORNING, **values,
        )
    )  # fmt: skip
    desk.session.commit()


def stops(paper: Round) -> list[Stop]:
    return [stop for day in paper.days for _town, some in day.towns for stop in some]


def test_doors_follow_one_another_and_nothing_tells_of_a_debt(
    desk: MediatorDesk, papers: list[Round]
) -> None:
    for address in ("12 rue du Lac", "3 rue du Lac"):
        visit(desk, desk.add_case(), address, "Valence")
    visit(desk, desk.case, "1 rue du Pont", "Crest")
    answer = desk.client.get(ROUND)
    assert words_of(answer) == "Tournée de visites"
    (paper,) = papers
    assert [stop.where.split(",")[0] for stop in stops(paper)] == [
        "1 rue du Pont", "3 rue du Lac", "12 rue du Lac",
    ]  # fmt: skip
    said = f"{paper}"
    for never in ("600,00", "€", "dette", desk.partner.name):
        assert never not in said
    assert desk.case.person.full_name in said
    noted = select(AuditEvent.after).where(AuditEvent.action == "list.downloaded")
    assert desk.session.scalars(noted).one()["format"] == "pdf"


def test_the_page_and_the_paper_ask_alike(desk: MediatorDesk, papers: list[Round]) -> None:
    visit(desk, desk.case, "1 rue du Pont", "Crest")
    visit(desk, desk.add_case(), "3 rue du Lac", "Valence", days=2)
    link = soup(desk.client.get("/visits?commune=Crest")).select_one(f"a[href^='{ROUND}']")
    assert link is not None
    desk.client.get(str(link["href"]))
    desk.client.get(ROUND, query_string={"day": "2026-11-25"})
    desk.client.get(ROUND)
    counted = [[town for day in paper.days for town, _some in day.towns] for paper in papers]
    assert counted == [["Crest"], ["Valence"], ["Crest", "Valence"]]
    none = desk.client.get(ROUND, query_string={"commune": "Die"}, follow_redirects=True)
    assert "Aucune visite à imprimer." in text_of(none)


def test_what_matters_at_the_door_is_there_and_no_more(
    desk: MediatorDesk, papers: list[Round]
) -> None:
    visit(desk, desk.case, "1 rue du Pont", "Crest")
    for kind in ("no_message", "equipment", "infant"):
        need(desk, kind)
    need(desk, "interpreter", language="arabe")
    assert desk.client.get(ROUND).status_code == 200
    (stop,) = stops(papers[0])
    assert [typed(each) for each in stop.cautions] == [
        "Ne laisser aucun message, ni carte", "Interprète nécessaire : arabe",
    ]  # fmt: skip
    assert not stop.card  # no box for a card that must not be left


def test_no_card_is_left_for_whoever_said_so_in_another_file(
    desk: MediatorDesk, papers: list[Round]
) -> None:
    visit(desk, desk.case, "1 rue du Pont", "Crest")
    me = desk.case.person
    home = desk.session.get_one(Household, me.household_id)
    namesake = make_person(
        desk.session, desk.site, make_partner(desk.session), household=home, name_key=me.name_key
    )
    desk.session.add(
        PersonNeed(
            person_id=namesake.id, case_id=desk.case.id, kind="no_message",
            agreed_on=MONDAY_MORNING.date(), until=MONDAY_MORNING.date(), noted_at=MONDAY_MORNING,
        )
    )  # fmt: skip
    desk.session.commit()
    assert desk.client.get(ROUND).status_code == 200
    (stop,) = stops(papers[0])
    assert (stop.card, stop.cautions) == (False, ["Ne laisser aucun message, ni carte"])
    page = desk.client.get("/visits")
    assert soup(page).select(f"form[action^='/visits/{desk.case.id}/card']") == []
    assert "Ne laissez aucun message." in text_of(page)


def test_every_result_of_a_visit_has_its_box(session: Session) -> None:
    assert set(BOXES) == set(EXCHANGE_RESULTS[Channel.VISIT])
