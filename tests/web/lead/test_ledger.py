"""The ledger of a case on screen: a lead takes a payment back, corrects, writes off."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.cases.ledger import Entry, book
from energymed.cases.models import Case, LedgerEntry
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.lead.conftest import LeadDesk

REASON = "EDF, Mme Roy, ce jour"


@pytest.fixture
def case(desk: LeadDesk, session: Session) -> Case:
    """100 € owed, of which 40 € were paid."""
    made = make_case(session, site=desk.site, partner=desk.partner, debt_cents=10_000)
    day = date(2026, 11, 16)
    book(
        session,
        [Entry(made.id, "payment", -4000, day, "r.csv", "CB", "ref|1")],
        now=MONDAY_MORNING,
    )
    session.commit()
    return made


def payment_id(session: Session) -> int:
    found = session.scalars(select(LedgerEntry.id).where(LedgerEntry.kind == "payment")).one()
    return found


def balance(session: Session, case: Case) -> int | None:
    session.expire_all()
    return session.get_one(Case, case.id).debt_cents


def test_a_payment_is_taken_back_and_stands_again(
    desk: LeadDesk, session: Session, case: Case
) -> None:
    page = text_of(desk.client.get(f"/cases/{case.id}"))
    assert "Annuler ce règlement…" in page
    address = f"/ledger/{payment_id(session)}/reverse"
    assert "Que s'est-il passé ?" in text_of(desk.client.get(address))
    answer = desk.client.post(
        address, data={"what": "returned", "on": "2026-11-23", "reason": REASON}
    )
    assert answer.headers["Location"].endswith(f"/cases/{case.id}#debt")
    assert balance(session, case) == 10_000
    page = text_of(desk.client.get(f"/cases/{case.id}"))
    assert "L'écriture est annulée." in page
    assert REASON in page
    assert "Annuler ce règlement…" not in page
    reversal = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "reversal")).one()
    assert reversal.on_date == date(2026, 11, 23)
    assert "Que s'est-il passé ?" not in text_of(desk.client.get(f"/ledger/{reversal.id}/reverse"))
    desk.client.post(f"/ledger/{reversal.id}/reverse", data={"reason": REASON})
    assert balance(session, case) == 6000
    again = desk.client.get(f"/ledger/{reversal.id}/reverse?case={case.id}", follow_redirects=True)
    assert "Cette écriture est déjà annulée." in text_of(again)


@pytest.mark.parametrize(
    ("kind", "typed", "owed"),
    [
        ("correction", {"direction": "more", "amount": "5,50"}, 6550),
        ("correction", {"direction": "less", "amount": "5,50"}, 5450),
        ("write_off", {"amount": "10"}, 5000),
    ],
)
def test_an_adjustment(
    desk: LeadDesk, session: Session, case: Case, kind: str, typed: dict[str, str], owed: int
) -> None:
    address = f"/cases/{case.id}/adjust/{kind}"
    assert "Reste dû" in text_of(desk.client.get(address))
    desk.client.post(address, data={**typed, "on": "2026-11-23", "reason": REASON})
    assert balance(session, case) == owed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "0"}, "Le montant doit être plus grand que zéro."),
        ({"amount": "abc"}, "Ce montant ne se lit pas"),
        ({"amount": "60,01"}, "C'est plus que ce qui est dû."),
        ({"on": "2026-11-24"}, "Ce jour n'est pas encore venu."),
        ({"reason": " "}, "Dites pourquoi"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_control(
    desk: LeadDesk, session: Session, case: Case, typed: dict[str, str], said: str
) -> None:
    data = {"amount": "10", "on": "2026-11-23", "reason": REASON, **typed}
    answer = desk.client.post(f"/cases/{case.id}/adjust/write_off", data=data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert balance(session, case) == 6000


def test_a_mediator_neither_sees_nor_may(desk: LeadDesk, session: Session, case: Case) -> None:
    mediator = make_user(session, "mediator", site=desk.site)
    session.commit()
    desk.client.post("/logout")
    sign_in(desk.client, mediator)
    page = text_of(desk.client.get(f"/cases/{case.id}"))
    assert "Annuler ce règlement" not in page
    assert "Correction…" not in page
    assert desk.client.get(f"/ledger/{payment_id(session)}/reverse").status_code == 403
    assert desk.client.get(f"/cases/{case.id}/adjust/write_off").status_code == 403


def test_another_sites_ledger_is_not_there(desk: LeadDesk, session: Session) -> None:
    other = make_case(session)
    session.commit()
    assert desk.client.get(f"/cases/{other.id}/adjust/correction").status_code == 404
    entry = session.scalars(select(LedgerEntry.id).where(LedgerEntry.case_id == other.id)).one()
    assert desk.client.get(f"/ledger/{entry}/reverse").status_code == 404
    assert desk.client.get("/ledger/99999/reverse").status_code == 404


def test_the_same_form_twice_is_booked_once(desk: LeadDesk, session: Session, case: Case) -> None:
    address = f"/cases/{case.id}/adjust/correction"
    page = soup(desk.client.get(address))
    seen = page.select_one("input[name=seen_version]")
    assert seen is not None
    typed = {"direction": "more", "amount": "5,50", "on": "2026-11-23", "reason": REASON}
    data = {**typed, "seen_version": str(seen["value"])}
    for _press in range(2):  # back in the browser, and saved again
        answer = desk.client.post(address, data=data, follow_redirects=True)
    assert "Le dossier a changé depuis l'ouverture de cette page" in text_of(answer)
    assert balance(session, case) == 6550
