"""The watched folder's side of an intake: which names are files, whose they are, what they become.

A file is taken in under a token that is unique in the database: whoever comes second with the same
token, a process that runs beside or the next run after a crash, finds what the first one wrote.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base import audit
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.batches.uploads import Upload, receive
from energymed.intake.codes import BatchOrigin, BatchState, DiscardReason, FileKind
from energymed.intake.import_lock import lock_imports
from energymed.intake.models import RAW_KEPT_FOR, Batch
from energymed.partners.models import Partner
from energymed.partners.taking import missions_given

QUIET = timedelta(minutes=2)
TAKEN_FOR = timedelta(days=7)
REFUSED_FOR = RAW_KEPT_FOR

_UNFINISHED = re.compile(
    r".*\.(?:part|partial|tmp|temp|filepart|crdownload|download|upload|uploading|swp|lock)|.*~"
    r"|thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)
NO_SITE = N_(
    "Plusieurs sites travaillent avec vous : déposez « %(file)s » dans le dossier de l'un d'eux "
    "(%(sites)s)."
)
_NOTE_ROOM = 600


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that was taken out of a watched folder, for a partner and, when known, a site."""

    token: str
    partner_id: int
    site_id: int | None
    file_name: str
    content: bytes


def is_unfinished(name: str) -> bool:
    """Whether a name says that the file is still on its way, or is no file of the sender's."""
    return name.startswith((".", "~")) or _UNFINISHED.fullmatch(name) is not None


def receipt(session: Session, token: str) -> Batch | None:
    """What an earlier try made of the same arrival."""
    return session.scalar(select(Batch).where(Batch.inbox_token == token))


def deposit_arrival(session: Session, arrival: Arrival, *, now: datetime) -> Batch:
    """Deposit an arrival in its partner's name; it waits for the lead. Safe to repeat.

    Raises:
        BadInput: it cannot be read, or it is not known which site it is for.
        Refused: the same bytes were imported before, or wait already.
        TryLater: not now; the arrival stays where it is.
    """
    upload = _upload(session, arrival)
    lock_imports(session, upload.partner.id, upload.site.id)
    return receipt(session, arrival.token) or receive(Context(session, SYSTEM, now), upload)


def note_refusal(session: Session, arrival: Arrival, sentence: str, *, now: datetime) -> None:
    """Keep that an arrival was refused, for the desks of its partner and site. Safe to repeat.

    Nothing is noted without a site, nor when the same bytes were refused for the same reason
    before: some transfers send again whatever they no longer find.
    """
    if arrival.site_id is None:
        return
    lock_imports(session, arrival.partner_id, arrival.site_id)
    sha256, note = hashlib.sha256(arrival.content).hexdigest(), sentence[:_NOTE_ROOM]
    told = select(Batch.id).where(
        Batch.partner_id == arrival.partner_id, Batch.site_id == arrival.site_id,
        Batch.sha256 == sha256, Batch.discard_note == note,
    )  # fmt: skip
    if receipt(session, arrival.token) or session.scalar(told.limit(1)):
        return
    kinds = missions_given(session, arrival.partner_id)
    batch = Batch(
        partner_id=arrival.partner_id,
        site_id=arrival.site_id,
        kind=FileKind(kinds[0]) if kinds else FileKind.PAYMENTS,
        state=BatchState.DISCARDED,
        origin=BatchOrigin.INBOX,
        inbox_token=arrival.token,
        file_name=_upload(session, arrival).safe_name[-200:],
        sha256=sha256,
        size_bytes=len(arrival.content),
        uploaded_at=now,
        discarded_at=now,
        discard_reason=DiscardReason.ON_ARRIVAL,
        discard_note=note,
    )
    session.add(batch)
    audit.record(
        Context(session, SYSTEM, now),
        "batch.refused",
        batch,
        after={
            "state": BatchState.DISCARDED,
            "reason": DiscardReason.ON_ARRIVAL,
            "partner_id": batch.partner_id,
        },
    )


def _upload(session: Session, arrival: Arrival) -> Upload:
    if arrival.site_id is None:
        codes = select(Site.code).where(~Site.practice).order_by(Site.code)
        known = ", ".join(session.scalars(codes))
        name = PurePath(arrival.file_name).name.encode("utf-8", "replace").decode("utf-8")
        raise BadInput(NO_SITE, file=name, sites=known or "—")
    return Upload(
        partner=session.get_one(Partner, arrival.partner_id),
        site=session.get_one(Site, arrival.site_id),
        content=arrival.content,
        file_name=arrival.file_name,
        inbox_token=arrival.token,
    )
