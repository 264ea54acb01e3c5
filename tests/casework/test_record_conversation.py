"""A conversation is one: all that is wrong is told at once, and nothing is written before."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.db import Model
from energymed.base.errors import BadInput, Conflict, DomainError, NotFound, Refused
from energymed.calling.calls.linked_cases import Agreed
from energymed.calling.calls.report import ExchangeReport
from energymed.calling.codes import Channel
from energymed.calling.eligibility.availability import Availability
from energymed.calling.models import Contact
from energymed.calling.queue.claims import claim_case
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct, prefix
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.mediation.aids import AidOpening
from energymed.mediation.cheque import ChequeTalk
from energymed.mediation.codes import ActKind
from energymed.mediation.models import Act, AidRequest, ChequeAwareness, Plan, Referral
from energymed.mediation.referrals import ReferralRequest
from energymed.mediation.rules import NOT_GIVEN, PlanTerms
from tests.calling.conftest import NOW, Desk, counted, paris
from tests.factories import make_user

KEY = "0f0e0d0c-0000-4000-8000-000000000000"
PLAN = AgreedAct(ActKind.PLAN_AGREED, PlanTerms(10_000, 4, date(2026, 12, 7)))
AID = AgreedAct(ActKind.AID_OPENED, AidOpening("ccas", consent=True))
REFERRAL = AgreedAct(
    ActKind.REFERRAL, ReferralRequest("ccas", "budget", "coordinates_given", consent=True)
)
CHEQUE = AgreedAct(
    ActKind.ENERGY_CHEQUE_AWARENESS, ChequeTalk(2026, "used", ("asked_received",), "informed")
)
INFORMED = AgreedAct(ActKind.INFO_GIVEN, {"topics": ["bill"]})
NIR = "1 85 05 78 006 084 36"
NO_MEANS = AgreedAct(ActKind.NO_CAPACITY, {})


@pytest.fixture
def case(desk: Desk) -> Case:
    """A case in call."""
    found = desk.case()
    claim_case(context(desk), found.id)
    desk.session.commit()
    return found


def context(desk: Desk) -> Context:
    return Context(desk.session, desk.actor, NOW)


def talk(desk: Desk, *acts: AgreedAct, result: str = "reached_holder", **said: Any) -> Outcome:
    """A call in which this was agreed."""
    told = {name: said.pop(name) for name in ("others", "availability", "errors") if name in said}
    report = desk.report(result, **{"request_key": KEY, **said})
    return Outcome(report=report, acts=acts, **told)


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has; what waits to be flushed counts."""
    session.flush()
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Model.metadata.tables.items()
    }


def refusal(desk: Desk, case: Case, outcome: Outcome) -> list[str]:
    """The controls that a refused conversation names.

    Nothing was written and taken back either: no row, and no number of a contact used up.
    """
    before = counts(desk.session)
    with counted() as sent, pytest.raises(DomainError) as refused:
        record_conversation(context(desk), case.id, outcome)
    assert [text for text in sent if not text.startswith("SELECT")] == []
    assert counts(desk.session) == before
    return [str(each.params.get("field")) for each in (refused.value, *refused.value.more)]


def test_a_conversation_is_recorded_with_its_acts(desk: Desk, case: Case) -> None:
    acts = (NO_MEANS, CHEQUE, REFERRAL, INFORMED, AID, PLAN)  # in any order
    contact = record_conversation(context(desk), case.id, talk(desk, *acts))
    assert (contact.result, case.state) == ("reached_holder", "closed")
    written = desk.session.scalars(select(Act)).all()
    assert {act.kind for act in written} == {act.kind for act in acts}
    assert {(act.contact_id, act.request_key, act.case_id) for act in written} == {
        (contact.id, KEY, case.id)
    }
    for model in (Plan, AidRequest, Referral, ChequeAwareness):
        assert len(desk.session.scalars(select(model)).all()) == 1


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(desk: Desk, case: Case) -> None:
    said = talk(
        desk,
        replace(PLAN, terms=PlanTerms(10_001, 4, date(2026, 12, 7))),  # more than is owed
        replace(AID, terms=AidOpening("none", consent=True)),
        replace(REFERRAL, terms=ReferralRequest("ccas", "", "coordinates_given", consent=False)),
        replace(CHEQUE, terms=ChequeTalk(2026, "used", ())),
        replace(INFORMED, terms={"topics": []}),
        details={},  # identity not checked
        next_step="follow_up",
        note="1 85 05 78 006 084 36",
        availability=Availability(not_before=paris("2026-11-23 22:00").time()),
        errors=(BadInput("Ce montant ne se lit pas.", field="aid_amount"),),
    )
    assert refusal(desk, case, said) == [
        "aid_amount", "wish_from", "follow_up_at", "note", "identity_checked", "plan_amount",
        "aid_fund", "referral_reason", "referral_consent", "cheque_topics", "info_given_topics",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (
            AgreedAct(
                ActKind.PLAN_AGREED,
                PlanTerms(10_001, 99, date(2026, 1, 5), "weird", "shells", -5, date(2026, 1, 4)),  # type: ignore[arg-type]
            ),
            "amount method first_due_on down_payment_on down_payment count frequency",
        ),
        # nothing was typed: what hangs on it is not judged
        (
            AgreedAct(
                ActKind.PLAN_AGREED,
                PlanTerms(0, 0, NOT_GIVEN, down_payment_cents=5, down_payment_on=date(2026, 12, 1)),
            ),
            "amount count first_due_on",
        ),
        (
            AgreedAct(ActKind.AID_OPENED, AidOpening("", True, f"{NIR} " * 20, -4, ("song",))),
            "fund amount missing_documents body body",
        ),
        (
            AgreedAct(ActKind.REFERRAL, ReferralRequest("", "", "", False)),
            "body reason mode consent",
        ),
        (
            replace(CHEQUE, terms=ChequeTalk(2000, "", (), eligibility_band="7")),
            "topics status campaign_year eligibility_band",
        ),
        (
            AgreedAct(ActKind.PAID_ALREADY, {"declared_on": None, "amount_cents": -500}),
            "declared_on amount_cents",
        ),
        (
            AgreedAct(ActKind.PAYS_FULL, {"promised_on": None, "amount_cents": 10_001}),
            "promised_on method amount_cents",
        ),
        (
            AgreedAct(ActKind.NO_CAPACITY, {"referral_refused": "no"}),
            "referral_refused",
        ),
    ],
    ids=["plan", "plan not typed", "aid", "referral", "cheque", "paid", "promise", "no means"],
)  # fmt: skip
def test_all_that_is_wrong_within_an_act_is_told_at_once(
    desk: Desk, case: Case, act: AgreedAct, expected: str
) -> None:
    named = [f"{prefix(act.kind)}_{name}" for name in expected.split()]
    assert sorted(refusal(desk, case, talk(desk, act))) == sorted(named)


def test_what_the_case_does_not_bear_is_told_with_the_terms(desk: Desk, case: Case) -> None:
    case.suspended = True
    wrong = replace(PLAN, terms=PlanTerms(10_001, 99, date(2026, 12, 7)))
    assert refusal(desk, case, talk(desk, wrong)) == ["acts", "plan_amount", "plan_count"]


def test_a_promise_at_night_is_told_with_the_missing_number(desk: Desk, case: Case) -> None:
    foreign = desk.case().person.phones[0].id
    night = paris("2026-11-25 22:00")
    said = talk(desk, result="callback_set", callback_at=night, phone_id=foreign)
    assert refusal(desk, case, said) == ["phone_id", "callback_at"]


def test_nothing_is_agreed_with_nobody(desk: Desk, case: Case) -> None:
    """The acts of a call that reached nobody are not judged: they go, or the result does."""
    assert refusal(desk, case, talk(desk, PLAN, NO_MEANS, result="no_answer")) == ["acts"]


def test_no_means_needs_a_referral_of_the_same_conversation_or_an_earlier(
    desk: Desk, case: Case
) -> None:
    assert refusal(desk, case, talk(desk, NO_MEANS)) == ["no_capacity_referral_refused"]
    unsaid = replace(REFERRAL, terms=ReferralRequest("", "budget", "", consent=True))
    found = refusal(desk, case, talk(desk, NO_MEANS, unsaid))
    assert found == ["referral_body", "referral_mode"]  # the referral is what is to be mended
    record_conversation(context(desk), case.id, talk(desk, NO_MEANS, REFERRAL))


def test_a_second_press_is_the_same_conversation(desk: Desk, case: Case) -> None:
    said = talk(desk, PLAN, AID, INFORMED)
    first = record_conversation(context(desk), case.id, said)
    desk.session.commit()
    before = counts(desk.session)
    assert record_conversation(context(desk), case.id, said) is first
    assert counts(desk.session) == before


@pytest.mark.parametrize(
    "otherwise",
    [
        {"acts": (PLAN, INFORMED)},
        {"acts": (replace(PLAN, terms=PlanTerms(9_000, 4, date(2026, 12, 7))),)},
        {"availability": Availability(weekdays=frozenset((0,)))},
        {"others": (Agreed(7, "close", "informed_only"),)},
        {"errors": (BadInput("Illisible.", field="plan_amount"),)},
    ],
    ids=["act", "terms", "availability", "other case", "unreadable"],
)
def test_a_second_press_that_says_otherwise_is_told(
    desk: Desk, case: Case, otherwise: dict[str, Any]
) -> None:
    said = talk(desk, PLAN)
    record_conversation(context(desk), case.id, said)
    with pytest.raises(Conflict, match="déjà enregistré"):
        record_conversation(context(desk), case.id, replace(said, **otherwise))


def test_other_cases_of_the_person_are_judged_with_the_call(desk: Desk, case: Case) -> None:
    other = desk.case(person=case.person)
    stranger = desk.case()
    unsaid = talk(desk, closure=None, others=(Agreed(other.id),))
    assert refusal(desk, case, unsaid) == ["closure", "next_step"]
    before = counts(desk.session)
    with pytest.raises(Conflict, match="pas de la personne"):
        record_conversation(
            context(desk), case.id, talk(desk, others=(Agreed(stranger.id, "close", "settled"),))
        )
    assert counts(desk.session) == before
    others = (Agreed(other.id, "close", "informed_only"),)
    contact = record_conversation(context(desk), case.id, talk(desk, others=others))
    parts = desk.session.scalars(select(Contact).where(Contact.call_of_id == contact.id)).all()
    assert [(part.case_id, other.state) for part in parts] == [(other.id, "closed")]


def test_a_call_without_a_conversation_leaves_the_other_cases(desk: Desk, case: Case) -> None:
    other = desk.case(person=case.person)
    said = talk(desk, result="no_answer", others=(Agreed(other.id, "close", "settled"),))
    before = counts(desk.session)
    with pytest.raises(Refused, match="Sans avoir joint"):
        record_conversation(context(desk), case.id, said)
    assert counts(desk.session) == before


def test_an_exchange_on_another_channel_is_judged_as_well(desk: Desk) -> None:
    case = desk.case()
    unsaid = Outcome(ExchangeReport(Channel.CALL_IN, note="x" * 2_001), acts=(NO_MEANS,))
    assert refusal(desk, case, unsaid) == [
        "result", "note", "acts", "no_capacity_referral_refused",
    ]  # fmt: skip
    visit = Outcome(
        ExchangeReport(Channel.VISIT, "met_holder", request_key=KEY),
        acts=(AID, PLAN),
        identity_checked=True,
    )
    contact = record_conversation(context(desk), case.id, visit)
    assert record_conversation(context(desk), case.id, visit) is contact
    assert desk.session.scalars(select(Act.contact_id)).all() == [contact.id, contact.id]
    assert (contact.channel, case.state) == ("visit", "queued")


def test_only_whoever_has_the_case_records_a_call(desk: Desk, case: Case) -> None:
    said = talk(desk, PLAN)
    before = counts(desk.session)
    with pytest.raises(Conflict, match="Un collègue a repris ce dossier"):
        record_conversation(Context(desk.session, desk.colleague(), NOW), case.id, said)
    stranger = make_user(desk.session).as_actor()
    with pytest.raises(NotFound):
        record_conversation(Context(desk.session, stranger, NOW), case.id, said)
    assert desk.session.scalars(select(Act)).all() == []
    assert counts(desk.session)[Contact.__tablename__] == before[Contact.__tablename__]
    assert counts(desk.session)[AuditEvent.__tablename__] == before[AuditEvent.__tablename__]
