"""What runs with a person, on the desk and on the case: in words, with what takes it on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError
from energymed.base.i18n import N_
from energymed.base.money import parse_cents
from energymed.base.text.folding import whole_number
from energymed.cases.queries import get_case
from energymed.casework.case_overview import CaseOverview
from energymed.casework.move_on import Step, check_all, move_on
from energymed.mediation.aid_codes import AidPaper
from energymed.mediation.aids import DOCUMENTS, REFUSAL_REASONS
from energymed.mediation.codes import AidState
from energymed.mediation.models import Act, AidRequest, Plan, Referral
from energymed.mediation.next_dates import Awaited, is_silent
from energymed.mediation.referral_links import answers_of
from energymed.mediation.request_codes import (
    BodyAnswer,
    NewsSource,
    ReferralNews,
    RequestKind,
    RequestState,
    WordKept,
    request_label,
)
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.running import Move, Needs, Running, RunningThing
from energymed.mediation.states import PAPERS_COME
from energymed.web.mediator.case_file.aid_lines import (
    Papers,
    papers_of,
    rules_told,
    turn_in_words,
    typed_papers,
    ways_told,
)
from energymed.web.mediator.case_file.asked import request_title
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.act_words import describe
from energymed.web.shared.directory_names import name_with_kind
from energymed.web.shared.filters import day, meeting_day, money, ngettext
from energymed.web.shared.permissions import requires

ICONS = {
    Running.PLAN: "calendar-check",
    Running.AID: "wallet2",
    Running.REFERRAL: "signpost-split",
    Running.REQUEST: "hourglass-split",
    Running.WORD: "chat-left-text",
}
# folded away: rarely what comes next
SELDOM: frozenset[tuple[Running, str]] = frozenset(
    (
        (Running.AID, AidState.WITHDRAWN), (Running.AID, AidState.LAPSED),
        (Running.AID, AidState.ADJOURNED), (Running.AID, AidState.GRANTED_LOAN),
        (Running.AID, AidState.NEVER_PAID),
        (Running.REFERRAL, ReferralNews.ENDED), (Running.REQUEST, RequestState.ENDED),
        (Running.REQUEST, RequestState.NO_ANSWER), (Running.WORD, WordKept.DROPPED),
    )
)  # fmt: skip
KEYS = "123456789"
PREFIX = "move-"


@dataclass(frozen=True, slots=True)
class Choice:
    """A move on the page: its control's name, its key where it has one, whether it is folded."""

    move: Move
    name: str
    key: str
    seldom: bool
    ticked: bool

    @property
    def quick(self) -> bool:
        """Whether one press says all of it."""
        return not (self.seldom or self.move.needed)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that runs, in words: what, where it stands, what is next, and its choices.

    `late`: the day of the next step is past. `asks`: what one of its choices asks besides, each
    with the choices that ask it, as `data-show` takes them. `errors` by control name.
    """

    thing: RunningThing
    icon: str
    title: str
    state: str
    step: str
    late: bool
    choices: Sequence[Choice]
    asks: Mapping[Needs, str]
    papers: Papers | None = None
    rules: str = ""
    ways: Sequence[str] = ()

    @property
    def unquick(self) -> list[Choice]:
        """The choices that ask something, or are rarely what comes next."""
        return [choice for choice in self.choices if not choice.quick]

    @property
    def name(self) -> str:
        """What the names of what it asks begin with: that of its own record."""
        return f"{PREFIX}{self.thing.kind}-{self.thing.record.id}"


def running_page(about: CaseOverview, typed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the block is drawn from.

    Args:
        typed: the controls of the form as they were sent or kept, by name.
    """
    keys = iter(KEYS)
    lines = [_line(thing, about.today, keys, typed or {}) for thing in about.running.things]
    return {
        "running_lines": lines,
        "running_here": [line for line in lines if line.thing.case.id == about.case.id],
        "running_today": about.today,
        "running_typed": typed or {},
        "move_documents": DOCUMENTS,
        "move_refusals": REFUSAL_REASONS,
    }


def typed_steps(typed: Mapping[str, Any]) -> tuple[tuple[Step, ...], tuple[DomainError, ...]]:
    """The steps that a form says, and what of them could not be read."""
    steps: list[Step] = []
    errors: list[DomainError] = []
    for name in typed:
        kind, record_id = _named(name)
        to = typed.get(name)
        if kind is None or record_id is None or not to:
            continue
        if kind == Running.PAPERS:
            steps[:0] = typed_papers(typed, record_id)  # before what they lead to
            continue
        try:
            steps.append(_step(typed, kind, record_id, str(to)))
        except DomainError as error:
            errors.append(error)
    return tuple(steps), tuple(errors)


@requires("cases.work")
def take_on(case_id: int) -> Response:
    """Take one thing on from the case's page or the work tray."""
    steps, errors = typed_steps(request.form)

    def work(ctx: Context) -> int:
        get_case(ctx, case_id)  # a foreign one is none, whatever was typed
        if errors:
            raise errors[0]
        if not steps:
            raise BadInput(N_("Choisissez l'étape suivante."))
        check_all(ctx, steps)
        for step in steps:
            move_on(ctx, step)
        return case_id

    return done(work, _("C'est noté."))


def _named(name: str) -> tuple[Running | None, int | None]:
    """The kind and the id in the name of a control "move-aid-12"; nothing for another name."""
    parts = name.split("-")
    if len(parts) != 3 or parts[0] != PREFIX[:-1]:  # move, kind, id
        return None, None
    return as_code(Running, parts[1]), whole_number(parts[2])


def _step(typed: Mapping[str, Any], kind: Running, record_id: int, to: str) -> Step:
    name = f"{PREFIX}{kind}-{record_id}"
    papers = getattr(typed, "getlist", lambda each: typed.get(each) or [])
    return Step(
        kind=kind,
        record_id=record_id,
        to=to,
        on=_day(typed, f"{name}-on"),
        amount_cents=_cents(typed, f"{name}-{Needs.AMOUNT}"),
        loan_part_cents=_cents(typed, f"{name}-{Needs.LOAN}"),
        refusal_reason=typed.get(f"{name}-{Needs.REASON}") or None,
        missing_documents=tuple(papers(f"{name}-{Needs.PAPERS}")),
        until=_day(typed, f"{name}-{Needs.UNTIL}"),
    )


def _day(typed: Mapping[str, Any], name: str) -> date | None:
    text = typed.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(N_("Cette date n'existe pas."), field=name) from None


def _cents(typed: Mapping[str, Any], name: str) -> int | None:
    text = typed.get(name)
    if not text:
        return None
    try:
        return parse_cents(text)
    except ValueError:
        raise BadInput(N_("Ce montant ne se lit pas : écrivez 12,50."), field=name) from None


def _line(thing: RunningThing, now: date, keys: Iterator[str], typed: Mapping[str, Any]) -> Line:
    choices = [_choice(thing, move, keys, typed) for move in thing.moves]
    asks: dict[Needs, list[str]] = {}
    for choice in choices:
        for need in (*choice.move.needed, *choice.move.optional):
            asks.setdefault(need, []).append(choice.move.to)
    name = f"{PREFIX}{thing.kind}-{thing.record.id}"
    title, state = WORDS[type(thing.record)](thing.record)
    return Line(
        thing=thing,
        icon=ICONS[thing.kind],
        title=title,
        state=state,
        step=_next(thing, now),
        late=thing.next is not None and thing.next.on < now,
        choices=choices,
        asks={need: f"{name}={' '.join(codes)}" for need, codes in asks.items()},
        **(_of_aid(thing, typed) if thing.kind == Running.AID else {}),
    )


def _of_aid(thing: RunningThing, typed: Mapping[str, Any]) -> dict[str, Any]:
    aid = thing.record
    return {
        "papers": papers_of(aid, typed),
        "rules": rules_told(aid),
        "ways": ways_told(thing),
    }


def _choice(
    thing: RunningThing, move: Move, keys: Iterator[str], typed: Mapping[str, Any]
) -> Choice:
    name = f"{PREFIX}{move.kind}-{move.record_id}"
    seldom = (thing.kind, move.to) in SELDOM
    return Choice(
        move=move,
        name=name,
        key="" if seldom else next(keys, ""),
        seldom=seldom,
        ticked=typed.get(name) == move.to,
    )


def _next(thing: RunningThing, now: date) -> str:
    """What is next, on which day, and who is awaited until then."""
    if thing.next is None:
        return ""
    if turn := turn_in_words(thing):
        return turn
    step, when = _(thing.next.step.label), day(thing.next.on)
    if thing.next.awaited == Awaited.US or thing.next.on <= now:
        return _("%(step)s (%(day)s)", step=step, day=when)
    who = _(thing.next.awaited.label)
    return _("%(step)s (%(day)s) ; on attend %(who)s", step=step, day=when, who=who)


def _plan(plan: Plan) -> tuple[str, str]:
    count = ngettext("%(num)s fois", "%(num)s fois", plan.instalment_count)
    title = _("Échéancier de %(amount)s en %(count)s", amount=money(plan.amount_cents), count=count)
    return title, _(plan.state.label)


def _aid(aid: AidRequest) -> tuple[str, str]:
    state = _(aid.state.label)
    if aid.state == AidState.REFUSED and aid.refusal_reason:
        why = _(REFUSAL_REASONS[aid.refusal_reason])
        state = _("%(state)s : %(why)s", state=state, why=why)
    elif aid.missing_documents and aid.state not in PAPERS_COME:
        state = _("%(state)s : %(papers)s", state=state, papers=_names(aid.missing_documents))
    return _("Aide : %(fund)s", fund=name_with_kind(aid.fund, aid.listed)), state


def _names(papers: Sequence[AidPaper]) -> str:
    return ", ".join(_(paper.label).lower() for paper in papers)


def _referral(referral: Referral) -> tuple[str, str]:
    title = _("Orientation : %(body)s", body=name_with_kind(referral.body, referral.listed))
    return title, referral_news(referral)


def referral_news(referral: Referral) -> str:
    """Where a referral stands: what came of it, from whom, the appointment, the body's answers."""
    said = [_came_of(referral)]
    if referral.appointment_on and referral.news is None:
        said.append(_("rendez-vous le %(day)s", day=meeting_day(referral.appointment_on)))
    heard = referral.news_source == NewsSource.BODY  # then the last answer is told already
    for answer, at in answers_of(referral):
        if not heard or answer == BodyAnswer.RECEIVED:
            name = _(answer.label).lower()
            said.append(_("réponse de l'organisme : %(answer)s, %(day)s", answer=name, day=day(at)))
    return "\N{NARROW NO-BREAK SPACE}; ".join(said)


def _came_of(referral: Referral) -> str:
    if referral.news is None or referral.news_on is None:
        return _("depuis le %(day)s, sans nouvelles", day=day(referral.referred_on))
    if is_silent(referral):
        return _("Sans nouvelles, %(day)s : rien de plus n'est attendu", day=day(referral.news_on))
    if referral.news_source == NewsSource.BODY:
        return _("%(news)s, %(day)s (dit par l'organisme)", news=_(referral.news.label),
                 day=day(referral.news_on))  # fmt: skip
    return f"{_(referral.news.label)}, {day(referral.news_on)}"


def _request(asked: PartnerRequest) -> tuple[str, str]:
    state = f"{_(request_label(asked.kind, asked.state))}, {day(asked.state_on)}"
    if asked.kind == RequestKind.HOLD and asked.until:
        state = _("%(state)s, jusqu'au %(day)s", state=state, day=day(asked.until))
    return request_title(asked), state


def _word(act: Act) -> tuple[str, str]:
    return _(act.kind.label), describe(act)


WORDS: dict[type[Any], Any] = {
    Plan: _plan,
    AidRequest: _aid,
    Referral: _referral,
    PartnerRequest: _request,
    Act: _word,
}
