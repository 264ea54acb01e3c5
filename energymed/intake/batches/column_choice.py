"""Columns chosen by a person: what is seen of each, how many lines would pass, and the choice."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.batches.pending_batches import open_batch, stored_file
from energymed.intake.checking.row_checks import check_pieces, checked_payments, truce_on
from energymed.intake.codes import FileKind
from energymed.intake.fields import AMOUNT_FIELDS, MORE_AMOUNTS, WHOLES, fields_of
from energymed.intake.mapping.headers import require, suggest
from energymed.intake.mapping.map_file import first_cells
from energymed.intake.mapping.profiles import Layout, LayoutChange, compare, known_layout
from energymed.intake.mapping.value_shapes import guess_fields, in_doubt, samples, shape_of
from energymed.intake.models import Batch
from energymed.intake.queries import get_batch
from energymed.intake.rows import Cell, MappedFile, Problem
from energymed.partners.service import keep_columns

Choice = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """One column of a file: samples of its values, the field it feeds and what that rests on.

    `how` is "profile", "title", "synonym", "values" or "chosen"; `shape` a key of
    `SHAPES`; `never` says that it holds what is never kept and has no field; `cells` are
    its first ones.
    """

    header: str
    samples: list[str]
    field: str | None = None
    how: str | None = None
    shape: str | None = None
    never: bool = False
    cells: list[Cell] = dataclass_field(default_factory=list, repr=False)

    def contradicts(self, name: str) -> bool:
        """Whether most of its values cannot be read as a field asks."""
        return in_doubt(name, self.cells)


@dataclass(frozen=True, slots=True)
class SeenColumns:
    """Every column of a batch's file, what it is compared with, and what is different in it."""

    batch: Batch
    mapped: MappedFile
    columns: list[SeenColumn]
    known: Layout | None
    change: LayoutChange | None


@dataclass(frozen=True, slots=True)
class Clash:
    """Columns that cannot be what they were chosen for.

    `code` is "twice" (one field for several columns), "whole_and_part" (a column that holds two
    data beside one of them, in `fields`) or "too_many" (amounts to add up).
    """

    code: str
    fields: tuple[str, ...]
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lines would pass; nothing is counted while a required field is `missing`."""

    rows: int
    missing: list[str] = dataclass_field(default_factory=list)
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    total_cents: int = 0
    problems: list[Problem] = dataclass_field(default_factory=list)


def assemble(
    picked: Iterable[tuple[str, str]], kind: FileKind
) -> tuple[dict[str, str], list[Clash]]:
    """{field: header} of (header, field) pairs as a person picked them, and what clashes.

    Several columns picked as the amount are added up: 'amount', 'amount_2'… in their order.
    """
    headers: dict[str, list[str]] = {}
    for header, name in picked:
        if name in fields_of(kind):
            headers.setdefault(name, []).append(header)
    mapping = {name: titles[0] for name, titles in headers.items()}
    clashes: list[Clash] = []
    for name, titles in headers.items():
        if name == "amount" and kind != FileKind.PAYMENTS:
            mapping.update(zip(AMOUNT_FIELDS, titles, strict=False))
            if len(titles) > len(AMOUNT_FIELDS):
                clashes.append(Clash("too_many", (name,), tuple(titles)))
        elif len(titles) > 1:
            clashes.append(Clash("twice", (name,), tuple(titles)))
    for whole, parts in WHOLES.items():
        for part in parts:
            if whole in mapping and part in mapping:
                clashes.append(
                    Clash("whole_and_part", (whole, part), (mapping[whole], mapping[part]))
                )
    return mapping, clashes


def see_columns(ctx: Context, batch_id: int) -> SeenColumns:
    """The columns of a batch's file. Until a person chose, the values help where titles do not."""
    batch = get_batch(ctx, batch_id)
    mapped = stored_file(ctx.session, batch)
    known = known_layout(ctx.session, batch)
    learnt = known.mapping if known and known.version else {}
    cells = first_cells(mapped.sheet)
    fields, how = _proposed(mapped, learnt, cells)
    feeds = {header: name for name, header in fields.items()}
    columns = [
        _seen(header, cells[header], feeds.get(header), how, mapped.mapping.left_out)
        for header in mapped.sheet.headers
    ]
    change = compare(known, mapped.sheet.headers) if known else None
    return SeenColumns(batch, mapped, columns, known, change)


def count_lines(ctx: Context, seen: SeenColumns, mapping: Choice) -> Counted:
    """What the check would make of the lines with these columns. Writes nothing."""
    sheet, kind = seen.mapped.sheet, seen.mapped.kind
    left_out = seen.mapped.mapping.left_out
    chosen = suggest(sheet.headers, kind, _complete(mapping, kind), left_out)
    mapped = MappedFile(sheet, chosen, kind)
    if chosen.missing:
        return Counted(len(sheet.rows), chosen.missing)
    today = paris_date(ctx.now)
    if kind == FileKind.PAYMENTS:
        checked = checked_payments(mapped, today)
        return Counted(
            checked.rows, [], len(checked.accepted), len(checked.rejected),
            len(checked.duplicates), checked.total_cents, checked.problems,
        )  # fmt: skip
    truce = truce_on(ctx.session, today)
    accepted = rejected = duplicates = total = 0
    problems: list[Problem] = []
    for piece in check_pieces(sheet, chosen, kind, truce=truce, today=today):
        accepted += len(piece.accepted)
        rejected += len(piece.rejected)
        duplicates += len(piece.duplicates)
        total += piece.total_debt_cents
        problems += piece.problems
    rows = accepted + rejected + duplicates
    return Counted(rows, [], accepted, rejected, duplicates, total, problems)


def choose_columns(ctx: Context, batch_id: int, mapping: Choice, *, remember: str | None) -> Batch:
    """Set which header feeds which field; under a name to `remember`, as the partner's profile.

    A field that `mapping` leaves out or gives as None has no column.
    Raises BadInput when a required field has no column, or one of the file's.
    """
    batch = open_batch(ctx, batch_id)
    chosen = _complete(mapping, batch.kind)
    require(suggest(batch.headers, batch.kind, chosen), batch.headers, batch.kind)
    strangers = [header for header in chosen.values() if header and header not in batch.headers]
    if strangers:
        raise BadInput(N_("Le fichier n'a pas de colonne « %(header)s »."), header=strangers[0])
    batch.mapping = chosen
    version = None
    if remember is not None:
        version = keep_columns(
            ctx, batch.partner, batch.kind, name=remember, mapping=chosen, headers=batch.headers
        ).version
    audit.record(ctx, "batch.mapped", batch, after={"profile": version})
    ctx.session.flush()
    return batch


def _complete(mapping: Choice, kind: FileKind) -> dict[str, str | None]:
    return {name: mapping.get(name) or None for name in fields_of(kind)}


def _proposed(
    mapped: MappedFile, learnt: Choice, cells: Mapping[str, list[Cell]]
) -> tuple[dict[str, str], dict[str, str]]:
    """{field: header} and {header: how}: what was chosen, else what titles and values say."""
    current, kind = mapped.mapping, mapped.kind
    left_out = current.left_out
    fresh = suggest(mapped.sheet.headers, kind, learnt, left_out)
    fields = dict(current.fields)
    by_header = {header: fresh.how[name] for name, header in fresh.fields.items()}
    how = {
        header: by_header[header] if fresh.fields.get(name) == header else "chosen"
        for name, header in fields.items()
    }
    if fields != fresh.fields:
        return fields, how
    _two_in_one(fields, how, cells)
    shapes = {header: shape_of(cells[header]) for header in current.unmapped}
    closed = {name for name, header in learnt.items() if not header}
    for name, header in guess_fields(shapes, kind, {*fields, *closed}).items():
        fields[name] = header
        how[header] = "values"
    return fields, how


def _two_in_one(
    fields: dict[str, str], how: dict[str, str], cells: Mapping[str, list[Cell]]
) -> None:
    """'26290 DONZERE' in a column that its title calls a code or a commune."""
    whole, parts = "postal_commune", WHOLES["postal_commune"]
    for part in parts:
        header = fields.get(part)
        if header is None or how[header] == "profile" or len(set(parts) & set(fields)) > 1:
            continue
        if shape_of(cells[header]) == whole:
            fields[whole] = fields.pop(part)
            how[header] = "values"


def _seen(
    header: str,
    cells: list[Cell],
    name: str | None,
    how: Mapping[str, str],
    left_out: Container[str],
) -> SeenColumn:
    if header in left_out:
        return SeenColumn(header, [], never=True)
    shown = samples(cells)
    if name is None:
        return SeenColumn(header, shown, shape=shape_of(cells), cells=cells)
    return SeenColumn(
        header,
        shown,
        "amount" if name in MORE_AMOUNTS else name,
        how[header],
        shape_of(cells),
        cells=cells,
    )
