"""The same form pressed twice: told the same it is saved once, told otherwise nothing is hidden.

What follows a call (a closure, the time of a callback, the acts beside it) stands in other tables
and goes on changing there, so that the saved record alone cannot say what its form said. It keeps a
keyed hash of that, which nothing changes later and from which nobody reads anything back.
"""

import hmac
import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from energymed.partners.codes import ResultCode

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
    return known_contact(ctx.session, case, report.request_key, contents_of(report), phone_id)


def known_contact(
    session: Session,
    case: Case,
    request_key: str | None,
    told: Sequence[object],
    phone_id: int | None = None,
) -> Contact | None:
    """The contact that the form of this key made already; the case is locked.

    Args:
        told: what the form says now, as `contents_of` lists it for a call.
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
    otherwise = known.form_hash not in (None, form_hash(session, request_key, told))
    if otherwise or phone_id not in (None, known.phone_id):
        raise Conflict(_SAVED_CALL if known.channel in CALLS else _SAVED)
    return known


def contents_of(report: CallReport | ExchangeReport) -> list[object]:
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
        report.callback_at if result == ResultCode.CALLBACK_SET else None,
        *([report.callback_by] if result == ResultCode.CALLBACK_SET and report.callback_by else ()),
        report.follow_up_at if later else None,
        kept(report.follow_up_note) if later or result == ResultCode.CALLBACK_SET else None,
        report.beside,
    ]  # fmt: skip


def form_hash(session: Session, request_key: str | None, told: Sequence[object]) -> str | None:
    """A keyed hash of what a form says, of `LONG_ENOUGH` digits; None of one without a key."""
    if not request_key:
        return None
    text = json.dumps(told, default=str)
    return hmac.digest(installation_key(session), text.encode(), "sha256").hex()[:LONG_ENOUGH]


_SAVED_CALL = N_(
    "Cet appel est déjà enregistré. Pour le changer, ouvrez le dossier et choisissez "
    "« Corriger ce résultat »."
)
_SAVED = N_("Cet échange est déjà enregistré, et ce formulaire dit autre chose : voyez le dossier.")
