"""The one press that gives the next case."""

from energymed.accounts.actor import Actor
from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import Conflict
from energymed.base.i18n import N_
from energymed.calling.queue.claims import claim_offered
from energymed.calling.queue.next_call import offers

TRIES = 20


def take_next(who: Actor) -> int | None:
    """Claim the next case of the queue; gives its id, or None when nobody may be called now.

    Read first, so that nobody waits for the reading; read again when colleagues were quicker.
    """
    for _turn in range(TRIES):
        at = now()
        offered = offers(db.session(), who, at)
        with transaction() as session:
            case_id = claim_offered(session, who, offered, now=at)
        if case_id is not None or not offered:
            return case_id
    raise Conflict(N_("Vos collègues ont été plus rapides : demandez de nouveau."))
