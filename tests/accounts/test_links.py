"""One-time links: what they are for, how long they serve, and that they serve once."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts import links
from energymed.accounts.codes import LinkPurpose
from energymed.accounts.models import AccountLink, SignInTries
from energymed.accounts.sign_in_tries import judge_try
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import NotFound, Refused
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user

SECOND = timedelta(seconds=1)


def ctx_of(session: Session, later: timedelta = timedelta()) -> Context:
    return Context(session, SYSTEM, NOW + later)


@pytest.mark.parametrize(("purpose", "days"), [("invitation", 7), ("reset", 1)])
def test_a_link_serves_for_its_days(session: Session, purpose: str, days: int) -> None:
    user = make_user(session)
    token = links.make_link(ctx_of(session), user, LinkPurpose(purpose))
    last = NOW + timedelta(days=days) - SECOND
    assert links.find_link(session, token, last).user is user
    with pytest.raises(NotFound):
        links.find_link(session, token, last + SECOND)


def test_a_link_serves_once_and_ends_sessions_and_counts(session: Session) -> None:
    user = make_user(session, must_change_password=True)
    session_id = user.fs_uniquifier
    judge_try(session, user.email, False, NOW)
    token = links.invite(ctx_of(session), user)
    links.use_link(ctx_of(session), token, "hash")
    assert (user.password, user.must_change_password) == ("hash", False)
    assert user.fs_uniquifier != session_id
    assert session.scalars(select(SignInTries)).all() == []
    with pytest.raises(NotFound):
        links.use_link(ctx_of(session), token, "other")
    assert user.password == "hash"


def test_nobody_keeps_the_token(session: Session) -> None:
    user = make_user(session)
    token = links.invite(ctx_of(session), user)
    row = session.scalars(select(AccountLink)).one()
    assert token not in (row.token_hash, str(row.__dict__))
    told = session.scalars(select(AuditEvent)).one()
    assert (told.action, told.after) == ("user.link_made", {"purpose": "invitation"})


def test_a_new_link_ends_the_former(session: Session) -> None:
    user = make_user(session)
    former = links.invite(ctx_of(session), user)
    token = links.invite(ctx_of(session), user)
    with pytest.raises(NotFound):
        links.find_link(session, former, NOW)
    assert links.find_link(session, token, NOW).user is user


@pytest.mark.parametrize("token", ["", "x" * 43, "é\ud800", "a" * 5000])
def test_an_unknown_token_is_not_found(session: Session, token: str) -> None:
    with pytest.raises(NotFound):
        links.find_link(session, token, NOW)


def test_a_closed_or_ended_account_has_no_link(session: Session) -> None:
    closed = make_user(session, active=False)
    ended = make_user(session, ends_on=NOW.date() - timedelta(days=1))
    for user in (closed, ended):
        with pytest.raises(Refused):
            links.invite(ctx_of(session), user)
    user = make_user(session, ends_on=NOW.date())
    token = links.invite(ctx_of(session), user)
    with pytest.raises(NotFound):
        links.find_link(session, token, NOW + timedelta(days=1))


def test_who_has_a_password_is_not_invited(session: Session) -> None:
    with pytest.raises(Refused):
        links.invite(ctx_of(session), make_user(session, password="a-long-test-password"))


def test_a_reset_takes_password_and_sessions(session: Session) -> None:
    user = make_user(session, password="a-long-test-password")
    session_id = user.fs_uniquifier
    token = links.reset_password(ctx_of(session), user)
    assert (user.password, user.fs_uniquifier == session_id) == (None, False)
    assert links.find_link(session, token, NOW).purpose == "reset"
    assert "user.password_reset" in session.scalars(select(AuditEvent.action)).all()


def test_who_forgot_keeps_the_password_until_another_is_chosen(session: Session) -> None:
    user = make_user(session, password="a-long-test-password")
    session_id = user.fs_uniquifier
    assert links.forgotten_password(ctx_of(session), user.email) is not None
    assert user.password is not None
    assert user.fs_uniquifier == session_id
    assert links.forgotten_password(ctx_of(session), "nobody@example.org") is None
    assert links.forgotten_password(ctx_of(session), make_user(session, active=False).email) is None


def test_links_that_are_over_are_forgotten(session: Session) -> None:
    links.make_link(ctx_of(session), make_user(session), LinkPurpose.RESET)
    links.invite(ctx_of(session), make_user(session))
    links.forget_expired(session, NOW + timedelta(days=1))
    assert session.scalars(select(AccountLink.purpose)).all() == ["invitation"]
