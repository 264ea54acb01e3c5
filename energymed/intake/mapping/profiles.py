"""Layouts: the columns that a partner's files had before, and what is different in a new one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.intake.codes import BatchState, FileKind
from energymed.intake.fields import PHONE_FIELDS
from energymed.intake.mapping.headers import same_header, suggest
from energymed.intake.mapping.rejection_column import reason_columns
from energymed.intake.models import Batch
from energymed.partners.models import ColumnProfile
from energymed.partners.queries import column_profiles


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns seen before: of a saved profile, or, without a `version`, of an imported file."""

    name: str
    headers: Sequence[str]
    mapping: Mapping[str, str | None]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class LayoutChange:
    """What a file has no longer, and has for the first time, since a `Layout`.

    `lost` is {field: header} for the columns gone that fed a field.
    """

    since: Layout
    gone: list[str]
    new: list[str]
    lost: dict[str, str]

    @property
    def is_another(self) -> bool:
        """Whether the file has so little in common with the layout that it is another one."""
        return len(self.gone) * 2 > len(self.since.headers)


def layout_of(profile: ColumnProfile) -> Layout:
    """The layout that a saved profile describes."""
    return Layout(profile.name, profile.headers, dict(profile.mapping), profile.version)


def compare(layout: Layout, headers: Sequence[str]) -> LayoutChange | None:
    """What changed from `layout` to `headers`, order, accents and case aside; None for nothing."""
    gone = _without(layout.headers, headers)
    new = _without(headers, layout.headers)
    if not gone and not new:
        return None
    lost = {field: title for field, title in layout.mapping.items() if title in gone}
    return LayoutChange(layout, gone, new, {field: title for field, title in lost.items() if title})


def nearest_layout(layouts: Iterable[Layout], headers: Sequence[str]) -> Layout | None:
    """The layout that fits best: fewest fields lost, then fewest differences, then the latest."""

    def distance(layout: Layout) -> tuple[int, int, int]:
        change = compare(layout, headers)
        differences = (len(change.lost), len(change.gone) + len(change.new)) if change else (0, 0)
        return (*differences, -(layout.version or 0))

    return min(layouts, key=distance, default=None)


def known_layout(session: Session, batch: Batch) -> Layout | None:
    """What the file of a batch is to be compared with: the nearest profile, else the last file."""
    profiles = column_profiles(session, batch.partner_id, batch.kind)
    if profiles:
        return nearest_layout(map(layout_of, profiles), batch.headers)
    last = session.scalar(
        select(Batch)
        .where(Batch.partner_id == batch.partner_id, Batch.site_id == batch.site_id)
        .where(Batch.kind == batch.kind, Batch.state == BatchState.COMMITTED, Batch.id != batch.id)
        .order_by(Batch.committed_at.desc(), Batch.id.desc())
        .limit(1)
    )
    return Layout(last.file_name, last.headers, last.mapping) if last else None


def layout_change(session: Session, batch: Batch) -> LayoutChange | None:
    """What is different in the file of a batch since the partner's files known before."""
    known = known_layout(session, batch)
    return compare(known, batch.headers) if known else None


def must_be_seen(session: Session, batch: Batch) -> bool:
    """Whether a person should look at the columns before anything else.

    They should when a required column is missing, when the layout is not the saved one, when a
    column that fed a field is gone, and when no phone is recognised although columns are left
    over. Where nobody ever chose, new columns are only told in the preview.
    """
    mapping = suggest(batch.headers, batch.kind, batch.mapping)
    change = layout_change(session, batch)
    if mapping.missing or (change and (change.lost or change.since.version)):
        return True
    no_phone = batch.kind != FileKind.PAYMENTS and not set(PHONE_FIELDS) & mapping.fields.keys()
    return no_phone and bool(_without(mapping.unmapped, []))


def _without(headers: Iterable[str], others: Sequence[str]) -> list[str]:
    """Those of the headers that are neither among the others nor a reason column of ours."""
    ours = {column.header for column in reason_columns(headers)}
    return [
        header for header in headers if header not in ours and same_header(header, others) is None
    ]
