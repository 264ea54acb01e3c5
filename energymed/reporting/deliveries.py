"""Deliveries to a partner: frozen bytes, who fetched them, amendments that say what changed."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from energymed.accounts.scope import scoped
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.files import StoredKind, has_file, keep_file, read_file
from energymed.base.i18n import N_
from energymed.base.periods import Period
from energymed.partners.models import Partner
from energymed.reporting.codes import ExportFormat
from energymed.reporting.definitions import stands_still
from energymed.reporting.formats import WRITERS
from energymed.reporting.indicators import compute_with_year_before
from energymed.reporting.lines import return_lines
from energymed.reporting.models import Delivery, DeliveryFetch
from energymed.reporting.scope import Scope

# as long as the cases it tells of (DOMAIN §12): an amended return says what changed since
KEPT_FOR = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """A return as made: its name, bytes and number of cases."""

    file_name: str
    content: bytes
    rows: int


def make_return(
    session: Session, scope: Scope, file_format: str, today: date, *, still: bool = False
) -> ReturnFile:
    """The partner's return for the scope; while the period runs, beside the same days of N-1.

    Args:
        still: without the figures that move on after the period: it is handed over, and the same
            data give the same bytes.

    Raises:
        BadInput: an unknown format, or no partner in the scope.
    """
    known = as_code(ExportFormat, file_format)
    if known is None:
        raise BadInput(
            N_("Format inconnu : %(format)s. Formats possibles : csv, xlsx, json."),
            format=file_format,
        )
    partner = session.get(Partner, scope.partner_id) if scope.partner_id else None
    if partner is None:
        raise BadInput(N_("Choisissez un partenaire."), field="partner")
    lines = return_lines(session, scope)
    figures = compute_with_year_before(session, scope, today)
    if still:
        figures = {code: figure for code, figure in figures.items() if stands_still(code)}
    name = f"retour-{partner.code}-{scope.period.code}.{known}"
    return ReturnFile(name, WRITERS[known](lines, figures, scope), len(lines))


def deliver(
    ctx: Context, *, partner_id: int, site_id: int, period: Period, file_format: str
) -> Delivery:
    """Put a return on the partner's desk.

    The same data a second time gives back the delivery that is there; other data makes an
    amended delivery that says what changed.

    Raises:
        BadInput: as `make_return`, and days that are no week, month, quarter or year.
    """
    if period.is_free:
        raise BadInput(
            N_("Un retour se remet pour une semaine, un mois, un trimestre ou une année."),
            field="period",
        )
    scope = Scope(period, partner_id=partner_id, site_id=site_id)
    made = make_return(ctx.session, scope, file_format, paris_date(ctx.now), still=True)
    digest = sha256(made.content).hexdigest()
    former = _latest(ctx.session, scope, file_format)
    changes = _changes(ctx.session, former, made.content) if former else None
    keep_file(ctx.session, made.content, StoredKind.DELIVERY, now=ctx.now, until=ctx.now + KEPT_FOR)
    if former is not None and former.sha256 == digest:
        return former
    delivery = Delivery(
        partner_id=partner_id,
        site_id=site_id,
        period=period.code,
        period_start=period.start,
        period_end=period.end,
        format=file_format,
        file_name=made.file_name,
        sha256=digest,
        size_bytes=len(made.content),
        row_count=made.rows,
        amends_id=former.id if former else None,
        changes_summary=changes,
        created_by_id=ctx.actor.user_id,
        created_at=ctx.now,
    )
    ctx.session.add(delivery)
    audit.record(
        ctx,
        "delivery.made",
        delivery,
        after={"period": period.code, "format": file_format, "sha256": digest},
    )
    ctx.session.flush()
    return delivery


def _latest(session: Session, scope: Scope, file_format: str) -> Delivery | None:
    """The last delivery of this return, if it was handed over before."""
    return session.scalar(
        select(Delivery)
        .where(Delivery.partner_id == scope.partner_id, Delivery.site_id == scope.site_id)
        .where(Delivery.period == scope.period.code, Delivery.format == file_format)
        .order_by(Delivery.id.desc())
        .limit(1)
    )


def get_delivery(ctx: Context, delivery_id: int) -> Delivery:
    """The delivery, when it is the actor's to see.

    Raises:
        NotFound: unknown, of another site or of another partner.
    """
    statement = scoped(select(Delivery), Delivery, ctx.actor).where(Delivery.id == delivery_id)
    delivery = ctx.session.scalar(statement)
    if delivery is None:
        raise NotFound(N_("Ce retour n'existe pas."))
    return delivery


def fetch(ctx: Context, delivery_id: int) -> tuple[Delivery, bytes]:
    """The delivery with its bytes; who fetched it and when is noted.

    Raises:
        NotFound: not the actor's, or its bytes are no longer kept.
        Refused: they are damaged.
    """
    delivery = get_delivery(ctx, delivery_id)
    if not has_file(ctx.session, delivery.sha256):
        raise NotFound(N_("Ce retour n'est plus conservé : l'association peut le remettre."))
    content = read_file(ctx.session, delivery.sha256)
    ctx.session.add(
        DeliveryFetch(delivery_id=delivery.id, user_id=ctx.actor.user_id, fetched_at=ctx.now)
    )
    audit.record(ctx, "delivery.fetched", delivery)
    ctx.session.flush()
    return delivery, content


def deliveries(actor: Actor) -> Select[Delivery]:
    """Select of the deliveries that the actor may see, newest first."""
    statement = (
        select(Delivery)
        .options(
            joinedload(Delivery.partner),
            selectinload(Delivery.fetches).joinedload(DeliveryFetch.user),
        )
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
    )
    return scoped(statement, Delivery, actor)


def _changes(session: Session, former: Delivery, content: bytes) -> str | None:
    """Lines changed, added and gone, as "3 / +1 / -0", by reference, mission and day received.

    None when what was handed over then cannot be read any more.
    """
    try:
        earlier = read_file(session, former.sha256)
    except (NotFound, Refused):
        return None
    before, after = _rows(earlier, former.format), _rows(content, former.format)
    changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
    added, gone = len(after.keys() - before.keys()), len(before.keys() - after.keys())
    return f"{changed} / +{added} / -{gone}"


def _rows(content: bytes, file_format: str) -> dict[str, Sequence[object]]:
    """The lines of a return by case, whatever its format.

    A reference that was closed and came back is two cases, received on two days.
    """
    if file_format == ExportFormat.JSON:
        table: list[list[Any]] = [list(case.values()) for case in json.loads(content)["cases"]]
        return {"|".join(row[:3]): row for row in table}
    if file_format == ExportFormat.CSV:
        text = StringIO(content.decode("utf-8-sig"), newline="")
        table = list(csv.reader(text, delimiter=";"))
    else:
        table = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    return {"|".join(str(cell) for cell in row[:3]): row for row in table[1:]}
