"""Read, map and check in one go: from a file's bytes to what each of its lines is worth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.intake.checking.decisions import Decisions
from energymed.intake.checking.fast_path import Truce
from energymed.intake.checking.row_checks import check_payments, check_pieces
from energymed.intake.codes import PAYMENTS
from energymed.intake.mapping.headers import require, suggest
from energymed.intake.mapping.profiles import layout_of, nearest_layout
from energymed.intake.mapping.value_shapes import LOOKED_AT, shape_of
from energymed.intake.reading.file_safety import MAX_BYTES, MAX_ROWS
from energymed.intake.reading.reader import read
from energymed.intake.rows import Cell, CheckResult, HeaderMap, PaymentsResult, Sheet
from energymed.partners.models import Campaign
from energymed.partners.queries import column_profiles
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
    """A file with its columns matched, not yet checked: `mapping.missing` may name some.

    `decisions` are what was decided about its problems (see `decisions`).
    """

    sheet: Sheet
    mapping: HeaderMap
    kind: str
    decisions: Decisions = field(default_factory=dict)


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
    """Read a file and match its columns, by `mapping` or else the nearest of the saved profiles.

    Without a `kind`, it is guessed from the titles and the partner's campaigns.
    Raises BadInput when the file cannot be read.
    """
    profiles = column_profiles(session, partner_id)
    known = {title for profile in profiles for title in profile.mapping.values() if title}
    sheet = read(
        content,
        file_name,
        max_bytes=limits.max_bytes,
        max_rows=limits.max_rows,
        known_headers=known,
    )
    kind = kind or guess_kind(sheet.headers, campaign_kinds(session, partner_id))
    if mapping is None:
        layouts = [layout_of(profile) for profile in profiles if profile.kind == kind]
        nearest = nearest_layout(layouts, sheet.headers)
        mapping = nearest.mapping if nearest else None
    return Examined(sheet, _mapped(sheet, kind, mapping), kind)


def _mapped(sheet: Sheet, kind: str, mapping: Mapping[str, str | None] | None) -> HeaderMap:
    """The columns matched; days of birth under a title that does not say so are left out."""
    found = suggest(sheet.headers, kind, mapping, sheet.private)
    cells = first_cells(sheet)
    births = [header for header in found.unmapped if shape_of(cells[header]) == "birth_date"]
    if not births:
        return found
    return suggest(sheet.headers, kind, mapping, [*sheet.private, *births])


def first_cells(sheet: Sheet) -> dict[str, list[Cell]]:
    """{header: its first cells}, as many as it takes to know a column."""
    rows = [row.cells for row in islice(sheet.rows, LOOKED_AT)]
    return {header: [cells[at] for cells in rows] for at, header in enumerate(sheet.headers)}


def checked_cases(session: Session, examined: Examined, on: date) -> Iterator[CheckResult]:
    """The lines of a customer file checked, piece by piece, with the winter truce of `on`.

    Raises BadInput when a required column is missing, naming the headers seen.
    """
    require(examined.mapping, examined.sheet.headers, examined.kind)
    truce = truce_on(session, on)
    return check_pieces(
        examined.sheet,
        examined.mapping,
        examined.kind,
        truce=truce,
        decisions=examined.decisions,
    )


def truce_on(session: Session, on: date) -> Truce:
    """The winter truce in force on a day, as the check takes it."""
    truce = load_winter_truce(session, on)
    return truce.first, truce.last


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
