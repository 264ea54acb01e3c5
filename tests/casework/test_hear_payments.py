"""Money that arrives, or goes back: instalments, the calls about them, and paid cases."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.models import FollowUp
from energymed.calling.queue.automatic_closures import close_paid
from energymed.calling.queue.claims import claim_case
from energymed.calling.queue.due import surface_due
from energymed.cases import transitions
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.models import Case, CaseMove, LedgerEntry
from energymed.casework.due_work import follow_instalments
from energymed.casework.hear_payments import (
    confirm_instalment,
    hear_of_payments,
    note_word,
    undo_file,
    withdraw_confirmation,
)
from energymed.casework.import_batch import receive_and_import
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.intake.batches.uploads import Upload
from energymed.intake.importing.report import ImportReport
from energymed.mediation.models import Confirmation, Plan
from energymed.mediation.plans import agree_plan
from energymed.mediation.rules import PlanTerms
from energymed.partners.rule_changes import Scope, change_rule
from tests.calling.conftest import NOW, Desk, counted, paris
from tests.factories import make_user
from tests.intake.books import csv_bytes
from tests.intake.imports import PAYMENT_TITLES

TERMS = PlanTerms(9_000, 3, date(2026, 12, 7))  # 30 € on 7 December, 7 January and 8 February
LAST_DAY = paris("2026-12-14 10:00")
AFTER = paris("2026-12-15 10:00")


@dataclass
class Books:
    """A mediator's desk, the lead who imports its payments, and a case with a plan that runs."""

    desk: Desk
    lead: Context
    case: Case
    plan: Plan

    @property
    def session(self) -> Session:
        """The test's session."""
        return self.desk.session

    def at(self, when: datetime, ctx: Context | None = None) -> Context:
        """A context of the lead at an instant."""
        return Context(self.session, (ctx or self.lead).actor, when)

    def pay(self, *lines: tuple[str, int], at: datetime = AFTER, own: str = "") -> ImportReport:
        """A payments file of the partner; a line is (dd/mm/yyyy, cents) for the case."""
        rows = [
            (self.case.reference, day, f"{cents // 100},{cents % 100:02d}", "CB", f"{own}{day}")
            for day, cents in lines
        ]
        if not rows:
            rows = [("NOBODY", "01/12/2026", "1,00", "CB", f"{at.isoformat()}")]
        content = csv_bytes(*rows, titles=PAYMENT_TITLES)
        upload = Upload(self.desk.partner, self.desk.site, content, "reglements.csv")
        done = receive_and_import(self.at(at), upload, again=False)
        self.session.expire_all()
        return done

    def undo(self, done: ImportReport, at: datetime = AFTER) -> None:
        assert done.batch is not None
        undo_file(self.at(at), done.batch)
        self.session.expire_all()

    def day_begins(self, at: datetime) -> list[FollowUp]:
        """What the job does; returns the follow-ups that are open."""
        self.session.flush()
        follow_instalments(Context(self.session, SYSTEM, at))
        surface_due(self.session, now=at)
        return [each for each in self.session.scalars(select(FollowUp)) if each.state == "open"]

    @property
    def states(self) -> list[str]:
        """Of the instalments, in their order."""
        return [str(each.state) for each in self.plan.instalments]


@pytest.fixture
def books(desk: Desk, tmp_path: Path) -> Books:
    session = desk.session
    case = desk.case(debt_cents=20_000)
    plan = agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    transitions.close(Context(session, desk.actor, NOW), case, "plan_running")
    lead = Context(session, make_user(session, "lead", site=desk.site).as_actor(), NOW)
    session.commit()
    return Books(desk, lead, case, plan)


def test_a_household_that_paid_is_not_called(books: Books) -> None:
    books.pay(("07/12/2026", 3_000))
    assert books.states == ["confirmed", "due", "due"]
    first = books.plan.instalments[0]
    assert (first.paid_cents, first.confirmed_on) == (3_000, date(2026, 12, 7))
    assert (books.plan.state, books.case.state) == ("kept", "closed")
    assert books.day_begins(AFTER) == []
    told = books.session.scalars(select(AuditEvent).where(AuditEvent.action == "instalment.marked"))
    assert [event.after and "batch" in event.after for event in told] == [True]


def test_nobody_is_called_before_the_days_of_tolerance_are_over(books: Books) -> None:
    assert books.day_begins(LAST_DAY) == []
    (task,) = books.day_begins(AFTER)
    assert (task.kind, task.instalment_id) == ("instalment", books.plan.instalments[0].id)
    assert (books.case.state, books.case.queue_reason) == ("queued", "instalment")


def test_money_that_comes_late_takes_the_call_back_and_its_undo_brings_it_again(
    books: Books,
) -> None:
    books.day_begins(AFTER)
    paid = books.pay(("14/12/2026", 2_900), at=AFTER + timedelta(hours=1))
    assert books.states[0] == "confirmed"
    assert (books.case.state, books.case.closure) == ("closed", "plan_running")
    (task,) = books.session.scalars(select(FollowUp)).all()
    assert (task.state, task.settled_by_payment) == ("cancelled", True)
    books.undo(paid, AFTER + timedelta(hours=2))
    assert books.states[0] == "due"
    assert books.plan.state == "agreed"
    (again,) = books.day_begins(AFTER + timedelta(hours=2))
    assert again.instalment_id == books.plan.instalments[0].id
    assert (books.case.state, books.case.queue_reason) == ("queued", "instalment")


def test_too_little_settles_nothing(books: Books) -> None:
    books.pay(("07/12/2026", 2_899))
    assert (books.states[0], books.plan.instalments[0].paid_cents) == ("missed", 2_899)
    assert len(books.day_begins(AFTER)) == 1


def test_kept_and_broken_follow_from_payments_with_the_word_beside(books: Books) -> None:
    first = books.plan.instalments[0]
    note_word(books.at(AFTER), first.id, "paid")
    assert (first.state, books.plan.state) == ("declared_paid", "agreed")
    books.pay(at=LAST_DAY)  # a file of the last day: the payment may come with the next one
    assert first.state == "declared_paid"
    books.pay(at=AFTER)
    assert (first.state, first.said, books.plan.state) == ("missed", "paid", "broken")
    assert books.plan.ended_on == date(2026, 12, 15)
    books.pay(("16/12/2026", 3_000), at=AFTER + timedelta(days=2))
    assert (first.state, books.plan.state, books.plan.ended_on) == ("confirmed", "kept", None)


def test_what_the_person_says_not_to_have_paid_breaks_the_plan_after_its_last_day(
    books: Books,
) -> None:
    first = books.plan.instalments[0]
    note_word(books.at(LAST_DAY), first.id, "unpaid")
    assert (first.state, books.plan.state) == ("due", "agreed")
    assert books.day_begins(AFTER) == []  # it was asked, and answered
    assert (first.state, books.plan.state) == ("missed", "broken")
    note_word(books.at(AFTER), first.id, None)
    assert (first.state, first.declared_on) == ("due", None)


def test_a_broken_plan_is_called_about_once(books: Books) -> None:
    books.pay(at=AFTER)
    assert books.plan.state == "broken"
    assert len(books.day_begins(AFTER)) == 1
    assert len(books.day_begins(paris("2027-02-01 10:00"))) == 1


def test_a_plan_that_is_paid_to_the_end_is_completed(books: Books) -> None:
    books.pay(("07/12/2026", 3_000), ("05/01/2027", 6_000), at=paris("2027-01-10 10:00"))
    assert (books.states, books.plan.state) == (["confirmed"] * 3, "completed")
    assert books.plan.ended_on == date(2027, 1, 10)


def test_payments_before_the_plan_are_not_for_it(books: Books) -> None:
    books.pay(("22/11/2026", 3_000), at=NOW)
    assert books.states == ["due"] * 3
    books.pay(("23/11/2026", 3_000), at=NOW)
    assert books.states[0] == "confirmed"


def test_a_payment_that_is_taken_back_opens_the_instalment_again(books: Books) -> None:
    books.pay(("07/12/2026", 3_000))
    books.session.add(
        LedgerEntry(
            case_id=books.case.id, kind="payment", amount_cents=3_000, source="rejet",
            on_date=date(2026, 12, 15), recorded_at=AFTER,
        )
    )  # fmt: skip
    books.session.flush()
    hear_of_payments(books.at(AFTER), [books.case.id])
    assert (books.states[0], books.plan.state) == ("missed", "broken")  # the file said nothing else
    assert books.plan.instalments[0].paid_cents == 0


def test_a_reference_that_came_back_pays_its_plan_once(books: Books) -> None:
    """The plan stands on the closed case, the payments come to the new one."""
    desk = books.desk
    again = desk.case(
        reference=books.case.reference, person=books.case.person, debt_cents=20_000,
        opened_at=paris("2026-12-01 10:00"),
    )  # fmt: skip
    books.session.commit()
    books.pay(("07/12/2026", 3_000))
    assert books.states == ["confirmed", "due", "due"]
    late = Context(books.session, desk.actor, paris("2026-12-20 10:00"))
    other = agree_plan(late, again.id, PlanTerms(9_000, 3, date(2027, 1, 7)))
    books.session.commit()
    books.pay(("07/01/2027", 3_000), at=paris("2027-01-08 10:00"))
    assert books.states == ["confirmed", "due", "due"]
    assert [str(each.state) for each in other.instalments] == ["confirmed", "due", "due"]


@pytest.mark.parametrize("days", [0, 20])
def test_the_tolerance_is_that_of_the_instalments_day(books: Books, days: int) -> None:
    scope = Scope(kind="unpaid_bill")
    change_rule(
        books.lead, scope, "instalment_days", days, valid_from=date(2026, 12, 7), source="essai"
    )
    change_rule(
        books.lead, scope, "instalment_cents", 0, valid_from=date(2027, 1, 7), source="essai"
    )
    assert books.day_begins(paris("2026-12-07 10:00") + timedelta(days=days)) == []
    books.pay(("07/12/2026", 2_950), at=paris("2026-12-08 10:00"))
    assert books.states[0] == "confirmed"
    books.pay(("07/01/2027", 2_999), at=paris("2027-01-08 10:00"), own="b")
    assert books.states[1] != "confirmed"


def test_the_partners_word_to_a_lead_confirms_and_is_taken_back(books: Books) -> None:
    first = books.plan.instalments[0]
    books.day_begins(AFTER)
    confirm_instalment(
        books.at(AFTER), first.id, paid_on=date(2026, 12, 7), source=" courriel du 15/12 "
    )
    assert (first.state, first.confirmed_on, first.paid_cents) == (
        "confirmed", date(2026, 12, 7), 0,
    )  # fmt: skip
    assert (books.case.state, books.case.closure) == ("closed", "plan_running")
    (told,) = books.session.scalars(select(Confirmation)).all()
    assert (told.source, told.recorded_by_id) == ("courriel du 15/12", books.lead.actor.user_id)
    with pytest.raises(Refused, match="déjà confirmée"):
        confirm_instalment(books.at(AFTER), first.id, paid_on=date(2026, 12, 7), source="encore")
    # the payment itself comes later, and pays nothing else
    books.pay(("07/12/2026", 3_000))
    assert books.states == ["confirmed", "due", "due"]
    withdraw_confirmation(books.at(AFTER), told.id)
    withdraw_confirmation(books.at(AFTER), told.id)
    assert (first.state, told.withdrawn_by_id) == ("confirmed", books.lead.actor.user_id)
    actions = set(books.session.scalars(select(AuditEvent.action)))
    assert {"confirmation.recorded", "confirmation.withdrawn"} <= actions


def test_a_confirmation_taken_back_makes_the_call_again(books: Books) -> None:
    first = books.plan.instalments[0]
    books.day_begins(AFTER)
    confirm_instalment(books.at(AFTER), first.id, paid_on=date(2026, 12, 7), source="courriel")
    assert books.day_begins(AFTER) == []
    withdraw_confirmation(books.at(AFTER), first.confirmations[0].id)
    assert first.state == "due"
    assert len(books.day_begins(AFTER)) == 1


@pytest.mark.parametrize(
    ("paid_on", "source", "field"),
    [
        (date(2026, 12, 16), "courriel", "paid_on"),  # to come
        (date(2026, 11, 22), "courriel", "paid_on"),  # before the plan
        (None, "courriel", "paid_on"),
        (date(2026, 12, 15), "  ", "source"),
        (date(2026, 12, 15), "x" * 201, "source"),
    ],
)
def test_a_confirmation_names_its_source_and_a_day_that_has_been(
    books: Books, paid_on: date | None, source: str, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        confirm_instalment(
            books.at(AFTER), books.plan.instalments[0].id, paid_on=paid_on, source=source
        )
    assert refused.value.params["field"] == field


def test_what_is_of_another_site_is_not_found(books: Books) -> None:
    stranger = Context(books.session, make_user(books.session, "lead").as_actor(), AFTER)
    first = books.plan.instalments[0].id
    for number in (first, 999_999):
        with pytest.raises(NotFound):
            confirm_instalment(stranger, number, paid_on=date(2026, 12, 7), source="courriel")
        with pytest.raises(NotFound):
            note_word(stranger, number, "paid")
    with pytest.raises(NotFound):
        withdraw_confirmation(stranger, 999_999)


def test_the_person_says_nothing_against_the_partner(books: Books) -> None:
    books.pay(("07/12/2026", 3_000))
    with pytest.raises(Refused, match="confirmée par le partenaire"):
        note_word(books.at(AFTER), books.plan.instalments[0].id, "unpaid")


# --- cases that are paid


@pytest.fixture
def owing(books: Books) -> Case:
    """The case, in the queue, with a call promised."""
    transitions.reopen(books.lead, books.case)
    books.desk.promise(books.case, "2026-12-16 10:00")
    transitions.wait(books.lead, books.case, "callback", paris("2026-12-16 10:00"))
    books.session.commit()
    return books.case


def test_a_paid_case_leaves_the_queue_at_once_and_comes_back_with_the_undo(
    books: Books, owing: Case
) -> None:
    paid = books.pay(("14/12/2026", 20_000))
    assert (owing.state, owing.closure, owing.debt_cents) == ("closed", "settled", 0)
    assert {each.state for each in books.session.scalars(select(FollowUp))} == {"cancelled"}
    move = books.session.scalars(select(CaseMove).order_by(CaseMove.id.desc())).first()
    assert move is not None
    assert move.batch_id == paid.batch
    assert books.day_begins(paris("2027-03-01 10:00")) == []
    books.undo(paid)
    assert (owing.state, owing.waiting_reason, owing.debt_cents) == ("waiting", "callback", 20_000)
    assert owing.next_action_at == paris("2026-12-16 10:00")
    (promised,) = books.session.scalars(select(FollowUp)).all()
    assert promised.state == "open"


def test_a_cent_too_little_leaves_it(books: Books, owing: Case) -> None:
    books.pay(("14/12/2026", 19_999))
    assert owing.state == "waiting"
    books.pay(("14/12/2026", 1), own="b")
    assert (owing.state, owing.closure) == ("closed", "settled")


def test_a_paid_case_to_be_assigned_is_assigned_to_nobody(books: Books) -> None:
    transitions.reopen(books.lead, books.case)
    transitions.unassign(books.lead, books.case)
    books.session.commit()
    paid = books.pay(("14/12/2026", 20_000))
    assert books.case.closure == "settled"
    books.undo(paid)
    assert books.case.state == "to_assign"


def test_a_case_in_call_is_closed_after_the_call(books: Books) -> None:
    case, desk = books.case, books.desk
    transitions.reopen(books.lead, case)
    claim_case(Context(books.session, desk.actor, NOW), case.id)
    books.session.commit()
    paid = books.pay(("23/11/2026", 20_000), at=NOW)
    assert case.state == "in_call"
    said = Outcome(desk.report("no_answer", request_key="0f0e0d0c-0000-4000-8000-000000000000"))
    record_conversation(Context(books.session, desk.actor, NOW), case.id, said)
    assert (case.state, case.closure) == ("closed", "settled")
    books.undo(paid)
    assert case.state in ("queued", "waiting")


def test_a_case_given_back_without_a_result_is_closed_by_the_job(books: Books) -> None:
    case, desk = books.case, books.desk
    transitions.reopen(books.lead, case)
    claim_case(Context(books.session, desk.actor, NOW), case.id)
    books.session.commit()
    books.pay(("23/11/2026", 20_000), at=NOW)
    job = Context(books.session, SYSTEM, NOW)
    assert close_paid(job) == 0
    transitions.release(books.lead, case)
    assert close_paid(job) == 1
    assert (case.state, case.closure, close_paid(job)) == ("closed", "settled", 0)


def test_an_aid_that_pays_the_rest_closes_too(books: Books, owing: Case) -> None:
    record_aid_payment(
        books.lead, owing, cents=20_000, paid_on=date(2026, 12, 10), key="a", source="FSL"
    )
    assert close_paid(Context(books.session, SYSTEM, AFTER)) == 1
    assert owing.closure == "settled"
    assert books.states == ["due"] * 3  # the fund paid, not the household


def test_a_reversal_opens_a_settled_case_again(books: Books, owing: Case) -> None:
    books.pay(("14/12/2026", 20_000))
    books.session.add(
        LedgerEntry(
            case_id=owing.id, kind="payment", amount_cents=20_000, source="rejet",
            on_date=date(2026, 12, 15), recorded_at=AFTER,
        )
    )  # fmt: skip
    owing.debt_cents = 20_000
    books.session.flush()
    hear_of_payments(books.at(AFTER), [owing.id])
    assert (owing.state, owing.closure) == ("waiting", None)


def test_what_a_person_closed_stays_closed(books: Books, owing: Case) -> None:
    transitions.close(books.lead, owing, "settled")
    hear_of_payments(books.at(AFTER), [owing.id])
    assert owing.state == "closed"


def test_a_case_sent_anew_is_not_opened_beside_the_new_one(books: Books, owing: Case) -> None:
    paid = books.pay(("14/12/2026", 20_000))
    books.desk.case(reference=owing.reference, person=owing.person, opened_at=AFTER)
    books.session.commit()
    books.undo(paid)
    assert owing.state == "closed"


def test_any_number_of_plans_is_heard_of_in_as_many_statements(books: Books) -> None:
    def asked(count: int) -> int:
        cases = [books.desk.case(debt_cents=20_000) for _turn in range(count)]
        for case in cases:
            agree_plan(Context(books.session, books.desk.actor, NOW), case.id, TERMS)
        ids = [case.id for case in cases]
        books.session.flush()
        with counted() as said:
            hear_of_payments(books.at(AFTER), ids)
        return len(said)

    asked(1)
    assert asked(2) == asked(6)
