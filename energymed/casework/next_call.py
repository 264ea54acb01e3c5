"""The next call: the one press that gives a mediator a case."""

from energymed.base.context import Actor, Context
from energymed.base.db import db, transaction
from energymed.base.errors import Conflict
from energymed.base.i18n import N_
from energymed.calling.presence.states import resume_calls
from energymed.calling.queue.claims import claim_first
from energymed.calling.queue.next_call import next_calls

TRIES = 20


def take_next_call(actor: Actor) -> int | None:
    """Claim the next case of the actor's queue; None when nobody may be called now.

    Whoever asks for it is in pause no more, also where there is nobody to call.

    Read first, so that nobody waits for the reading; then claimed in a transaction of its own, and
    read again when colleagues were quicker.

    Raises:
        Conflict: colleagues were quicker every time.
    """
    for _turn in range(TRIES):
        calls = next_calls(Context(db.session(), actor))
        with transaction() as session:
            ctx = Context(session, actor)
            case_id = claim_first(ctx, calls)
            resume_calls(ctx)  # after it: the row of the mediator is held by then
        if case_id is not None or not calls:
            return case_id
    raise Conflict(N_("Vos collègues ont été plus rapides : demandez de nouveau."))
