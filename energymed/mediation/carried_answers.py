"""What went on since an act and was not noted wrongly, for the act that takes its place.

A partner's answer to what was asked, news of a referral, what came of a word given: a typing error
in the act does not undo them.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from energymed.base import audit
from energymed.base.context import Context
from energymed.mediation.codes import ActKind
from energymed.mediation.models import Act, Referral
from energymed.mediation.move_models import MoveKind
from energymed.mediation.moves import (
    Step,
    carry_moves,
    set_avoided,
    set_kept,
    set_request_state,
    steps_of,
)
from energymed.mediation.request_codes import (
    ReferralNews,
    RequestKind,
    RequestState,
    WordKept,
    request_label,
)
from energymed.mediation.request_models import PartnerRequest

_OF_LINK = ("revoked_at", "received_at", "met_at", "ended_at")


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a request to a partner stood, what that is called, and how it came there."""

    label: str
    state: RequestState
    state_on: date
    asked_on: date | None
    until: date | None
    avoided_on: date | None
    avoided_source: str | None
    moved_by_id: int | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What is known since an act: answers by the subject of what was asked, news, a word kept.

    `referral` is what else stood on that row, by the names of its columns.
    """

    answers: dict[str, Answer]
    news: tuple[ReferralNews | None, date | None]
    referral: dict[str, Any]
    kept: tuple[WordKept | None, date | None]

    @property
    def told(self) -> list[tuple[str, date]]:
        """What is known, each by its label and day."""
        found = [(each.label, each.state_on) for each in self.answers.values()]
        for code, on in (self.news, self.kept):
            if code is not None and on is not None:
                found.append((code.label, on))
        return found


def known_since(ctx: Context, act: Act) -> Since:
    """What became of what an act brought about; read before the act is crossed out."""
    steps = steps_of(ctx.session, act, MoveKind.REQUEST)
    answers = {
        _subject(each): Answer(
            request_label(each.kind, each.state), each.state, each.state_on, each.asked_on,
            each.until, each.avoided_on, each.avoided_source, each.moved_by_id,
            tuple(step for step in steps if step.subject == each.subject),
        )
        for each in _requests(ctx, act)
        if each.state_on > act.acted_on or each.moved_by_id is not None
    }  # fmt: skip
    referral = _referral(ctx, act)
    news = (referral.news, referral.news_on) if referral else (None, None)
    return Since(answers, news, _of_referral(referral), (act.kept, act.kept_on))


def carry_on(ctx: Context, since: Since, made: Act) -> None:
    """Let what the act brings about stand where that of the one stood whose place it takes."""
    kept, kept_on = since.kept
    if kept is not None:
        set_kept(ctx, made, kept, kept_on or made.acted_on)
    for request in _requests(ctx, made):
        answer = since.answers.get(_subject(request))
        if answer is not None:
            _answer(ctx, request, answer)
    referral = _referral(ctx, made)
    if referral is not None and since.news[0] is not None:
        referral.news, referral.news_on = since.news
        referral.no_news_count = since.referral["no_news_count"]
        referral.news_source = since.referral["news_source"]
        audit.record(ctx, "referral.news", referral, after={"news": referral.news})
    if referral is not None and since.referral:
        referral.consent = since.referral["consent"]
        referral.consent_ended_on = since.referral["consent_ended_on"]
        _carry_link(referral, since.referral)
    ctx.session.flush()


def _of_referral(referral: Referral | None) -> dict[str, Any]:
    """From whom the news of a referral were, and its link with what was answered by it."""
    if referral is None:
        return {}
    link = referral.link
    return {
        "id": referral.id,
        "consent": referral.consent,
        "consent_ended_on": referral.consent_ended_on,
        "no_news_count": referral.no_news_count,
        "news_source": referral.news_source,
        "link": {name: getattr(link, name) for name in _OF_LINK} if link else {},
    }


def _carry_link(referral: Referral, since: dict[str, Any]) -> None:
    """The body is the same: its link serves on, and what it answered stands."""
    if referral.link is not None and referral.id == since["id"]:
        for name, value in since["link"].items():
            setattr(referral.link, name, value)


def _answer(ctx: Context, request: PartnerRequest, answer: Answer) -> None:
    if request.kind != RequestKind.DISPUTE or request.asked_on is None:
        request.asked_on = answer.asked_on  # of a complaint, the day that is corrected wins
    between = [_as_of(request, step) for step in answer.steps[1:-1]]
    carry_moves(ctx, request.act, MoveKind.REQUEST, between)
    if answer.state == RequestState.GRANTED:
        request.until = answer.until
    set_request_state(ctx, request, answer.state, answer.state_on)
    request.moved_by_id = answer.moved_by_id
    set_avoided(ctx, request, answer.avoided_on)
    request.avoided_source = answer.avoided_source
    audit.record(ctx, "request.moved", request, after={"state": request.state})


def _as_of(request: PartnerRequest, step: Step) -> Step:
    """A step that was taken, with what is corrected."""
    corrected = request.kind == RequestKind.DISPUTE and request.asked_on is not None
    return replace(
        step,
        subject=request.subject,
        asked_on=request.asked_on if corrected else step.asked_on,
        until=step.until if step.state == RequestState.GRANTED else request.until,
    )


def _subject(request: PartnerRequest) -> str:
    """What tells the requests of an act apart: actions alone are several."""
    return request.subject if request.kind == RequestKind.ACTION else ""


def _requests(ctx: Context, act: Act) -> list[PartnerRequest]:
    wanted = select(PartnerRequest).where(PartnerRequest.act_id == act.id)
    return list(ctx.session.scalars(wanted.order_by(PartnerRequest.id)))


def _referral(ctx: Context, act: Act) -> Referral | None:
    if act.kind != ActKind.REFERRAL:
        return None
    return ctx.session.scalar(select(Referral).where(Referral.act_id == act.id))
