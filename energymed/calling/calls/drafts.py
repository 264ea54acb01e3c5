"""Half-typed calls: kept on the server, so that a lapsed session or lease loses nothing."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import storable
from energymed.base.text.sensitive import strip_sensitive
from energymed.calling.models import CallDraft, Contact
from energymed.cases.queries import get_case

MAX_BYTES = 20_000


def save_draft(
    ctx: Context, case_id: int, content: Mapping[str, Any], *, request_key: str | None = None
) -> None:
    """Keep what the actor has typed for this case; the last save wins.

    A draft that comes after its own call was saved (`request_key`; a slow line, a second press)
    is not kept: it would offer the call to be saved again.

    NIR and IBAN shapes are cut out of the copy kept here: they are refused when the call is saved.
    Signs that no database keeps (half an emoji) go too.

    Raises:
        BadInput: more than 20 000 bytes.
    """
    if len(json.dumps(dict(content))) > MAX_BYTES:
        raise BadInput(N_("La saisie est trop longue pour être conservée."))
    get_case(ctx, case_id, lock=True)
    if request_key and ctx.session.scalar(
        select(Contact.id).where(Contact.request_key == request_key, Contact.case_id == case_id)
    ):
        return
    draft = load_draft(ctx, case_id)
    if draft is None:
        draft = CallDraft(case_id=case_id, user_id=ctx.actor.user_id)
        ctx.session.add(draft)
    draft.content = {name: _clean(value) for name, value in content.items()}
    draft.saved_at = ctx.now
    ctx.session.flush()


def load_draft(ctx: Context, case_id: int) -> CallDraft | None:
    """What the actor had typed for this case, if anything."""
    return draft_of(ctx, case_id, ctx.actor.user_id)


def draft_of(ctx: Context, case_id: int, user_id: int | None) -> CallDraft | None:
    """What somebody has typed for this case; whoever asks may read along."""
    return ctx.session.scalar(
        select(CallDraft).where(CallDraft.case_id == case_id, CallDraft.user_id == user_id)
    )


def delete_draft(ctx: Context, case_id: int) -> None:
    """Forget it: the call is saved."""
    ctx.session.execute(
        delete(CallDraft).where(
            CallDraft.case_id == case_id, CallDraft.user_id == ctx.actor.user_id
        )
    )


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return strip_sensitive(storable(value))
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return value
