"""Pictures on the case's page and the desk, each with words for who does not see it."""

from datetime import date, timedelta

from bs4 import Tag
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.calling.models import Contact
from energymed.cases.codes import LedgerKind
from energymed.cases.ledger import Entry, book
from energymed.cases.models import Case
from energymed.mediation.codes import InstalmentState
from energymed.mediation.models import Instalment
from tests.web.helpers import soup
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk
from tests.web.mediator.test_save_call import PLAN


def pictures(desk: MediatorDesk, address: str) -> dict[str, Tag]:
    """{label of a picture: its figure}; a picture without a label is none."""
    drawn = soup(desk.client.get(address)).select(".picture-figure")
    return {str(figure.select("svg[role=img]")[0]["aria-label"]): figure for figure in drawn}


def words(figure: Tag) -> str:
    caption = figure.select_one("figcaption")
    return " ".join(caption.get_text(" ").split()) if caption else ""


def rings(session: Session, case: Case, **ago: float) -> None:
    """Nobody answered, some time ago."""
    at = now() - timedelta(**ago)
    called = {"channel": "call_out", "started_at": at, "result": "no_answer"}
    session.add(Contact(case_id=case.id, person_id=case.person_id, **called))
    session.commit()


def test_when_the_person_answered(desk: MediatorDesk, session: Session) -> None:
    label = "Les heures de la semaine où la personne a répondu, ou non"
    rings(session, desk.case, days=3)
    assert label not in pictures(desk, f"/cases/{desk.case.id}")  # one call is no pattern
    rings(session, desk.case, days=4, hours=-5)
    for address in (f"/cases/{desk.case.id}", desk.next_call()):
        told = words(pictures(desk, address)[label])
        assert "2 appels sans réponse" in told
        assert "vendredi à 10 h : 0 sur 1" in told
        assert "jeudi à 15 h : 0 sur 1" in told


def test_how_a_plan_stands(desk: MediatorDesk, session: Session) -> None:
    desk.save(desk.next_call(), **REACHED, **PLAN, **LATER)
    first, second, *_others = session.scalars(select(Instalment).order_by(Instalment.number))
    first.state, second.due_on = InstalmentState.CONFIRMED, date(2026, 11, 22)
    session.commit()
    figure = pictures(desk, f"/cases/{desk.case.id}")["Les échéances, de la première à la dernière"]
    assert "1 × payée (confirmé)" in words(figure)
    assert "1 × pas encore confirmée" in words(figure)
    assert len(figure.select(".picture .sign-neutral")) == 4


def test_what_was_owed_from_day_to_day(desk: MediatorDesk, session: Session) -> None:
    assert not [label for label in pictures(desk, f"/cases/{desk.case.id}") if "600" in label]
    paid = Entry(desk.case.id, LedgerKind.PAYMENT, -20_000, date(2026, 11, 24), "fichier.csv")
    book(session, [paid], now=now())
    session.commit()
    for address in (f"/cases/{desk.case.id}", desk.next_call()):
        (told,) = (label for label in pictures(desk, address) if label.startswith("De 600,00"))
        assert told.endswith("à 400,00\N{NO-BREAK SPACE}€ aujourd'hui")


def test_the_dates_of_the_procedure(desk: MediatorDesk) -> None:
    desk.case.second_letter_on, desk.case.cutoff_date = date(2026, 11, 2), date(2026, 12, 8)
    desk.session.commit()
    for address in (f"/cases/{desk.case.id}", desk.next_call()):
        told = words(pictures(desk, address)["Les dates de la procédure, sur une ligne"])
        assert "trêve hivernale jusqu'au 31 mars 2027" in told
        assert "2 nov. · seconde lettre" in told
        assert "8 déc. · coupure annoncée" in told
