"""Read, map and check in one go: from a file's bytes to what each of its lines is worth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.intake.check import check_payments, check_pieces
from energymed.intake.codes import PAYMENTS
from energymed.intake.headers import require, suggest
from energymed.intake.limits import MAX_BYTES, MAX_ROWS
from energymed.intake.reader import read
from energymed.intake.rows import CheckResult, HeaderMap, PaymentsResult, Sheet
from energymed.partners.models import Campaign, ColumnProfile
from energymed.partners.rulebook import load_winter_truce


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; None lifts a limit."""

    max_bytes: int | None = MAX_BYTES
    max_rows: int | None = MAX_ROWS


WEB = Limits()
COMMAND_LINE = Limits(max_bytes=None, max_rows=None)


@dataclass(frozen=True, slots=True)
class Examined:
    """A file with its columns matched, not yet checked: `mapping.missing` may name some."""

    sheet: Sheet
    mapping: HeaderMap
    kind: str


def examine(
    session: Session,
    content: bytes,
    file_name: str,
    *,
    partner_id: int,
    kind: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    limits: Limits = WEB,
) -> Examined:
    """Read a file and match its columns, by `mapping` or else the partner's saved profile.

    Without a `kind`, it is guessed from the titles and the partner's campaigns.
    Raises BadInput when the file cannot be read.
    """
    profiles = profiles_of(session, partner_id)
    known = {title for profile in profiles.values() for title in profile.values() if title}
    sheet = read(
        content,
        file_name,
        max_bytes=limits.max_bytes,
        max_rows=limits.max_rows,
        known_headers=known,
    )
    kind = kind or guess_kind(sheet.headers, campaign_kinds(session, partner_id))
    chosen = mapping if mapping is not None else profiles.get(kind)
    return Examined(sheet, suggest(sheet.headers, kind, chosen, sheet.private), kind)


def checked_cases(session: Session, examined: Examined, on: date) -> Iterator[CheckResult]:
    """The lines of a customer file checked, piece by piece, with the winter truce of `on`.

    Raises BadInput when a required column is missing, naming the headers seen.
    """
    require(examined.mapping, examined.sheet.headers, examined.kind)
    truce = load_winter_truce(session, on)
    return check_pieces(
        examined.sheet, examined.mapping, examined.kind, truce=(truce.first, truce.last)
    )


def checked_payments(examined: Examined) -> PaymentsResult:
    """Every line of a payments file checked. Raises BadInput as `checked_cases` does."""
    require(examined.mapping, examined.sheet.headers, examined.kind)
    return check_payments(examined.sheet, examined.mapping)


def guess_kind(headers: list[str], active_kinds: list[str]) -> str:
    """What a file without a given kind is.

    Payments by their columns; then the only mission that the partner gives; then a cut-off
    notice when there is a cut-off date and no amount; else unpaid bills.
    """
    if (
        not suggest(headers, PAYMENTS).missing
        and "last_name" in suggest(headers, "cutoff_notice").missing
    ):
        return PAYMENTS
    if len(active_kinds) == 1:
        return active_kinds[0]
    fields = suggest(headers, "unpaid_bill").fields
    if "amount" not in fields and {"cutoff_date", "cutoff_slot"} & fields.keys():
        return "cutoff_notice"
    return "unpaid_bill"


def campaign_kinds(session: Session, partner_id: int) -> list[str]:
    """Kinds of the partner's active campaigns."""
    return list(
        session.scalars(
            select(Campaign.kind).where(Campaign.partner_id == partner_id, Campaign.active)
        )
    )


def profiles_of(session: Session, partner_id: int) -> dict[str, dict[str, str | None]]:
    """{kind: {field: header}}: the latest column profile of each kind of file."""
    rows = session.scalars(
        select(ColumnProfile)
        .where(ColumnProfile.partner_id == partner_id)
        .order_by(ColumnProfile.version)
    )
    return {row.kind: dict(row.mapping) for row in rows}
