"""The work tray: all that is to be done or awaited on one's cases, or the site's, as one list.

What runs (plans, aids, referrals, requests, words given) and the follow-ups are told once: a
follow-up of something that runs is that thing's line. The next dates are worked out in Python from
a few columns; only the lines of a page are loaded (`tray_lines`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from energymed.accounts.scope import scoped
from energymed.base.clock import at_paris, paris_date
from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.i18n import N_
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.models import FollowUp
from energymed.cases.models import Case
from energymed.cases.search import matches
from energymed.casework.due_follow_ups import asked_again, is_about
from energymed.mediation.next_dates import Awaited
from energymed.mediation.open_things import OpenThing, Within, open_things
from energymed.mediation.running import PARTS, Running
from energymed.partners.rulebook import load_waiting_rules

_LOOK_BACK = timedelta(days=60)  # the longest `wait_again` that a rule may say


class Group(Code):
    """The groups of the tray, in their order."""

    LATE = "late", N_("En retard")
    TODAY = "today", N_("Aujourd'hui")
    US = "us", N_("À faire par nous, plus tard")
    FUND = "fund", N_("On attend un fonds")
    SUPPLIER = "supplier", N_("On attend un partenaire")
    BODY = "body", N_("On attend un organisme")
    PERSON = "person", N_("On attend la personne")
    PAUSED = "paused", N_("En pause")


_PLACES = {group: place for place, group in enumerate(Group)}
# of what stands by itself, from whom something is awaited; of others, from us
_AWAITED = {
    FollowUpKind.INSTALMENT: Awaited.PERSON,
    FollowUpKind.DOCUMENTS: Awaited.PERSON,
    FollowUpKind.ASK_PERSON: Awaited.PERSON,
    FollowUpKind.AID_DECISION: Awaited.FUND,
    FollowUpKind.PARTNER_ANSWER: Awaited.SUPPLIER,
}
# what a line may be: what runs, and follow-ups of what does not
KINDS: Mapping[str, str] = {
    **{kind: kind.label for kind in Running if kind not in PARTS},
    **{
        kind: kind.label
        for kind in FollowUpKind
        if kind not in (FollowUpKind.ASK_PERSON, FollowUpKind.ASK_OTHERS)
    },
}


@dataclass(frozen=True, slots=True)
class TrayFilter:
    """What is asked of the tray; an empty value asks nothing."""

    everybody: bool = False
    group: Group | None = None
    due: str = ""  # late, today, later
    awaited: Awaited | None = None
    kind: str = ""
    text: str = ""
    sort: str = ""  # "" by group, then by day; "on", "-on" by day


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, in which group, who is awaited; what runs, its follow-up, or both.

    `at` is the time of a follow-up that stands by itself.
    """

    case_id: int
    on: date
    group: Group
    awaited: Awaited
    since: date
    thing: OpenThing | None = None
    follow_up: Any = None
    at: datetime | None = None

    @property
    def kind(self) -> str:
        """What it is."""
        return self.thing.kind if self.thing else self.follow_up.kind

    @property
    def key(self) -> str:
        """What the names of its controls end with."""
        return f"{self.kind}-{self.thing.record_id if self.thing else self.follow_up.id}"


@dataclass(frozen=True, slots=True)
class Tray:
    """The lines asked for, and how many are in each group whichever group is asked for."""

    entries: Sequence[Entry]
    counts: Mapping[Group, int] = field(default_factory=dict)


def tray(ctx: Context, asked: TrayFilter) -> Tray:
    """The work tray of the actor, or of what they may see; a fixed number of statements."""
    today, session = paris_date(ctx.now), ctx.session
    things = open_things(session, today, cases_asked(ctx, asked))
    again = load_waiting_rules(session, today).again
    found = _merged(things, _follow_ups(ctx, asked), ctx.now, again)
    found = [each for each in found if _is_asked(each, asked, ctx.now)]
    counts = Counter(each.group for each in found)
    if asked.group is not None:
        found = [each for each in found if each.group == asked.group]
    return Tray(_sorted(found, asked.sort), counts)


def cases_asked(ctx: Context, asked: TrayFilter) -> Within:
    """Conditions on `Case`: whose cases are asked for, and whose person is searched for."""
    return [*_seen(ctx, asked), *_mine(ctx, asked)]


def _seen(ctx: Context, asked: TrayFilter) -> Within:
    """The cases that the actor may see, and whose person is searched for."""
    bounds = scoped(select(Case.id), Case, ctx.actor).whereclause
    seen: list[ColumnElement[bool]] = [] if bounds is None else [bounds]
    return [*seen, matches(ctx, asked.text)] if asked.text else seen


def _mine(ctx: Context, asked: TrayFilter) -> Within:
    """The actor's own cases, and those on which something else is theirs to do."""
    if asked.everybody:
        return []
    given = select(FollowUp.case_id).where(
        FollowUp.assigned_to_id == ctx.actor.user_id,
        FollowUp.state == FollowUpState.OPEN,
        FollowUp.act_id.is_not(None),
    )
    return [or_(Case.assigned_to_id == ctx.actor.user_id, Case.id.in_(given))]


def _follow_ups(ctx: Context, asked: TrayFilter) -> Sequence[Any]:
    """Follow-ups that are open, and those of what runs that were done a short while ago."""
    lately = at_paris(paris_date(ctx.now) - _LOOK_BACK, datetime.min.time())
    mine = or_(
        FollowUp.assigned_to_id == ctx.actor.user_id,
        and_(FollowUp.act_id.is_not(None), Case.assigned_to_id == ctx.actor.user_id),
    )
    statement = (
        select(
            FollowUp.id, FollowUp.case_id, FollowUp.kind, FollowUp.due_at, FollowUp.act_id,
            FollowUp.state, FollowUp.created_at, FollowUp.done_at, FollowUp.former_due_at,
        )
        .join(Case, Case.id == FollowUp.case_id)
        .where(
            or_(
                FollowUp.state == FollowUpState.OPEN,
                and_(
                    FollowUp.act_id.is_not(None),
                    FollowUp.done_at >= lately,
                    FollowUp.settled_by_payment.is_(False),
                ),
            )
        )
        .where(*_seen(ctx, asked))
        .order_by(FollowUp.id)
    )  # fmt: skip
    return ctx.session.execute(statement if asked.everybody else statement.where(mine)).all()


def _merged(
    things: Sequence[OpenThing], follow_ups: Sequence[Any], now: datetime, again: int
) -> list[Entry]:
    """One line for each thing, with its follow-up, and for each follow-up of nothing that runs."""
    by_act: dict[int, list[Any]] = {}
    for each in follow_ups:
        if each.act_id is not None:
            by_act.setdefault(each.act_id, []).append(each)
    told: set[int] = set()
    entries = [_of_thing(each, by_act.get(each.act_id, ()), told, now, again) for each in things]
    running = {thing.act_id for thing in things}
    alone = (
        each
        for each in follow_ups
        if each.state == FollowUpState.OPEN
        and each.act_id not in running
        and (each.act_id is None or each.kind == FollowUpKind.INSTALMENT)
    )
    return entries + [_by_itself(each, now) for each in alone]


def _of_thing(
    thing: OpenThing, follow_ups: Sequence[Any], told: set[int], now: datetime, again: int
) -> Entry:
    today, on, shown = paris_date(now), thing.next.on, None
    for each in follow_ups:
        if each.state == FollowUpState.OPEN and shown is None and each.id not in told:
            shown = each
        if on <= today and is_about(thing, each):
            if each.state == FollowUpState.OPEN and each.former_due_at is not None:
                on = max(on, paris_date(each.due_at))  # somebody put it off
            elif each.state != FollowUpState.OPEN:
                on = max(on, asked_again(each, again) + timedelta(days=1))
    if shown is not None:
        told.add(shown.id)
    group = _group(on < today, on == today, thing.next.awaited)
    return Entry(thing.case_id, on, group, thing.next.awaited, thing.since, thing, shown)


def _by_itself(follow_up: Any, now: datetime) -> Entry:
    today, on = paris_date(now), paris_date(follow_up.due_at)
    awaited = _AWAITED.get(follow_up.kind, Awaited.US)
    group = _group(follow_up.due_at < now, on == today, awaited)
    if follow_up.kind == FollowUpKind.PAUSE and follow_up.due_at > now:
        group = Group.PAUSED
    since = paris_date(follow_up.created_at)
    return Entry(
        follow_up.case_id, on, group, awaited, since, follow_up=follow_up, at=follow_up.due_at
    )


def _group(late: bool, today: bool, awaited: Awaited) -> Group:
    if late:
        return Group.LATE
    return Group.TODAY if today else Group(awaited)


def _is_asked(entry: Entry, asked: TrayFilter, now: datetime) -> bool:
    if asked.awaited is not None and entry.awaited != asked.awaited:
        return False
    of_follow_up = entry.follow_up.kind if entry.follow_up is not None else None
    if asked.kind and asked.kind not in (entry.kind, of_follow_up):
        return False
    late, today = entry.group == Group.LATE, entry.on == paris_date(now)
    is_due = {"late": late, "today": today and not late, "later": not late and not today}
    return is_due.get(asked.due, True)


def _sorted(entries: Sequence[Entry], sort: str) -> list[Entry]:
    by_day = sorted(entries, key=_day_order, reverse=sort == "-on")
    if sort:
        return by_day
    return sorted(by_day, key=lambda entry: _PLACES[entry.group])


def _day_order(entry: Entry) -> tuple[Any, ...]:
    at = entry.at.timestamp() if entry.at else 0.0  # what has no hour comes first
    return entry.on, at, entry.case_id, entry.key
