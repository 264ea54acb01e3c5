"""The one press that gives the next case."""

from energymed.base.clock import now
from energymed.base.context import Actor
from energymed.base.errors import Conflict
from energymed.base.i18n import N_
from energymed.calling.queue.claims import claim_first
from energymed.calling.queue.next_call import next_calls
from energymed.web.shared.use_case import reading, use_case

TRIES = 20


def take_next(who: Actor) -> int | None:
    """Claim the next case of the queue; gives its id, or None when nobody may be called now.

    Read first, so that nobody waits for the reading; read again when colleagues were quicker.
    """
    for _turn in range(TRIES):
        now()
        calls = next_calls(reading())
        with use_case() as ctx:
            case_id = claim_first(ctx, calls)
        if case_id is not None or not calls:
            return case_id
    raise Conflict(N_("Vos collègues ont été plus rapides : demandez de nouveau."))
