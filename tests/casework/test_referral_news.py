"""What came of a referral: asked by a follow-up, told by the body or the mediator, and its end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import NotFound
from energymed.calling.codes import FollowUpState
from energymed.calling.models import FollowUp
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.correct_act import correct_act
from energymed.casework.due_follow_ups import follow_cases
from energymed.casework.referral_news import hear_body, withdraw_consent
from energymed.mediation.acts import void_act
from energymed.mediation.codes import ActKind, VoidReason
from energymed.mediation.models import Referral
from energymed.mediation.referral_links import answers_of, find_referral, make_link
from energymed.mediation.referrals import ReferralRequest, note_news, refer
from energymed.mediation.request_codes import BodyAnswer, NewsSource, ReferralNews
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user

DAY = timedelta(days=1)
SENT = ReferralRequest("ccas", "budget", "file_transmitted", consent=True)


@pytest.fixture
def ctx(session: Session) -> Context:
    return Context(session, make_user(session).as_actor(), NOW)


@pytest.fixture
def case(ctx: Context) -> Case:

    return make_case(ctx.session, assigned_to=ctx.session.get_one(User, ctx.actor.user_id))


@pytest.fixture
def referral(ctx: Context, case: Case) -> Referral:
    return refer(ctx, case.id, SENT)


def body_says(ctx: Context, token: str, answer: BodyAnswer, after: timedelta = DAY) -> Referral:
    return hear_body(Context(ctx.session, SYSTEM, NOW + after), token, answer)


@pytest.mark.parametrize(
    ("answer", "news"),
    [(BodyAnswer.RECEIVED, None), (BodyAnswer.MET, "seen"), (BodyAnswer.ENDED, "ended")],
)
def test_an_answer_moves_what_came_of_it(
    ctx: Context, referral: Referral, answer: BodyAnswer, news: str | None
) -> None:
    token = make_link(ctx, referral.id)[1]
    body_says(ctx, token, answer)
    assert referral.news == news
    assert referral.news_source == (NewsSource.BODY if news else None)
    assert answers_of(referral) == [(answer, NOW + DAY)]
    event = ctx.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "referral.answered")
    ).one()
    assert event.after == {"answer": answer}
    assert event.actor_id is None


@pytest.mark.parametrize(
    ("before", "answer", "after"),
    [
        ("no_news", "met", "seen"), ("not_gone", "met", "seen"), ("taken_up", "met", "taken_up"),
        ("ended", "met", "ended"), ("taken_up", "ended", "ended"), ("seen", "received", "seen"),
    ],
)  # fmt: skip
def test_an_answer_undoes_nothing_that_says_more(
    ctx: Context, referral: Referral, before: str, answer: str, after: str
) -> None:
    token = make_link(ctx, referral.id)[1]
    note_news(ctx, referral.id, ReferralNews(before))
    assert body_says(ctx, token, BodyAnswer(answer)).news == after


def test_the_mediators_later_word_stands(ctx: Context, referral: Referral) -> None:
    token = make_link(ctx, referral.id)[1]
    body_says(ctx, token, BodyAnswer.ENDED)
    note_news(ctx.as_of(NOW + 2 * DAY), referral.id, ReferralNews.NOT_GONE)
    body_says(ctx, token, BodyAnswer.ENDED, 3 * DAY)  # the same again is nothing new
    assert (referral.news, referral.news_source) == (ReferralNews.NOT_GONE, NewsSource.US)


def test_a_follow_up_asks_and_the_bodys_answer_ends_it(
    ctx: Context, case: Case, referral: Referral
) -> None:
    token = make_link(ctx, referral.id)[1]

    def asked(days: int) -> list[FollowUp]:
        follow_cases(Context(ctx.session, SYSTEM, NOW + days * DAY), [case.id])
        opened = select(FollowUp).where(FollowUp.state == FollowUpState.OPEN)
        return list(ctx.session.scalars(opened))

    assert asked(20) == []
    assert [each.act_id for each in asked(21)] == [referral.act_id]
    body_says(ctx, token, BodyAnswer.RECEIVED, 21 * DAY)
    assert len(asked(21)) == 1  # it keeps waiting
    body_says(ctx, token, BodyAnswer.MET, 21 * DAY)
    assert asked(21) == []


def test_asked_twice_in_vain_it_is_asked_no_more(
    ctx: Context, case: Case, referral: Referral
) -> None:
    def asked(days: int) -> int:
        at = Context(ctx.session, SYSTEM, NOW + days * DAY)
        follow_cases(at, [case.id])
        opened = select(FollowUp).where(FollowUp.state == FollowUpState.OPEN)
        return len(ctx.session.scalars(opened).all())

    assert asked(21) == 1
    note_news(ctx.as_of(NOW + 21 * DAY), referral.id, ReferralNews.NO_NEWS)
    assert (asked(41), asked(42)) == (0, 1)
    note_news(ctx.as_of(NOW + 42 * DAY), referral.id, ReferralNews.NO_NEWS)
    assert (asked(63), asked(200)) == (0, 0)


def test_who_goes_back_on_a_consent_ends_all_that_leaves(ctx: Context, referral: Referral) -> None:
    token = make_link(ctx, referral.id)[1]
    withdraw_consent(ctx, referral.id)
    withdraw_consent(ctx, referral.id)
    assert (referral.consent, referral.consent_ended_on) == (False, NOW.date())
    with pytest.raises(NotFound):
        find_referral(ctx.session, token, NOW)
    with pytest.raises(NotFound):
        body_says(ctx, token, BodyAnswer.MET)
    actions = ctx.session.scalars(select(AuditEvent.action)).all()
    assert actions.count("referral.consent_ended") == 1
    assert actions.count("referral.link_revoked") == 1


def corrected(
    ctx: Context, referral: Referral, mode: str = SENT.mode, body: str = "ccas"
) -> Referral:
    terms = ReferralRequest(body, "housing", mode, consent=True)
    right = AgreedAct(ActKind.REFERRAL, terms)
    made = correct_act(ctx, referral.act_id, right, VoidReason.TYPING)
    return ctx.session.scalars(select(Referral).where(Referral.act_id == made.id)).one()


def test_a_slip_of_the_reason_leaves_link_and_answers(ctx: Context, referral: Referral) -> None:
    token = make_link(ctx, referral.id)[1]
    body_says(ctx, token, BodyAnswer.MET)
    stands = corrected(ctx.as_of(NOW + 2 * DAY), referral)
    assert (stands.news, stands.news_source) == (ReferralNews.SEEN, NewsSource.BODY)
    assert answers_of(stands) == [(BodyAnswer.MET, NOW + DAY)]
    assert find_referral(ctx.session, token, NOW).reason == "housing"


@pytest.mark.parametrize("values", [{"mode": "coordinates_given"}, {"body": "pcb"}])
def test_a_link_ends_with_what_it_was_given_for(
    ctx: Context, referral: Referral, values: dict[str, str]
) -> None:
    token = make_link(ctx, referral.id)[1]
    corrected(ctx, referral, **values)
    with pytest.raises(NotFound):
        find_referral(ctx.session, token, NOW)


def test_a_consent_that_was_taken_back_stays_so(ctx: Context, referral: Referral) -> None:
    withdraw_consent(ctx, referral.id)
    assert not corrected(ctx, referral).consent


def test_what_is_crossed_out_hears_nothing(ctx: Context, referral: Referral) -> None:
    token = make_link(ctx, referral.id)[1]
    void_act(ctx, referral.act_id)
    with pytest.raises(NotFound):
        body_says(ctx, token, BodyAnswer.MET)
