"""Whether the files that are kept as rows are what they were."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from sqlalchemy import Connection, Row, exists, select

from energymed.base.files import StoredFile, unpacked
from energymed.base.i18n import N_
from energymed.intake.codes import PENDING_STATES
from energymed.intake.models import RAW_KEPT_FOR, Batch
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import MEGABYTE, SOME, Finding, good, wrong

MOST_BYTES = 500 * MEGABYTE  # unpacked: some three seconds; beyond it, a sample of that size


def file_findings(connection: Connection, at: datetime, *, most: int = MOST_BYTES) -> list[Finding]:
    """Each file read again and measured against its SHA-256; a sample where they are many."""
    kept = connection.execute(select(StoredFile.id, StoredFile.size_bytes)).all()
    chosen = _sample(kept, most, Random(at.toordinal()))  # noqa: S311  # another one every day
    found = _damaged(connection, chosen) + _missing(connection, at)
    if len(chosen) < len(kept):
        told = N_("Fichiers gardés, relus au hasard : %(read)s sur %(count)s, intacts.")
    else:
        told = N_("Fichiers gardés, tous relus : %(count)s, intacts.")
    return found or [good(Check.FILES, told, read=len(chosen), count=len(kept))]


def _sample(kept: Sequence[Row[int, int]], most: int, chance: Random) -> list[int]:
    """All of them, or as many drawn at random as `most` bytes hold."""
    if sum(row.size_bytes for row in kept) <= most:
        return [row.id for row in kept]
    drawn, left = [], most
    for row in chance.sample(kept, len(kept)):
        left -= row.size_bytes
        if left < 0:
            break
        drawn.append(row.id)
    return drawn


def _damaged(connection: Connection, ids: Sequence[int]) -> list[Finding]:
    numbers = [number for number in ids if not _is_whole(connection, number)]
    if not numbers:
        return []
    return [
        wrong(
            Check.FILES,
            N_("Fichiers gardés qui sont abîmés : %(count)s (numéros %(files)s…)."),
            N_("Redonnez le même fichier, ou reprenez-le d'une sauvegarde."),
            count=len(numbers),
            files=", ".join(map(str, numbers[:SOME])),
        )
    ]


def _is_whole(connection: Connection, number: int) -> bool:
    """One at a time: they may be large."""
    columns = select(StoredFile.sha256, StoredFile.size_bytes, StoredFile.packed)
    row = connection.execute(columns.where(StoredFile.id == number)).one_or_none()
    if row is None:  # deleted meanwhile
        return True
    return unpacked(row.packed, row.size_bytes, row.sha256) is not None


def _missing(connection: Connection, at: datetime) -> list[Finding]:
    """Files that wait for somebody, and are not there any more although their time is not over."""
    waiting = select(Batch.id).where(
        Batch.state.in_(PENDING_STATES),
        Batch.uploaded_at > at - RAW_KEPT_FOR,
        ~exists().where(StoredFile.sha256 == Batch.sha256),
    )
    numbers = connection.scalars(waiting.order_by(Batch.id)).all()
    if not numbers:
        return []
    return [
        wrong(
            Check.FILES,
            N_("Fichiers en attente dont le contenu manque : %(count)s (numéros %(files)s…)."),
            N_("Demandez-les à nouveau au partenaire."),
            count=len(numbers),
            files=", ".join(map(str, numbers[:SOME])),
        )
    ]
