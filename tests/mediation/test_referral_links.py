"""The link of a referral: who gets one, what is kept of it, and until when it serves."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.mediation.acts import void_act
from energymed.mediation.models import Referral
from energymed.mediation.referral_links import (
    answers_of,
    bears,
    check_consent,
    find_referral,
    keep_answer,
    make_link,
    may_link,
    revoke_link,
    serves,
)
from energymed.mediation.referrals import ReferralRequest, note_news, refer
from energymed.mediation.request_codes import BodyAnswer, ReferralNews
from energymed.partners.models import DatedRule
from tests.factories import MONDAY_MORNING as NOW
from tests.mediation.conftest import Desk

DAY = timedelta(days=1)
SENT = ReferralRequest("ccas", "budget", "file_transmitted", consent=True)


@pytest.fixture
def ctx(session: Session, desk: Desk) -> Context:
    return Context(session, desk.actor, NOW)


@pytest.fixture
def referral(ctx: Context, desk: Desk) -> Referral:
    return refer(ctx, desk.case.id, SENT)


def gone(session: Session, token: str, at: datetime = NOW) -> str:
    with pytest.raises(NotFound) as refused:
        find_referral(session, token, at)
    return refused.value.message


def test_a_token_is_long_and_kept_as_its_hash_alone(ctx: Context, referral: Referral) -> None:
    _made, token = make_link(ctx, referral.id)
    assert len(token) >= 22  # 128 bits in base64
    link = referral.link
    assert link is not None
    assert token not in link.token_hash
    assert find_referral(ctx.session, token, NOW).id == referral.id
    assert bears(referral, token, NOW)
    assert not bears(referral, "x", NOW)
    events = ctx.session.scalars(select(AuditEvent)).all()
    assert not any(token in f"{event.before}{event.after}" for event in events)


def test_it_serves_for_ninety_days(ctx: Context, referral: Referral) -> None:
    token = make_link(ctx, referral.id)[1]
    last = NOW + 90 * DAY - timedelta(seconds=1)
    assert find_referral(ctx.session, token, last).id == referral.id
    assert serves(referral, last)
    assert gone(ctx.session, token, NOW + 90 * DAY)
    assert not serves(referral, NOW + 90 * DAY)


def test_the_days_are_a_dated_rule(ctx: Context, referral: Referral) -> None:
    ctx.session.add(
        DatedRule(code="wait_link", value={"value": 7}, valid_from=NOW.date(), source="test")
    )
    ctx.session.flush()
    token = make_link(ctx, referral.id)[1]
    assert gone(ctx.session, token, NOW + 7 * DAY)


def test_every_link_that_serves_no_longer_is_told_alike(ctx: Context, referral: Referral) -> None:
    former = make_link(ctx, referral.id)[1]
    token = make_link(ctx, referral.id)[1]
    told = {gone(ctx.session, former), gone(ctx.session, "never"), gone(ctx.session, "\udcff")}
    told.add(gone(ctx.session, token, NOW + 90 * DAY))
    revoke_link(ctx, referral.id)
    told.add(gone(ctx.session, token))
    token = make_link(ctx, referral.id)[1]
    referral.consent = False
    ctx.session.flush()
    told.add(gone(ctx.session, token))
    referral.consent = True
    void_act(ctx, referral.act_id)
    told.add(gone(ctx.session, token))
    assert told == {"Ce lien ne sert plus."}


@pytest.mark.parametrize(
    ("mode", "met_in", "linked"),
    [("file_transmitted", None, True), ("appointment_made", 5, True),
     ("coordinates_given", None, False)],
)  # fmt: skip
def test_only_a_body_that_was_told_something_gets_one(
    ctx: Context, desk: Desk, mode: str, met_in: int | None, linked: bool
) -> None:
    day = NOW.date() + met_in * DAY if met_in else None
    request = ReferralRequest("ccas", "budget", mode, consent=True, appointment_on=day)
    referral = refer(ctx, desk.case.id, request)
    check_consent(referral)
    assert may_link(referral) is linked
    if linked:
        assert make_link(ctx, referral.id)[1]
        return
    with pytest.raises(Refused):
        make_link(ctx, referral.id)


def test_without_consent_nothing_leaves(ctx: Context, referral: Referral) -> None:
    referral.consent = False
    for door in (lambda: check_consent(referral), lambda: make_link(ctx, referral.id)):
        with pytest.raises(Refused) as refused:
            door()
        assert "revenue sur son accord" in refused.value.message
    assert referral.link is None


def test_a_stranger_makes_and_takes_back_none(ctx: Context, desk: Desk, referral: Referral) -> None:
    token = make_link(ctx, referral.id)[1]
    stranger = Context(ctx.session, desk.stranger, NOW)
    for door in (make_link, revoke_link):
        with pytest.raises(NotFound):
            door(stranger, referral.id)
    assert find_referral(ctx.session, token, NOW)


def test_a_person_in_formation_makes_none(ctx: Context, referral: Referral) -> None:
    referral.case.partner.practice = True
    ctx.session.flush()
    with pytest.raises(Refused):
        make_link(ctx, referral.id)


def test_an_answer_is_kept_once_with_its_instant(ctx: Context, referral: Referral) -> None:
    assert not keep_answer(ctx, referral, BodyAnswer.RECEIVED)  # without a link there is none
    make_link(ctx, referral.id)
    assert keep_answer(ctx, referral, BodyAnswer.RECEIVED)
    later = ctx.as_of(NOW + DAY)
    assert not keep_answer(later, referral, BodyAnswer.RECEIVED)
    assert keep_answer(later, referral, BodyAnswer.MET)
    make_link(later, referral.id)  # a new token keeps them
    told = [(BodyAnswer.RECEIVED, NOW), (BodyAnswer.MET, NOW + DAY)]
    assert answers_of(referral) == told


def test_told_again_a_referral_begins_without_link_news_or_answers(
    ctx: Context, desk: Desk, referral: Referral
) -> None:
    token = make_link(ctx, referral.id)[1]
    keep_answer(ctx, referral, BodyAnswer.MET)
    note_news(ctx, referral.id, ReferralNews.NO_NEWS)
    void_act(ctx, referral.act_id)
    again = refer(ctx, desk.case.id, SENT)
    assert again.id == referral.id
    assert (again.news, again.no_news_count, answers_of(again)) == (None, 0, [])
    assert gone(ctx.session, token)


def test_no_news_is_counted_once_a_day_and_from_anew_after_other_news(
    ctx: Context, referral: Referral
) -> None:
    for days, news, count in (
        (0, ReferralNews.NO_NEWS, 1), (0, ReferralNews.NO_NEWS, 1),
        (1, ReferralNews.NO_NEWS, 2), (2, ReferralNews.SEEN, 0), (3, ReferralNews.NO_NEWS, 1),
    ):  # fmt: skip
        assert note_news(ctx.as_of(NOW + days * DAY), referral.id, news).no_news_count == count


@pytest.mark.parametrize(
    ("days", "refusal"),
    [(None, "Donnez le jour du rendez-vous."), (-1, "Cette date est déjà passée."), (0, ""),
     (366, ""), (367, "field")],
)  # fmt: skip
def test_an_appointment_has_a_day_to_come(
    ctx: Context, desk: Desk, days: int | None, refusal: str
) -> None:
    day = None if days is None else NOW.date() + days * DAY
    request = ReferralRequest("ccas", "budget", "appointment_made", True, appointment_on=day)
    if not refusal:
        assert refer(ctx, desk.case.id, request).appointment_on == day
        return
    with pytest.raises(BadInput) as refused:
        refer(ctx, desk.case.id, request)
    assert refused.value.params["field"] == "appointment_on"
    assert refusal in (refused.value.message, "field")


def test_a_day_without_an_appointment_is_not_kept(ctx: Context, desk: Desk) -> None:
    request = ReferralRequest(
        "ccas", "budget", "coordinates_given", True, appointment_on=NOW.date()
    )
    assert refer(ctx, desk.case.id, request).appointment_on is None
