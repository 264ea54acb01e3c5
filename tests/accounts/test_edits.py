"""An account edited: what makes none, two at once, the last administrator, sessions."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts import service
from energymed.accounts.edits import edit_account, edit_of, edit_own_profile, version_of
from energymed.accounts.links import make_link
from energymed.accounts.models import AccountLink
from energymed.accounts.sites import set_site_retired
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, Conflict, Refused
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import PASSWORD, make_partner, make_site, make_user

TODAY = NOW.date()


def ctx_of(session: Session) -> Context:
    return Context(session, SYSTEM, NOW)


def test_everything_of_an_account_is_edited_and_traced_without_names(session: Session) -> None:
    user, site = make_user(session, name="Amina"), make_site(session)
    edit = replace(
        edit_of(user), name=" Amina  B. ", role="lead", site_id=site.id, weekly_hours=28,
        languages=("arabe", "Arabe", ""), extension=" 12 ", ends_on=TODAY,
    )  # fmt: skip
    edit_account(ctx_of(session), user.id, edit)
    assert (user.name, user.role, user.site_id, user.weekly_hours) == (
        "Amina B.",
        "lead",
        site.id,
        28,
    )
    assert (user.languages, user.extension, user.ends_on) == (["arabe"], "12", TODAY)
    event = session.scalars(select(AuditEvent)).one()
    assert event.action == "user.edited"
    assert event.after is not None
    assert event.after["weekly_hours"] == 28
    assert event.after["ends_on"] == TODAY.isoformat()
    assert "Amina" not in str(event.after)


def test_nothing_changed_is_no_event(session: Session) -> None:
    user = make_user(session)
    edit_account(ctx_of(session), user.id, edit_of(user))
    assert session.scalars(select(AuditEvent)).all() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "taken@example.org"}, "email"),
        ({"role": "boss"}, "role"),
        ({"site_id": None}, "site_id"),
        ({"role": "partner"}, "partner_id"),
        ({"weekly_hours": 0}, "weekly_hours"),
        ({"weekly_hours": 49}, "weekly_hours"),
        ({"name": "x" * 121}, "name"),
        ({"languages": tuple(f"langue {i}" for i in range(11))}, "languages"),
        ({"languages": ("x" * 41,)}, "languages"),
        ({"extension": "12a"}, "extension"),
        ({"extension": "1234567"}, "extension"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
    ],
)
def test_what_makes_no_account_is_told_beside_its_field(
    session: Session, values: dict[str, Any], field: str
) -> None:
    make_user(session, email="taken@example.org")
    user = make_user(session)
    with pytest.raises(BadInput) as told:
        edit_account(ctx_of(session), user.id, replace(edit_of(user), **values))
    assert told.value.params["field"] == field


@pytest.mark.parametrize(
    "values",
    [
        {"weekly_hours": 1},
        {"weekly_hours": 48},
        {"name": "x" * 120},
        {"languages": tuple(f"langue {i}" for i in range(10))},
        {"extension": "123456"},
        {"ends_on": TODAY},
    ],
)
def test_the_last_value_that_is_right(session: Session, values: dict[str, Any]) -> None:
    user = make_user(session)
    edit_account(ctx_of(session), user.id, replace(edit_of(user), **values))


def test_a_last_day_that_is_over_may_stay_as_it_is(session: Session) -> None:
    user = make_user(session, ends_on=date(2026, 1, 31))
    edit_account(ctx_of(session), user.id, replace(edit_of(user), weekly_hours=20))
    assert user.weekly_hours == 20


def test_of_two_administrators_at_once_the_second_is_told(session: Session) -> None:
    user = make_user(session)
    seen = version_of(user)
    edit_account(
        ctx_of(session), user.id, replace(edit_of(user), weekly_hours=20), seen_version=seen
    )
    with pytest.raises(Conflict):
        edit_account(
            ctx_of(session), user.id, replace(edit_of(user), weekly_hours=30), seen_version=seen
        )
    assert user.weekly_hours == 20


def test_a_new_address_ends_sessions_and_the_link_and_is_traced(session: Session) -> None:
    user = make_user(session)
    session_id = user.fs_uniquifier
    make_link(ctx_of(session), user, "invitation")  # type: ignore[arg-type]
    edit_account(ctx_of(session), user.id, replace(edit_of(user), email="New@Example.org"))
    assert (user.email, user.fs_uniquifier == session_id) == ("new@example.org", False)
    assert session.scalars(select(AccountLink)).all() == []
    assert "user.email_changed" in session.scalars(select(AuditEvent.action)).all()
    assert "example.org" not in str([e.after for e in session.scalars(select(AuditEvent))])


@pytest.mark.parametrize("what", ["role", "site", "partner"])
def test_whoever_becomes_somebody_else_signs_in_again(session: Session, what: str) -> None:
    user = make_user(session, "partner" if what == "partner" else "mediator")
    session_id = user.fs_uniquifier
    values: dict[str, Any] = {"role": "lead"}
    if what == "site":
        values = {"site_id": make_site(session).id}
    elif what == "partner":
        values = {"partner_id": make_partner(session).id}
    edit_account(ctx_of(session), user.id, replace(edit_of(user), **values))
    assert user.fs_uniquifier != session_id


def test_nobody_goes_to_a_site_that_is_retired_and_who_is_there_stays(session: Session) -> None:
    gone, user = make_site(session), make_user(session)
    there = make_user(session, site=gone)
    set_site_retired(ctx_of(session), gone, retired=True)
    with pytest.raises(Refused, match="ni compte ni fichier"):
        edit_account(ctx_of(session), user.id, replace(edit_of(user), site_id=gone.id))
    edit_account(ctx_of(session), there.id, replace(edit_of(there), weekly_hours=20))
    assert (there.site_id, there.weekly_hours) == (gone.id, 20)


@pytest.mark.parametrize("role", ["mediator", "lead"])
def test_nobody_works_where_one_practises(session: Session, role: str) -> None:
    trainee = make_user(session, "trainee")
    with pytest.raises(BadInput, match="besoin d'un site") as caught:
        edit_account(ctx_of(session), trainee.id, replace(edit_of(trainee), role=role))
    assert (caught.value.params["field"], trainee.role) == ("site_id", "trainee")
    site = make_site(session)
    edit = replace(edit_of(trainee), role=role, site_id=site.id)
    assert edit_account(ctx_of(session), trainee.id, edit).site_id == site.id


def test_another_value_keeps_the_sessions(session: Session) -> None:
    user = make_user(session)
    session_id = user.fs_uniquifier
    edit_account(ctx_of(session), user.id, replace(edit_of(user), weekly_hours=20))
    assert user.fs_uniquifier == session_id


LEAVING = {"role": {"role": "partner"}, "end": {"ends_on": TODAY + timedelta(days=30)}}


@pytest.mark.slow
@pytest.mark.parametrize("how", [*LEAVING, "closed"])
@pytest.mark.parametrize(
    ("other", "goes"),
    [
        (None, False),
        ({"password": PASSWORD}, True),
        ({}, False),  # invited, never came
        ({"password": PASSWORD, "active": False}, False),
        ({"password": PASSWORD, "ends_on": date(2027, 12, 31)}, False),
    ],
)
def test_somebody_is_left_to_manage_accounts(
    session: Session, how: str, other: dict[str, Any] | None, goes: bool
) -> None:
    admin, partner = make_user(session, "admin", password=PASSWORD), make_partner(session)
    if other is not None:
        make_user(session, "admin", **other)

    def leave() -> None:
        if how == "closed":
            service.set_active(ctx_of(session), admin, False)
        else:
            edit = replace(edit_of(admin), partner_id=partner.id, **LEAVING[how])
            edit_account(ctx_of(session), admin.id, edit)

    if goes:
        leave()
    else:
        with pytest.raises(Refused, match="dernier administrateur"):
            leave()
        assert (admin.role, admin.active, admin.ends_on) == ("admin", True, None)


def test_ones_own_name_and_languages(session: Session) -> None:
    user = make_user(session)
    ctx = Context(session, user.as_actor(), NOW)
    edit_own_profile(ctx, " Amina B. ", ("arabe", " tamoul "))
    assert (user.name, user.languages) == ("Amina B.", ["arabe", "tamoul"])
    with pytest.raises(BadInput):
        edit_own_profile(ctx, "  ", ())


@pytest.mark.parametrize("act", ["close", "reopen", "factor"])
def test_what_ends_sessions(session: Session, act: str) -> None:
    user = make_user(session, active=act != "reopen", ends_on=date(2026, 1, 31))
    session_id = user.fs_uniquifier
    if act == "factor":
        service.reset_second_factor(ctx_of(session), user)
    else:
        service.set_active(ctx_of(session), user, act == "reopen")
    assert user.fs_uniquifier != session_id
    assert user.ends_on == (None if act == "reopen" else date(2026, 1, 31))
