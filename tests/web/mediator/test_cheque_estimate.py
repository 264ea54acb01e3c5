"""The energy cheque estimated on the desk: told at once, and the income kept nowhere."""

from energymed.calling.models import CallDraft
from energymed.mediation.models import ChequeAwareness
from tests.web.helpers import text_of
from tests.web.mediator.conftest import MediatorDesk

TYPED = {"budget_rfr": "8 550", "cheque_adults": "2"}
TALK = {
    "result": "reached_holder", "identity_checked": "y", "acts": "energy_cheque_awareness",
    "cheque_status": "not_received", "cheque_campaign_year": "2026", "cheque_help": "informed",
    "cheque_topics": "eligibility", "cheque_eligibility_band": "band_2",
    "next_step": "close", "closure": "informed_only",
}  # fmt: skip


def test_the_amount_is_told_as_it_is_typed(desk: MediatorDesk) -> None:
    address = desk.next_call()
    said = text_of(desk.client.post(f"{address}/cheque", data=TYPED))
    assert "Probablement 176,00" in said
    assert "Tranche 2" in said
    above = desk.client.post(f"{address}/cheque", data={**TYPED, "budget_rfr": "16 500"})
    assert "Probablement pas de droit" in text_of(above)


def test_what_cannot_be_read_is_told(desk: MediatorDesk) -> None:
    address = desk.next_call()
    for income in ("", "peu", "-5"):
        said = text_of(desk.client.post(f"{address}/cheque", data={"budget_rfr": income}))
        assert "Probablement" not in said
        assert "revenu fiscal" in said or "ne se lit pas" in said


def test_nothing_else_of_the_form_is_read(desk: MediatorDesk) -> None:
    address = desk.next_call()
    hostile = {
        "plan_month": "1e309", "acts": "<script>", "aid_fund": "{nom", "causes": "x",
        "cheque_campaign_year": "NaN", "cheque_adults": "2", "cheque_children": "1e9",
    }  # fmt: skip
    for income in ("8 550", "1e309", "9" * 400, "\\x00"):
        answer = desk.client.post(f"{address}/cheque", data={**hostile, "budget_rfr": income})
        assert answer.status_code == 200


def test_the_income_is_in_no_draft_and_no_act(desk: MediatorDesk) -> None:
    address = desk.next_call()
    desk.client.post(f"{address}/draft", json={**TALK, **TYPED})
    draft = desk.session.query(CallDraft).one()
    assert not any("rfr" in name for name in draft.content)
    assert desk.save(address, **TALK, **TYPED).status_code == 303
    kept = desk.session.query(ChequeAwareness).one()
    assert kept.eligibility_band == "band_2"
    assert "8 550" not in str(kept.details)
