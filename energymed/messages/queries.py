"""Reads on messages."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.messages.models import Message


def messages_of(session: Session, case_id: int) -> Sequence[Message]:
    """Every message of a case, newest first."""
    statement = (
        select(Message)
        .where(Message.case_id == case_id)
        .options(joinedload(Message.user))
        .order_by(Message.queued_at.desc(), Message.id.desc())
    )
    return session.scalars(statement).all()
