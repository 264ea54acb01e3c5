"""A mediator at a desk with one case of 100 €, and a stranger of another site."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import Actor
from energymed.cases.models import Case
from tests.factories import make_case, make_user


@dataclass(frozen=True)
class Desk:
    actor: Actor
    stranger: Actor
    case: Case


@pytest.fixture
def desk(session: Session) -> Desk:
    mediator = make_user(session)
    case = make_case(session, assigned_to=mediator)
    stranger = make_user(session)
    session.commit()
    return Desk(mediator.as_actor(), stranger.as_actor(), case)
