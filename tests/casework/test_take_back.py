"""Whose act may be taken back: its author's or a lead's; one rule, every door."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from energymed.accounts.models import User
from energymed.accounts.scope import may_take_back
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import NotFound, Refused
from energymed.calling.calls.report import ExchangeReport
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.declined_ways import decline_way, undo_decline
from energymed.calling.follow_ups.service import add_follow_up, finish_follow_up
from energymed.calling.presence.help_requests import ask_help, end_help
from energymed.calling.queue.claims import claim_case
from energymed.cases import transitions
from energymed.cases.aid_payments import record_aid_payment
from energymed.cases.codes import ReopenReason
from energymed.cases.models import Case, LedgerEntry
from energymed.casework import missing_from_file
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.correct_act import correct_act
from energymed.casework.correct_call import correct_call
from energymed.casework.hear_payments import (
    confirm_instalment,
    note_word,
    undo_file,
    withdraw_confirmation,
)
from energymed.casework.ledger_corrections import reverse_entry
from energymed.casework.merge_people import merge_people
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.casework.reopen_case import reopen_case
from energymed.casework.repeated_signals import close_repeated, undo_closing
from energymed.casework.sheets_by_post import ask_for_sheet, withdraw_sheet
from energymed.casework.take_back_exchange import take_back_exchange
from energymed.casework.undo_person_change import undo_person_change
from energymed.intake.batches.pending_batches import discard
from energymed.intake.batches.uploads import receive
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, next_states, open_aid
from energymed.mediation.codes import ActKind, AidState, Fund, InstalmentWord, PlanState, VoidReason
from energymed.mediation.models import AidRequest, Confirmation, Plan
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.request_codes import RequestState
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import move_request
from energymed.mediation.rules import PlanTerms
from energymed.messages.service import cancel_message
from energymed.messages.templates import seed, set_sender
from energymed.partners.codes import Closure
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_person, make_user
from tests.intake.books import csv_bytes
from tests.intake.imports import Desk as Files
from tests.mediation.test_acts import INFO
from tests.messages.conftest import Writer

TERMS = PlanTerms(9_000, 3, date(2026, 12, 7))
LATER = NOW + 5 * MINUTE
TakeBack = Callable[[Context], object]


@dataclass
class Doors:
    """Every way to take something back: each has it done by `author`, and gives what undoes it.

    The cases are those of another mediator, who is in charge of them.
    """

    desk: Desk
    author: Actor
    in_charge: User
    folder: Path

    @property
    def ctx(self) -> Context:
        return Context(self.desk.session, self.author, NOW)

    def case(self) -> Case:
        """A case of the mediator in charge, as the author sees it."""
        return self.desk.case(assigned_to=self.in_charge)

    def act(self) -> TakeBack:
        made = record_act(self.ctx, self.case().id, ActKind.INFO_GIVEN, INFO)
        return lambda ctx: void_act(ctx, made.id)

    def act_of_a_plan(self) -> TakeBack:
        made = self.agreed()
        return lambda ctx: void_act(ctx, made.act_id)

    def act_of_an_aid(self) -> TakeBack:
        made = self.opened()
        return lambda ctx: void_act(ctx, made.act_id)

    def act_of_another_day(self) -> TakeBack:
        made = record_act(self.ctx, self.case().id, ActKind.INFO_GIVEN, INFO)
        return lambda ctx: void_act(self.days_later(ctx), made.id, VoidReason.TYPING)

    def act_corrected(self) -> TakeBack:
        made = record_act(self.ctx, self.case().id, ActKind.INFO_GIVEN, INFO)
        right = AgreedAct(ActKind.INFO_GIVEN, {"topics": ["bill"]})
        return lambda ctx: correct_act(self.days_later(ctx), made.id, right, VoidReason.TYPING)

    def closed_case(self) -> TakeBack:
        case = self.case()
        transitions.close(self.ctx, case, Closure.ADVISED)
        return lambda ctx: reopen_case(ctx, case.id, ReopenReason.CALLED_BACK)

    @staticmethod
    def days_later(ctx: Context) -> Context:
        return replace(ctx, now=ctx.now + timedelta(days=3))

    def call(self) -> TakeBack:
        made = replace(self.desk, actor=self.author).call(self.case(), "no_answer")
        outcome = Outcome(self.desk.report("technical"))
        return lambda ctx: correct_call(ctx, made.id, outcome)

    def follow_up(self) -> TakeBack:
        at = NOW + timedelta(days=1)
        made = add_follow_up(self.ctx, self.case(), FollowUpKind.CALLBACK, at)
        return lambda ctx: finish_follow_up(ctx, made.id, FollowUpState.CANCELLED)

    def help_in_a_call(self) -> TakeBack:
        case = claim_case(self.ctx, self.case().id)
        ask_help(self.ctx, case.id)
        return lambda ctx: end_help(ctx, case.id)

    def message(self) -> TakeBack:
        session, case = self.desk.session, self.case()
        seed(session, now=NOW)
        system = Context(session, SYSTEM, NOW)
        set_sender(system, self.desk.site.id, "PIMMS Médiation", "04 65 71 00 00")
        session.commit()
        made = Writer(session, self.author, case).write()
        return lambda ctx: cancel_message(ctx, made)

    def plan(self) -> TakeBack:
        made = self.agreed()
        return lambda ctx: move_plan(ctx, made.id, PlanState.CANCELLED)

    def word(self) -> TakeBack:
        made = self.agreed(by=SYSTEM).instalments[0]
        note_word(self.ctx, made.id, InstalmentWord.PAID)
        return lambda ctx: note_word(ctx, made.id, None)

    def confirmation(self) -> TakeBack:
        made = self.agreed(by=SYSTEM).instalments[0]
        confirm_instalment(self.ctx, made.id, paid_on=NOW.date(), source="EDF, Mme Roy")
        told = self.desk.session.scalars(select(Confirmation)).one()
        return lambda ctx: withdraw_confirmation(ctx, told.id)

    def aid_withdrawn(self) -> TakeBack:
        made = self.opened()
        return lambda ctx: move_aid(ctx, made.id, AidState.WITHDRAWN, AidStep())

    def aid_lapsed(self) -> TakeBack:
        made = self.opened()
        return lambda ctx: move_aid(ctx, made.id, AidState.LAPSED, AidStep())

    def exchange(self) -> TakeBack:
        said = Outcome(report=ExchangeReport(channel="visit", result="no_access"))
        made = record_conversation(self.ctx, self.case().id, said)
        return lambda ctx: take_back_exchange(ctx, made.id)

    def sheet_that_waits(self) -> TakeBack:
        case = self.case()
        case.address, case.commune = "12 rue de l'Exemple", "Valence"
        asked = ReferralRequest("ccas", "budget", "file_transmitted", True)
        act_id = refer(self.ctx, case.id, asked).act_id
        made = ask_for_sheet(self.ctx, act_id)
        return lambda ctx: withdraw_sheet(ctx, made.id)

    def way_declined(self) -> TakeBack:
        case = self.case()
        for day in (18, 19, 20):
            self.desk.called(case, f"2026-11-{day} 10:00")
        made = decline_way(self.ctx, case.id, "sms")
        return lambda ctx: undo_decline(ctx, made.id)

    def hold_dropped(self) -> TakeBack:
        said = {"asked_of": "supplier", "subjects": ["reminders"], "reason": "aid_pending"}
        act = record_act(self.ctx, self.case().id, ActKind.HOLD_ASKED, said)
        asked = self.ctx.session.scalars(
            select(PartnerRequest).where(PartnerRequest.act_id == act.id)
        ).one()
        return lambda ctx: move_request(ctx, asked.id, RequestState.ENDED)

    def aid_step_back(self) -> TakeBack:
        """The papers were complete, says the author; the request is somebody else's."""
        made = self.opened(by=SYSTEM)
        move_aid(self.ctx, made.id, AidState.COMPLETE, AidStep())
        step = AidStep(missing_documents=("income",))
        return lambda ctx: move_aid(ctx, made.id, AidState.DOCUMENTS_PENDING, step)

    def people_merged(self) -> TakeBack:
        kept, other = self.case().person, self.case().person
        made = merge_people(self.ctx, kept.id, other.id)
        return lambda ctx: undo_person_change(ctx, made.id)

    def missing_asked(self) -> TakeBack:
        missing_from_file.ask(self.ctx, [self.missing()])
        return lambda ctx: missing_from_file.undo_decision(ctx, NOW)

    def missing_kept(self) -> TakeBack:
        missing_from_file.keep_open(self.ctx, [self.missing()])
        return lambda ctx: missing_from_file.undo_decision(ctx, NOW)

    def closed_as_repeated(self) -> TakeBack:
        desk = self.desk
        person = make_person(desk.session, desk.site, desk.partner)
        usual = {"person": person, "assigned_to": self.in_charge, "delivery_point": "2612345678901"}
        earlier = desk.case(opened_at=NOW - timedelta(days=60), **usual)
        self.agreed(earlier, by=SYSTEM)
        later = desk.case(opened_at=NOW, **usual)
        assert close_repeated(self.ctx, [later.id]).cases == [later]
        return lambda ctx: undo_closing(ctx, NOW)

    def ledger_entry(self) -> TakeBack:
        case = self.case()
        record_aid_payment(self.ctx, case, cents=10, paid_on=NOW.date(), key="aid:1", source="fsl")
        made = self.desk.session.scalars(
            select(LedgerEntry).where(LedgerEntry.user_id == self.author.user_id)
        ).one()
        return lambda ctx: reverse_entry(ctx, made.id, reason="Versement rejeté")

    def file(self) -> TakeBack:
        made = self.files().bring(csv_bytes(("R1", "NOM", "Léa", "", "10,00")), actor=self.author)
        assert made.batch is not None
        batch_id = made.batch
        return lambda ctx: undo_file(ctx, batch_id)

    def file_that_waits(self) -> TakeBack:
        files = self.files()
        upload = files.upload(csv_bytes(("R1", "NOM", "Léa", "", "10,00")))
        with transaction() as session:
            batch_id = receive(Context(session, self.author, NOW), upload).id
        return lambda ctx: discard(ctx, batch_id)

    def agreed(self, case: Case | None = None, *, by: Actor | None = None) -> Plan:
        ctx = Context(self.desk.session, by or self.author, NOW)
        return agree_plan(ctx, (case or self.case()).id, TERMS)

    def opened(self, *, by: Actor | None = None) -> AidRequest:
        ctx = Context(self.desk.session, by or self.author, NOW)
        return open_aid(ctx, self.case().id, AidOpening(Fund.FSL_ENERGY, consent=True))

    def missing(self) -> int:
        """A case of the last file but one, which the last does not name."""
        files = self.files()
        files.owed(46, R1=100, R2=5000)
        files.owed(47, R1=100)
        found = self.desk.session.scalars(select(Case).where(Case.reference == "R2")).one()
        return found.id

    def files(self) -> Files:
        self.desk.session.commit()
        made = Files(self.desk.session)
        made.partner, made.site = self.desk.partner, self.desk.site
        return made


TWO = ("author", "lead")
CASE_TOO = (*TWO, "in_charge")  # a plan and a request go with the case
WHO = (*CASE_TOO, "colleague", "lead_elsewhere", "partner")
MAY: dict[str, tuple[str, ...]] = {  # door: who may
    "act": TWO,
    "act_of_a_plan": TWO,
    "act_of_an_aid": TWO,
    "act_of_another_day": CASE_TOO,
    "act_corrected": CASE_TOO,
    "closed_case": ("in_charge", "lead"),  # nobody is its author
    "call": TWO,
    "follow_up": CASE_TOO,  # it is theirs to do
    "message": TWO,
    "help_in_a_call": TWO,
    "plan": CASE_TOO,
    "word": TWO,
    "confirmation": TWO,
    "aid_withdrawn": CASE_TOO,
    "aid_lapsed": CASE_TOO,
    "aid_step_back": CASE_TOO,
    "hold_dropped": CASE_TOO,
    "exchange": TWO,
    "sheet_that_waits": TWO,
    "way_declined": CASE_TOO,  # the decision goes with the case
    "people_merged": TWO,
    "missing_asked": TWO,
    "missing_kept": TWO,
    "closed_as_repeated": TWO,
    "ledger_entry": ("lead",),  # money, and whole files
    "file": ("lead",),
    "file_that_waits": ("lead",),
}


@pytest.fixture
def doors(desk: Desk, tmp_path: Path) -> Doors:
    in_charge = make_user(desk.session, site=desk.site)
    author = desk.colleague()
    desk.session.commit()
    return Doors(desk, author, in_charge, tmp_path / "files")


def someone(doors: Doors, who: str) -> Actor:
    session, desk = doors.desk.session, doors.desk
    if who in ("author", "colleague"):
        return doors.author if who == "author" else desk.colleague()
    if who == "in_charge":
        return doors.in_charge.as_actor()
    if who == "partner":
        return make_user(session, "partner", partner=desk.partner).as_actor()
    return make_user(session, "lead", site=desk.site if who == "lead" else None).as_actor()


def done(take_back: TakeBack, ctx: Context) -> bool:
    """Whether it was taken back; who sees nothing of it finds nothing to take back."""
    try:
        return take_back(ctx) != 0
    except (Refused, NotFound):
        return False


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("door", MAY)
def test_every_door_asks(doors: Doors, door: str, who: str) -> None:
    take_back = getattr(doors, door)()
    actor = someone(doors, who)
    doors.desk.session.commit()
    assert done(take_back, Context(doors.desk.session, actor, LATER)) == (who in MAY[door])


@pytest.mark.parametrize("door", MAY)
def test_a_colleague_is_told_who_may(doors: Doors, door: str) -> None:
    take_back = getattr(doors, door)()
    ctx = Context(doors.desk.session, doors.desk.colleague(), LATER)
    with pytest.raises(Refused, match=r"^Seul l(e|'auteur).* chef d'équipe,? peut"):
        take_back(ctx)


@pytest.mark.parametrize(
    "door", ["plan", "aid_withdrawn", "aid_lapsed", "aid_step_back", "hold_dropped"]
)
def test_who_is_on_the_phone_with_the_person_is_in_charge(doors: Doors, door: str) -> None:
    take_back, colleague = getattr(doors, door)(), doors.desk.colleague()
    session = doors.desk.session
    case = session.scalars(select(Case)).one()
    claim_case(Context(session, colleague, LATER), case.id, incoming=True)
    assert done(take_back, Context(session, colleague, LATER))


def test_work_is_taken_on_by_any_colleague(doors: Doors) -> None:
    """What follows an act is not taking it back."""
    ctx = Context(doors.desk.session, doors.desk.colleague(), LATER)
    follow_up = add_follow_up(doors.ctx, doors.case(), FollowUpKind.CALLBACK, LATER)
    assert finish_follow_up(ctx, follow_up.id, FollowUpState.DONE).state == FollowUpState.DONE
    plan = doors.agreed()
    assert move_plan(ctx, plan.id, PlanState.CONFIRMED).state == PlanState.CONFIRMED
    aid = doors.opened()
    for state in (AidState.COMPLETE, AidState.SUBMITTED, AidState.ADJOURNED):
        assert move_aid(ctx, aid.id, state, AidStep()).state == state
    papers = AidStep(missing_documents=("income",))
    assert move_aid(ctx, aid.id, AidState.DOCUMENTS_PENDING, papers).moved_by_id == (
        ctx.actor.user_id
    )


def test_a_new_word_is_whoevers_hears_it_and_then_theirs(doors: Doors) -> None:
    instalment = doors.agreed().instalments[0]
    note_word(doors.ctx, instalment.id, InstalmentWord.UNPAID)
    colleague = Context(doors.desk.session, doors.desk.colleague(), LATER)
    note_word(colleague, instalment.id, InstalmentWord.PAID)
    assert instalment.said_by_id == colleague.actor.user_id
    with pytest.raises(Refused, match="Seul l'auteur"):
        note_word(doors.ctx, instalment.id, None)
    note_word(colleague, instalment.id, None)
    assert (instalment.said, instalment.said_by_id) == (None, None)


def test_the_page_offers_the_steps_that_the_room_allows(doors: Doors) -> None:
    aid, colleague = doors.opened(), doors.desk.colleague()
    assert next_states(colleague, aid) == [AidState.DOCUMENTS_PENDING, AidState.COMPLETE]
    ends = [AidState.WITHDRAWN, AidState.LAPSED]
    assert next_states(doors.author, aid)[2:] == ends
    move_aid(Context(doors.desk.session, colleague, LATER), aid.id, AidState.COMPLETE, AidStep())
    # who took it a step on takes that step back, and not the request
    back = [AidState.SUBMITTED, AidState.DOCUMENTS_PENDING]
    assert next_states(colleague, aid) == back
    assert next_states(doors.desk.colleague(), aid) == back[:1]
    assert next_states(doors.in_charge.as_actor(), aid) == [*back, *ends]


def test_who_has_a_follow_up_now_may_cancel_it(desk: Desk) -> None:
    case, at = desk.case(), NOW + timedelta(days=1)
    made = add_follow_up(Context(desk.session, desk.actor, NOW), case, FollowUpKind.CALLBACK, at)
    heir = desk.colleague()
    made.assigned_to_id = heir.user_id
    finish_follow_up(Context(desk.session, heir, NOW), made.id, FollowUpState.CANCELLED)
    assert made.state == FollowUpState.CANCELLED


def test_the_rule_itself() -> None:
    assert may_take_back(SYSTEM, 1)
    assert not may_take_back(Actor(1, "mediator"), None, 2)
    assert may_take_back(Actor(1, "mediator"), None, 1)
    assert not may_take_back(Actor(None, "mediator"), None)  # nobody is nobody's author
    for role in ("lead", "admin"):
        assert may_take_back(Actor(1, role))
    for role in ("trainee", "mediator", "partner", "director"):
        assert not may_take_back(Actor(1, role), 2)
        assert not may_take_back(Actor(1, role))
