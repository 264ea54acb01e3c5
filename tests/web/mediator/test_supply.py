"""The supply at the desk and on the case: what the person says, and the sentence that follows."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.calling.models import Contact
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.codes import AidState
from energymed.partners.rule_changes import Scope, change_rule
from tests.factories import MONDAY_MORNING
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk

HTMX = {"HX-Request": "true"}
TRUCE_CUT = "pas de coupure pour impayé avant le 1 avr. 2027"


def says(desk: MediatorDesk, **typed: str) -> str:
    """Note what the person says from the desk; the piece that comes back."""
    sent = {"desk": "1", **typed}
    return text_of(desk.client.post(f"/cases/{desk.case.id}/supply", data=sent, headers=HTMX))


def test_what_the_person_says_changes_the_sentence_at_once(desk: MediatorDesk) -> None:
    desk.next_call()
    piece = desk.client.post(
        f"/cases/{desk.case.id}/supply",
        data={"desk": "1", "supply_state": "limited", "supply_since": "2026-11-02",
              "limited_kva": "1"},
        headers=HTMX,
    )  # fmt: skip
    page = soup(piece)
    assert "dit par la personne · Ada Blanc, 23 nov. 2026" in text_of(piece)
    again = page.select_one("#cautions[hx-swap-oob]")
    assert again is not None
    assert TRUCE_CUT in again.get_text()
    assert "le fournisseur doit encore écrire" in again.get_text()
    assert "Le compteur" in text_of(piece) or "le compteur" in text_of(piece)
    case = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "Depuis le 2 nov. 2026" in case


def test_without_script_the_case_page_comes_back(desk: MediatorDesk) -> None:
    sent = {"main_residence": "no"}
    page = desk.client.post(f"/cases/{desk.case.id}/supply", data=sent, follow_redirects=True)
    said = text_of(page)
    assert "C'est noté" in said
    assert "Résidence secondaire : la trêve hivernale ne la protège pas." in said


def test_what_is_wrong_stands_beside_its_field(desk: MediatorDesk) -> None:
    said = says(desk, second_letter_on="2026-11-24", supply_state="limited", limited_kva="99")
    assert "Cette date est dans le futur." in said
    assert "Donnez une puissance de 1 à 36 kVA." in said
    assert desk.fresh().supply_state is None
    wrong = desk.client.post(
        f"/cases/{desk.case.id}/supply", data={"limited_kva": "x"}, follow_redirects=True
    )
    assert "Choisissez dans la liste." in text_of(wrong)


def test_another_value_came_meanwhile(desk: MediatorDesk) -> None:
    says(desk, supply_state="cut")
    said = says(desk, **{"supply_state": "normal", "shown-supply_state": ""})
    assert "ont changé entre-temps" in said
    assert desk.fresh().supply_state == "cut"


def test_no_power_is_spoken_of_on_a_case_of_gas(desk: MediatorDesk) -> None:
    case = desk.case
    case.energy, case.energy_cheque, case.energy_cheque_year = "gas", True, 2026
    desk.session.commit()
    for address in (desk.next_call(), f"/cases/{case.id}"):
        cautions = soup(desk.client.get(address)).select_one("#cautions")
        assert cautions is not None
        assert "puissance" not in cautions.get_text()
        assert TRUCE_CUT in cautions.get_text()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"delivery_point": "GI123456"}, TRUCE_CUT),
        ({"energy": "both"}, "Électricité – Trêve hivernale : pas de coupure avant"),
        ({"energy": "both"}, "Gaz – Trêve hivernale : pas de coupure pour impayé avant"),
        ({"energy": "gas", "cutoff_date": date(2027, 4, 2), "second_letter_on": date(2027, 3, 20)},
         "Intervention annoncée trop tôt. Seconde lettre du 20 mars 2027"),
        ({"energy": "electricity", "debt_cents": 0}, None),
    ],
)  # fmt: skip
def test_the_sentence_by_energy_and_day(
    desk: MediatorDesk, values: dict[str, object], said: str | None
) -> None:
    for name, value in values.items():
        setattr(desk.case, name, value)
    desk.session.commit()
    page = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    if said is None:
        assert "coupure" not in page
    else:
        assert said in page


def test_an_energy_that_no_file_tells_is_that_of_the_mission(
    desk: MediatorDesk, session: Session
) -> None:
    change_rule(
        Context(session, desk.user.as_actor(), MONDAY_MORNING), Scope(kind="unpaid_bill"),
        "usual_energy", "water", valid_from=MONDAY_MORNING.date(), source="convention",
    )  # fmt: skip
    session.commit()
    assert "Eau : ni coupure" in text_of(desk.client.get(f"/cases/{desk.case.id}"))


def test_a_filed_fsl_request_is_the_reason_for_the_person_s_other_cases_too(
    desk: MediatorDesk, session: Session
) -> None:
    desk.case.energy, desk.case.main_residence = "gas", False
    other = desk.add_case(person=desk.case.person)
    ctx = Context(session, desk.user.as_actor(), MONDAY_MORNING)
    aid = open_aid(ctx, other.id, AidOpening("fsl_energy", consent=True))
    for state in (AidState.COMPLETE, AidState.SUBMITTED):
        move_aid(ctx, aid.id, state, AidStep())
    session.commit()
    said = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    assert "Demande FSL déposée le 23 nov. 2026 : pas de coupure avant le 12 févr. 2027" in said


def test_our_own_contacts_count(desk: MediatorDesk, session: Session) -> None:
    desk.case.energy, desk.case.supply_state = "electricity", "limited"
    desk.case.supply_since = date(2026, 11, 2)
    session.commit()
    address = f"/cases/{desk.case.id}"
    assert "doit encore écrire" in text_of(desk.client.get(address))
    for day in (1, 2):  # the day before, and the day itself
        session.add(
            Contact(
                case_id=desk.case.id, person_id=desk.case.person_id, channel="letter",
                exchange_result="sent", details={},
                started_at=MONDAY_MORNING.replace(day=day), ended_at=MONDAY_MORNING,
            )
        )  # fmt: skip
        session.commit()
        assert ("doit encore écrire" in text_of(desk.client.get(address))) == (day == 1)
