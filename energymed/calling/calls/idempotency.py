"""The same form pressed twice: told the same it is saved once, told otherwise nothing is hidden.

What follows a call (a closure, the time of a callback, the acts beside it) stands in other tables
and goes on changing there, so that the saved record alone cannot say what its form said. The event
of its recording keeps a keyed fingerprint of that, which nothing changes later and from which
nobody reads anything back. The contact's own `details` would not do: they are shown in the history
and fill in a correction.
"""

import hmac
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.db import installation_key
from energymed.base.errors import BadInput, Conflict
from energymed.base.i18n import N_
from energymed.base.text.free_text import kept
from energymed.calling.calls.report import CallReport, ExchangeReport, details_kept
from energymed.calling.codes import CALLS, REACHED
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.cases.queries import get_case

LONG_ENOUGH = 32  # hexadecimal digits: two forms of one key are told apart, no more


def recorded_already(
    ctx: Context, case_id: int, report: CallReport | ExchangeReport
) -> Contact | None:
    """The contact that this form made already, if it did: then nothing of it is to be done again.

    The case is locked, so that a double click waits for the first.

    Raises:
        Conflict: it was saved and said otherwise.
    """
    case = get_case(ctx, case_id, lock=True)
    phone_id = report.phone_id if isinstance(report, CallReport) else None
    return known_contact(ctx.session, case, report.request_key, told_by(report), phone_id)


def known_contact(
    session: Session,
    case: Case,
    request_key: str | None,
    told: Sequence[object],
    phone_id: int | None = None,
) -> Contact | None:
    """The contact that the form of this key made already; the case is locked.

    Args:
        told: what the form says now, as `told_by` lists it for a call.
        phone_id: the number that it names; none is no other one (the exchange may have told it).

    Raises:
        BadInput: the key served another case.
        Conflict: what is told now is not what was saved.
    """
    if not request_key:
        return None
    known = session.scalar(select(Contact).where(Contact.request_key == request_key))
    if known is None:
        return None
    if known.case_id != case.id:
        raise BadInput(N_("Rechargez la page : ce formulaire n'est plus valable."))
    then = _told_then(session, known)
    otherwise = then is not None and then != fingerprint(session, told)
    if otherwise or phone_id not in (None, known.phone_id):
        raise Conflict(_SAVED_CALL if known.channel in CALLS else _SAVED)
    return known


def told_by(report: CallReport | ExchangeReport) -> list[object]:
    """All that a report says that is kept or followed; times aside, which the clock tells."""
    if isinstance(report, ExchangeReport):
        return ["contact", report.channel, report.result, kept(report.note), report.beside]
    reached, result = report.result in REACHED, report.result
    step = report.next_step if reached else None
    later = step == "follow_up"
    return [
        "call", result, report.incoming, sorted(details_kept(report).items()), kept(report.note),
        step,
        report.closure if step == "close" else None,
        report.callback_at if result == "callback_set" else None,
        report.follow_up_at if later else None,
        kept(report.follow_up_note) if later or result == "callback_set" else None,
        report.beside,
    ]  # fmt: skip


def fingerprint(session: Session, told: Sequence[object]) -> str:
    """A keyed hash of what a form says, of `LONG_ENOUGH` digits."""
    text = json.dumps(told, default=str)
    return hmac.digest(installation_key(session), text.encode(), "sha256").hex()[:LONG_ENOUGH]


def _told_then(session: Session, known: Contact) -> Any:
    """What the event of the recording kept of the form; None before it kept anything."""
    after = session.scalar(
        select(AuditEvent.after).where(
            AuditEvent.entity == Contact.__tablename__,
            AuditEvent.entity_id == known.id,
            AuditEvent.action == "contact.recorded",
        )
    )
    return (after or {}).get("form")


_SAVED_CALL = N_(
    "Cet appel est déjà enregistré. Pour le changer, ouvrez le dossier et choisissez "
    "« Corriger ce résultat »."
)
_SAVED = N_("Cet échange est déjà enregistré, et ce formulaire dit autre chose : voyez le dossier.")
