"""No use case that takes something back is forgotten: each has its door, or a reason for none."""

import ast
import re

from tests.casework.test_take_back import MAY
from tests.guards.source import name_of, python_files

ROOMS = ("cases", "mediation", "calling", "casework", "messages", "intake", "telephony")
# how the house names what undoes, ends or overwrites
VERBS = re.compile(
    r"(?:^|_)(undo|take|withdraw|cancel|reverse|void|correct|reopen|discard|retract|revoke|remove|"
    r"delete|forget|lift|back|restore|unassign|release|finish|postpone|retry|adjust|move|note|keep|"
    r"leave|end|clear|drop)(?:_|$)"
)
DOORS: dict[str, tuple[str, ...]] = {  # use case: its doors in the test of the rule
    "mediation.acts.void_act": ("act", "act_of_a_plan", "act_of_an_aid", "act_of_another_day"),
    "casework.correct_act.correct_act": ("act_corrected",),
    "casework.correct_act.void_act": ("act", "act_of_another_day"),
    "casework.reopen_case.reopen_case": ("closed_case",),
    "mediation.plans.move_plan": ("plan",),
    "mediation.aids.move_aid": ("aid_withdrawn", "aid_lapsed", "aid_step_back"),
    "mediation.requests.move_request": ("hold_dropped",),
    "casework.take_back_exchange.take_back_exchange": ("exchange",),
    "casework.take_back_exchange.may_take_back_exchange": ("exchange",),
    "mediation.instalments.note_word": ("word",),
    "mediation.instalments.withdraw_confirmation": ("confirmation",),
    "calling.calls.record.correct_call": ("call",),
    "calling.follow_ups.service.finish_follow_up": ("follow_up",),
    "calling.presence.help_requests.end_help": ("help_in_a_call",),
    "messages.service.cancel_message": ("message",),
    "casework.correct_call.correct_call": ("call",),
    "casework.hear_payments.note_word": ("word",),
    "casework.hear_payments.undo_file": ("file",),
    "casework.hear_payments.withdraw_confirmation": ("confirmation",),
    "casework.sheets_by_post.withdraw_sheet": ("sheet_that_waits",),
    "casework.printed_letters.withdraw_letters": ("sheet_that_waits",),
    "calling.declined_ways.undo_decline": ("way_declined",),
    "casework.ledger_corrections.reverse_entry": ("ledger_entry",),
    "casework.missing_from_file.undo_decision": ("missing_asked", "missing_kept"),
    "casework.repeated_signals.undo_closing": ("closed_as_repeated",),
    "casework.undo_person_change.undo_person_change": ("people_merged",),
    "intake.batches.missing_cases.undo_decision": ("missing_asked", "missing_kept"),
    "intake.batches.pending_batches.discard": ("file_that_waits",),
    "intake.importing.undo.undo": ("file",),
}
PART = "a part of a use case that asks, or of one that takes the work on"
OWN = "finds what is the actor's own, or what the actor holds"
LEADS = "shares out work, or ends an account: the desk asks a permission that mediators lack"
ON = "takes the work on"
SAID = "what the person says now; who noted it, and what stood before, stays on file"
NEW = "stands beside what is there"
NO_DOOR: dict[str, str] = {  # use case: why it does not ask
    "calling.assignment.spread.unassign_cases": LEADS,
    "calling.assignment.transfer.leave_handover_note": ON,
    "calling.calls.call_correction.restore_follow_ups": PART,
    "calling.calls.call_correction.undo_effects": PART,
    "calling.calls.call_correction.undo_parts": PART,
    "calling.calls.drafts.delete_draft": OWN,
    "calling.calls.linked_cases.move_parts": PART,
    "calling.calls.person_marks.check_note": PART,
    "calling.calls.person_marks.lift_marks": PART,
    "calling.calls.person_marks.note_availability": SAID,
    "calling.calls.release_case.leave": OWN,
    "cases.supply.note_supply": SAID,
    "mediation.causes.note_causes": SAID,
    "calling.follow_ups.service.cancel_callbacks": PART,
    "calling.follow_ups.service.end_by_itself": PART,
    "calling.follow_ups.pauses.end_overtaken": PART,
    "casework.due_follow_ups.end_moved": PART,
    "casework.formation.end_formation": LEADS,
    "casework.practice.take_practice_back": PART,
    "calling.follow_ups.service.postpone_follow_up": ON,
    "calling.follow_ups.service.reopen_follow_ups": PART,
    "calling.letters.note_letters": NEW,
    "calling.presence.states.end_state_of": LEADS,
    "calling.queue.automatic_closures.reopen_unpaid": PART,
    "calling.queue.claims.end_call_of": LEADS,
    "calling.queue.claims.give_back": PART,
    "cases.saved_views.delete_view": "a list's filters under a name; asks who made it",
    "cases.mandates.end_mandate": SAID,
    "cases.mandates.note_mandate": SAID,
    "cases.needs.correct_need": SAID,
    "casework.agreed_in_writing.withdraw_written": PART,
    "cases.needs.end_need": SAID,
    "cases.needs.note_need": SAID,
    "cases.openings.note_opening": NEW,
    "cases.stops.note_numbers": PART,
    "cases.stops.note_person": PART,
    "cases.transitions.forget_mediator": PART,
    "cases.transitions.put_back": PART,
    "cases.transitions.release": PART,
    "cases.transitions.reopen": PART,
    "cases.transitions.unassign": PART,
    "cases.words.keep_words": SAID,
    "casework.send_letters.note_sent": PART,
    "casework.ledger_corrections.adjust_debt": NEW,
    "casework.ledger_corrections.entry_to_reverse": PART,
    "casework.missing_from_file.keep_open": ON,
    "casework.person_rows.keep_change": PART,
    "intake.batches.missing_cases.keep_open": ON,
    "intake.batches.missing_cases.take": PART,
    "intake.batches.set_right.take_over_corrections": ON,
    "mediation.aid_papers.note_papers": SAID,
    "mediation.aids.note_after_refusal": ON,
    "mediation.aids.withdraw_aid": PART,
    "casework.referral_news.withdraw_consent": SAID,
    "mediation.referral_links.end_link": PART,
    "mediation.referral_links.keep_answer": NEW,
    "mediation.referral_links.revoke_link": ON,
    "mediation.plan_withdrawal.withdraw_plan": PART,
    "mediation.plans.end_plan": PART,
    "calling.follow_ups.service.drop_instalment_checks": PART,
    "mediation.holds.usual_end": PART,
    "casework.move_on.move_all": PART,
    "casework.move_on.move_on": PART,
    "mediation.acts.note_kept": SAID,
    "mediation.emergencies.note_alert": NEW,
    "mediation.directory.end_entry": LEADS,
    "mediation.referrals.note_news": SAID,
    "mediation.requests.forget_avoided": LEADS,
    "mediation.requests.note_avoided": LEADS,
    "mediation.requests.withdraw_requests": PART,
    "messages.letters.to_print.withdraw_letter": PART,
    "messages.service.retry_message": ON,
}


def use_cases(sources: dict[str, str]) -> set[str]:
    """{room.module.name} of the public functions that are given a context and so named."""
    return {
        f"{module}.{node.name}"
        for module, source in sources.items()
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and node.args.args
        and node.args.args[0].arg == "ctx"
        and not node.name.startswith("_")
        and VERBS.search(node.name)
    }


def rooms() -> dict[str, str]:
    paths = python_files(*(f"energymed/{room}" for room in ROOMS))
    return {
        name_of(path).removeprefix("energymed/").removesuffix(".py").replace("/", "."): (
            path.read_text("utf-8")
        )
        for path in paths
    }


def test_each_has_its_door_or_a_reason() -> None:
    assert use_cases(rooms()) == DOORS.keys() | NO_DOOR.keys()
    assert not DOORS.keys() & NO_DOOR.keys()


def test_each_door_is_of_a_use_case() -> None:
    assert {door for doors in DOORS.values() for door in doors} == set(MAY)


def test_a_new_one_is_found() -> None:
    source = """
def withdraw_referral(ctx, referral_id): ...
def refer(ctx, case_id): ...
def _withdraw(ctx): ...
def undone(session): ...
"""
    assert use_cases({"mediation.referrals": source}) == {"mediation.referrals.withdraw_referral"}
