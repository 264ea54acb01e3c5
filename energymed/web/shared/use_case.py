"""The edge of a use case on the web: one transaction, in the name of who is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from energymed.base.context import Context
from energymed.base.db import db, transaction
from energymed.web.shared.permissions import actor


@contextmanager
def use_case() -> Iterator[Context]:
    """One use case: what it wrote is kept when the block ends well, and nothing of it otherwise."""
    with transaction() as session:
        yield Context(session, actor())


def reading() -> Context:
    """The context of a page that only reads."""
    return Context(db.session(), actor())
