"""What a person needs for their safety: consent, the answers of each kind, days, corrections."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, NotFound, Refused
from energymed.cases.codes import NeedKind, TrustedRelation
from energymed.cases.models import Case, Household, Person
from energymed.cases.needs import (
    NeedSaid,
    case_of_need,
    correct_need,
    end_need,
    last_day,
    no_message,
    no_message_until,
    note_need,
    standing_needs,
)
from energymed.cases.person_models import PersonNeed
from energymed.partners.models import DatedRule
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_partner, make_person, make_site, make_user

TODAY, DAY = NOW.date(), timedelta(days=1)
YEAR = timedelta(days=365)
TRUSTED = NeedSaid(
    NeedKind.TRUSTED, True, name=" Anita  Roy ", relation=TrustedRelation.CHILD,
    phone="06 39 98 00 09",
)  # fmt: skip


def said(kind: NeedKind, **values: Any) -> NeedSaid:
    return NeedSaid(kind, **{"agreed": True, **values})


@pytest.fixture
def ctx(session: Session) -> Context:
    return Context(session, make_user(session).as_actor(), NOW)


@pytest.fixture
def case(ctx: Context) -> Case:
    case = make_case(ctx.session, assigned_to=make_user(ctx.session))
    case.site_id = ctx.actor.site_id
    ctx.session.commit()
    return case


def standing(ctx: Context, case: Case) -> list[PersonNeed]:
    return standing_needs(ctx.session, case.person_id, TODAY)


def stopped(ctx: Context, person_id: int, day: Any = TODAY) -> bool:
    """Asked both ways, which must agree."""
    by_condition = select(no_message(day)).where(Person.id == person_id)
    until = ctx.session.scalar(select(no_message_until()).where(Person.id == person_id))
    found = bool(ctx.session.scalar(by_condition))
    assert found == (until is not None and day <= until)
    return found


@pytest.mark.parametrize(
    "kind", [kind for kind in NeedKind if kind not in (NeedKind.TRUSTED, NeedKind.INTERPRETER)]
)
def test_a_need_is_noted_for_a_year_with_consent_and_no_word_more(
    ctx: Context, case: Case, kind: NeedKind
) -> None:
    need = note_need(ctx, case.id, said(kind, language="tamoul", name="Anita", phone="112"))
    assert (need.kind, need.agreed_on, need.until) == (kind, TODAY, TODAY + YEAR)
    assert (need.user_id, need.case_id, need.person_id) == (
        ctx.actor.user_id, case.id, case.person_id,
    )  # fmt: skip
    assert (need.language, need.name, need.relation, need.e164) == (None, None, None, None)
    (event,) = ctx.session.scalars(select(AuditEvent).where(AuditEvent.action == "need.noted"))
    assert event.after == {"kind": kind, "until": (TODAY + YEAR).isoformat()}


def test_an_interpreter_has_a_language_and_a_trusted_person_a_name(
    ctx: Context, case: Case
) -> None:
    spoken = note_need(ctx, case.id, said(NeedKind.INTERPRETER, language=" tamoul "))
    trusted = note_need(ctx, case.id, TRUSTED)
    assert spoken.language == "tamoul"
    assert (trusted.name, trusted.relation, trusted.e164) == ("Anita Roy", "child", "+33639980009")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (NeedSaid(None, True), "kind"),
        (NeedSaid(NeedKind.INFANT), "agreed"),
        (said(NeedKind.INTERPRETER), "language"),
        (said(NeedKind.INTERPRETER, language="x" * 41), "language"),
        (said(NeedKind.TRUSTED, relation=TrustedRelation.CHILD), "name"),
        (said(NeedKind.TRUSTED, name="Anita"), "relation"),
        (
            said(NeedKind.TRUSTED, name="A", relation=TrustedRelation.CHILD, phone="0639"),
            "phone",
        ),
        (said(NeedKind.INFANT, until=TODAY - DAY), "until"),
        (said(NeedKind.INFANT, until=TODAY + YEAR + DAY), "until"),
    ],
)
def test_what_cannot_be_is_refused(ctx: Context, case: Case, given: NeedSaid, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        note_need(ctx, case.id, given)
    assert refusal.value.params["field"] == field
    assert standing(ctx, case) == []


def test_a_number_that_must_not_be_kept_is_refused(ctx: Context, case: Case) -> None:
    iban = "FR76 3000 6000 0112 3456 7890 189"
    with pytest.raises(Refused):
        note_need(ctx, case.id, said(NeedKind.TRUSTED, name=iban, relation=TrustedRelation.CHILD))


@pytest.mark.parametrize("until", [TODAY, TODAY + YEAR])
def test_the_first_and_the_last_day_that_may_be_said(ctx: Context, case: Case, until: Any) -> None:
    assert note_need(ctx, case.id, said(NeedKind.INFANT, until=until)).until == until


def test_it_holds_until_its_last_day_and_not_the_day_after(ctx: Context, case: Case) -> None:
    need = note_need(ctx, case.id, said(NeedKind.NO_MESSAGE))
    last = TODAY + YEAR
    assert standing_needs(ctx.session, case.person_id, last) == [need]
    assert standing_needs(ctx.session, case.person_id, last + DAY) == []
    assert stopped(ctx, case.person_id, last)
    assert not stopped(ctx, case.person_id, last + DAY)


def test_the_rule_of_the_day_says_for_how_long(ctx: Context, case: Case) -> None:
    since = TODAY + 10 * DAY
    ctx.session.add(
        DatedRule(code="need_days", value={"value": 90}, valid_from=since, source="test")
    )
    ctx.session.flush()
    assert last_day(ctx.session, since - DAY) == since - DAY + YEAR
    assert last_day(ctx.session, since) == since + 90 * DAY


def test_the_gravest_comes_first_and_one_of_a_kind_stands(ctx: Context, case: Case) -> None:
    for given in (
        TRUSTED, said(NeedKind.NO_INTERNET), said(NeedKind.EQUIPMENT), said(NeedKind.NO_MESSAGE),
        said(NeedKind.EQUIPMENT, until=TODAY + DAY), replace(TRUSTED, name="ANITA ROY"),
        replace(TRUSTED, name="Jo Roy"),
    ):  # fmt: skip
        note_need(ctx, case.id, given)
    found = standing(ctx, case)
    assert [need.kind for need in found] == [
        "no_message", "equipment", "no_internet", "trusted", "trusted",
    ]  # fmt: skip
    assert found[1].until == TODAY + DAY
    assert found[1].corrects_id is not None


def test_a_correction_leaves_what_stood_before_on_file(ctx: Context, case: Case) -> None:
    former = note_need(ctx, case.id, said(NeedKind.INTERPRETER, language="tamil"))
    need = correct_need(ctx, former.id, said(NeedKind.INFANT, language="tamoul"))
    assert (need.kind, need.language, need.corrects_id) == ("interpreter", "tamoul", former.id)
    assert (former.ended_at, former.ended_by_id) == (NOW, ctx.actor.user_id)
    assert standing(ctx, case) == [need]
    with pytest.raises(BadInput, match="entre-temps"):
        correct_need(ctx, former.id, said(NeedKind.INTERPRETER, language="peul"))
    actions = list(ctx.session.scalars(select(AuditEvent.action)))
    assert actions.count("need.corrected") == 1


def test_a_person_ends_it_once(ctx: Context, case: Case) -> None:
    need = note_need(ctx, case.id, said(NeedKind.NO_MESSAGE))
    assert stopped(ctx, case.person_id)
    end_need(ctx, need.id)
    end_need(ctx, need.id)
    assert not stopped(ctx, case.person_id)
    assert standing(ctx, case) == []
    actions = list(ctx.session.scalars(select(AuditEvent.action)))
    assert actions.count("need.ended") == 1


def test_no_message_holds_for_the_person_in_every_file(ctx: Context, case: Case) -> None:
    """A name and a home, or a name and a number, are one person; a housemate is another."""
    session, person = ctx.session, case.person
    site, partner = make_site(session), make_partner(session)
    numbers = tuple(phone.e164 for phone in person.phones)
    home = session.get_one(Household, person.household_id)
    at_home = make_person(session, site, partner, household=home, name_key=person.name_key)
    by_number = make_person(session, site, partner, phones=numbers, name_key=person.name_key)
    namesake = make_person(session, site, partner, name_key=person.name_key)
    housemate = make_person(session, site, partner, household=home, phones=numbers)
    note_need(ctx, case.id, said(NeedKind.NO_MESSAGE))
    note_need(ctx, case.id, said(NeedKind.EQUIPMENT))
    found = {one.id: stopped(ctx, one.id) for one in (at_home, by_number, namesake, housemate)}
    assert found == {
        at_home.id: True, by_number.id: True, namesake.id: False, housemate.id: False,
    }  # fmt: skip
    for phone in person.phones:
        phone.links = False  # a number of many strangers tells nothing
    session.flush()
    assert not stopped(ctx, by_number.id)


def test_another_site_sees_none(ctx: Context, case: Case) -> None:
    need = note_need(ctx, case.id, said(NeedKind.INFANT))
    stranger = Context(ctx.session, make_user(ctx.session).as_actor(), NOW)
    for number in (need.id, 999_999):
        for act in (end_need, case_of_need):
            with pytest.raises(NotFound):
                act(stranger, number)  # type: ignore[operator]
        with pytest.raises(DomainError):
            correct_need(stranger, number, said(NeedKind.INFANT))
    with pytest.raises(NotFound):
        note_need(stranger, case.id, said(NeedKind.INFANT))


def test_no_partner_ever_reads_them() -> None:
    """Neither its desk nor what is reported names the table or its room."""
    root = Path(__file__).parents[2]
    readers = [
        *root.glob("energymed/web/partner/**/*.py"), *root.glob("energymed/reporting/**/*.py"),
        *root.glob("templates/partner/**/*.html"), root / "energymed/partners/disclosure.py",
    ]  # fmt: skip
    assert len(readers) > 10
    for path in readers:
        text = path.read_text(encoding="utf-8")
        assert not any(name in text for name in ("PersonNeed", "person_need", "cases.needs")), path
