"""Who speaks for a person: noted, seen by its site, over when it is said so."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases.codes import MandateKind
from energymed.cases.mandates import (
    MandateSaid,
    end_mandate,
    is_under_tutelle,
    note_mandate,
    standing_mandates,
)
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user

TODAY = NOW.date()
TUTELLE = MandateSaid(MandateKind.TUTELLE, " UDAF  26 ", TODAY, TODAY)
DAY = timedelta(days=1)


@pytest.fixture
def ctx(session: Session) -> Context:
    return Context(session, make_user(session).as_actor(), NOW)


@pytest.fixture
def case_id(ctx: Context) -> int:
    user = make_user(ctx.session)
    case = make_case(ctx.session, assigned_to=user)
    case.site_id = ctx.actor.site_id
    ctx.session.commit()
    return case.id


def test_it_is_noted_with_its_proof_and_ends_when_it_is_said(ctx: Context, case_id: int) -> None:
    mandate = note_mandate(ctx, case_id, TUTELLE)
    assert (mandate.name, mandate.proof_seen_on, mandate.user_id) == (
        "UDAF 26", TODAY, ctx.actor.user_id,
    )  # fmt: skip
    person = mandate.person_id
    assert is_under_tutelle(ctx.session, person, TODAY)
    assert not is_under_tutelle(ctx.session, person, TODAY + DAY)
    assert list(standing_mandates(ctx.session, person, TODAY)) == [mandate]
    end_mandate(ctx, mandate.id)
    end_mandate(ctx, mandate.id)
    assert not is_under_tutelle(ctx.session, person, TODAY)
    assert list(standing_mandates(ctx.session, person, TODAY)) == []
    told = list(ctx.session.scalars(select(AuditEvent.action)))
    assert told.count("mandate.ended") == told.count("mandate.noted") == 1


@pytest.mark.parametrize("kind", list(MandateKind))
def test_tutelle_alone_takes_the_word_away(ctx: Context, case_id: int, kind: MandateKind) -> None:
    mandate = note_mandate(ctx, case_id, MandateSaid(kind))
    under = is_under_tutelle(ctx.session, mandate.person_id, TODAY)
    assert under == (kind == MandateKind.TUTELLE)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (MandateSaid(None), "kind"),
        (MandateSaid(MandateKind.TUTELLE, "x" * 121), "name"),
        (MandateSaid(MandateKind.TUTELLE, proof_seen_on=TODAY + DAY), "proof_seen_on"),
        (MandateSaid(MandateKind.TUTELLE, until=TODAY - DAY), "until"),
    ],
)
def test_what_cannot_be_is_refused(
    ctx: Context, case_id: int, said: MandateSaid, field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        note_mandate(ctx, case_id, said)
    assert refusal.value.params["field"] == field


def test_a_number_is_no_name(ctx: Context, case_id: int) -> None:
    with pytest.raises(Refused):
        note_mandate(
            ctx, case_id, MandateSaid(MandateKind.TUTELLE, "FR76 3000 6000 0112 3456 7890 189")
        )


def test_another_site_sees_none(ctx: Context, case_id: int) -> None:
    mandate = note_mandate(ctx, case_id, TUTELLE)
    stranger = Context(ctx.session, make_user(ctx.session).as_actor(), NOW)
    with pytest.raises(NotFound):
        note_mandate(stranger, case_id, TUTELLE)
    for number in (mandate.id, 999_999):
        with pytest.raises(NotFound):
            end_mandate(stranger, number)
