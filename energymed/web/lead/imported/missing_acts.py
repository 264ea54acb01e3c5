"""Bulk acts on missing cases: use cases that reach into several rooms, one transaction each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Context
from energymed.base.dates import next_working_day
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.service import add_follow_up, close_case, finish_follow_up
from energymed.cases.models import Case
from energymed.intake.batches import missing_cases
from energymed.intake.batches.missing_cases import Chosen
from energymed.partners.codes import Closure
from energymed.web.shared.filters import ngettext

ANSWER_WITHIN = timedelta(days=7)
NINE = time(9, 0)


def ask(ctx: Context, case_ids: Sequence[int], *, seen: datetime | None = None) -> Chosen:
    """Mark the partner as asked about these cases; the lead follows up on the answer in a week.

    One follow-up for each partner, on the first of its cases: it stands for all of them. Cases
    asked about since the list was `seen` are passed over.
    """
    chosen = missing_cases.take(ctx, case_ids, seen=seen)
    marks = missing_cases.mark_asked(ctx, chosen.cases)
    of_partner: dict[int, list[Case]] = defaultdict(list)
    for case in chosen.cases:
        of_partner[case.partner_id].append(case)
    due = at_paris(next_working_day(paris_date(ctx.now) + ANSWER_WITHIN), NINE)
    for cases in of_partner.values():
        note = ngettext(
            "%(num)s dossier absent du fichier : le partenaire a-t-il répondu ?",
            "%(num)s dossiers absents du fichier, dont celui-ci : le partenaire a-t-il répondu ?",
            len(cases),
        )
        follow_up = add_follow_up(
            ctx,
            cases[0],
            FollowUpKind.PARTNER_ANSWER,
            due,
            note=note,
            for_user_id=ctx.actor.user_id,
        )
        for case in cases:
            marks[case.id].follow_up_id = follow_up.id
    return chosen


def settle(ctx: Context, case_ids: Sequence[int]) -> Chosen:
    """Close these cases as settled, on the partner's word; nothing is booked as paid."""
    chosen = missing_cases.take(ctx, case_ids)
    for case in chosen.cases:
        close_case(ctx, case, Closure.SETTLED, for_good=False)
    return chosen


def keep(ctx: Context, case_ids: Sequence[int]) -> Chosen:
    """Take the mark off these cases."""
    chosen = missing_cases.take(ctx, case_ids)
    missing_cases.keep(ctx, chosen.cases)
    return chosen


def take_back(ctx: Context, at: datetime) -> int:
    """Undo an asking or a keeping of this instant, with the follow-ups that it made."""
    done = missing_cases.take_back(ctx, at)
    for follow_up_id in {mark.follow_up_id for mark in done if mark.follow_up_id}:
        finish_follow_up(ctx, follow_up_id, FollowUpState.CANCELLED)
    return len(done)


ACTS = {"ask": ask, "settle": settle, "keep": keep}
