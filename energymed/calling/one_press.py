"""One press at a time: two tabs or a double click of the same person come one after the other."""

from sqlalchemy import select

from energymed.accounts.models import User
from energymed.base.context import Context
from energymed.base.db import locks_rows


def one_press_at_a_time(ctx: Context) -> None:
    """Let a second press of the same person wait for the first (SQLite writes one by one)."""
    if not locks_rows(ctx.session):
        return
    ctx.session.execute(
        select(User.id).where(User.id == ctx.actor.user_id).with_for_update(key_share=True)
    ).all()
