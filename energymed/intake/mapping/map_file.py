"""Read and map in one go: from a file's bytes to rows whose columns are matched with our fields."""

from collections.abc import Mapping
from itertools import islice

from sqlalchemy.orm import Session

from energymed.intake.codes import FileKind, SensitiveKind
from energymed.intake.mapping.headers import suggest
from energymed.intake.mapping.profiles import layout_of, nearest_layout
from energymed.intake.mapping.sensitive_columns import sensitive_columns
from energymed.intake.mapping.value_shapes import LOOKED_AT, shape_of
from energymed.intake.reading.file_safety import MAX_BYTES, MAX_ROWS
from energymed.intake.reading.reader import read
from energymed.intake.rows import Cell, HeaderMap, MappedFile, Sheet
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import column_profiles
from energymed.partners.taking import missions_given


def map_file(
    session: Session,
    content: bytes,
    file_name: str,
    *,
    partner_id: int,
    kind: FileKind | None = None,
    mapping: Mapping[str, str | None] | None = None,
    limited: bool = True,
) -> MappedFile:
    """Read a file and match its columns, by `mapping` or else the nearest of the saved profiles.

    Without a `kind`, it is guessed from the titles and the partner's campaigns. `limited` holds
    the file to the size that the web takes.
    Raises BadInput when the file cannot be read.
    """
    profiles = column_profiles(session, partner_id)
    sheet = read(
        content,
        file_name,
        max_bytes=MAX_BYTES if limited else None,
        max_rows=MAX_ROWS if limited else None,
        known_headers={
            title for profile in profiles for title in profile.mapping.values() if title
        },
    )
    kind = kind or guess_kind(sheet.headers, missions_given(session, partner_id))
    if mapping is None:
        layouts = [layout_of(profile) for profile in profiles if profile.kind == kind]
        nearest = nearest_layout(layouts, sheet.headers)
        mapping = nearest.mapping if nearest else None
    return MappedFile(sheet, _match_columns(sheet, kind, mapping), kind)


def _match_columns(
    sheet: Sheet, kind: FileKind, mapping: Mapping[str, str | None] | None
) -> HeaderMap:
    """The columns matched; days of birth under a title that does not say so are left out."""
    sensitive = sensitive_columns(sheet.headers, sheet.sample)
    found = suggest(sheet.headers, kind, mapping, sensitive)
    cells = first_cells(sheet)
    births = [header for header in found.unmapped if shape_of(cells[header]) == "birth_date"]
    if not births:
        return found
    sensitive |= dict.fromkeys(births, SensitiveKind.BIRTH)
    return suggest(sheet.headers, kind, mapping, sensitive)


def first_cells(sheet: Sheet) -> dict[str, list[Cell]]:
    """{header: its first cells}, as many as it takes to know a column."""
    rows = [row.cells for row in islice(sheet.rows, LOOKED_AT)]
    return {header: [cells[at] for cells in rows] for at, header in enumerate(sheet.headers)}


def guess_kind(headers: list[str], active_kinds: list[CampaignKind]) -> FileKind:
    """What a file without a given kind is.

    Payments by their columns; then the only mission that the partner gives; then a cut-off
    notice when there is a cut-off date and no amount, given or not; else unpaid bills, or what
    else the partner gives.
    """
    if (
        not suggest(headers, FileKind.PAYMENTS).missing
        and "last_name" in suggest(headers, FileKind.CUTOFF_NOTICE).missing
    ):
        return FileKind.PAYMENTS
    if len(active_kinds) == 1:
        return FileKind(active_kinds[0])
    fields = suggest(headers, FileKind.UNPAID_BILL).fields
    if "amount" not in fields and {"cutoff_date", "cutoff_slot"} & fields.keys():
        return FileKind.CUTOFF_NOTICE
    likely = (FileKind.UNPAID_BILL, FileKind.APPOINTMENT, FileKind.CUTOFF_NOTICE)
    given = [FileKind(kind) for kind in active_kinds]
    return next((kind for kind in likely if kind in given), likely[0])
