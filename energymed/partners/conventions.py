"""Conventions: for which time, how much of what, at what price; never two for one mission."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, NotFound, Refused
from energymed.base.i18n import N_
from energymed.partners.codes import CampaignKind, ConventionUnit
from energymed.partners.models import Convention, Partner

MOST = 10_000_000  # of a volume, and of the cents of a price
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class ConventionTerms:
    """What was agreed. `kind` empty is every mission; `price_cents` is per unit."""

    kind: str
    valid_from: date
    valid_to: date
    unit: str
    volume: int | None = None
    price_cents: int | None = None


def conventions(session: Session, partner_id: int) -> list[Convention]:
    """Every convention of a partner, latest first."""
    return list(
        session.scalars(
            select(Convention)
            .where(Convention.partner_id == partner_id)
            .order_by(Convention.valid_from.desc(), Convention.id.desc())
        )
    )


def get_convention(session: Session, partner_id: int, convention_id: int) -> Convention:
    """This partner's convention of this id.

    Raises:
        NotFound: when there is none.
    """
    found = session.get(Convention, convention_id)
    if found is None or found.partner_id != partner_id:
        raise NotFound(N_("Cette convention n'existe pas."))
    return found


def save_convention(
    ctx: Context, partner_id: int, terms: ConventionTerms, *, convention_id: int | None = None
) -> Convention:
    """Write a convention, a new one unless an id is given.

    Raises:
        BadInput: something of it makes no sense; with `params["field"]`, all at once.
        Refused: another convention holds for the same mission on one of these days.
        NotFound: no such partner or convention.
    """
    partner = ctx.session.get(Partner, partner_id, with_for_update=True)  # one change at a time
    if partner is None:
        raise NotFound(N_("Ce partenaire n'existe pas."))
    _check(terms)
    kind, unit = as_code(CampaignKind, terms.kind or None), ConventionUnit(terms.unit)
    _refuse_overlap(ctx.session, partner_id, kind, terms, convention_id)
    if convention_id is None:
        found = Convention(partner_id=partner_id)
        ctx.session.add(found)
        action, before = "convention.added", None
    else:
        found = get_convention(ctx.session, partner_id, convention_id)
        action, before = "convention.edited", _values(found)
    found.kind, found.unit = kind, unit
    found.valid_from, found.valid_to = terms.valid_from, terms.valid_to
    found.volume, found.price_cents = terms.volume, terms.price_cents
    ctx.session.flush()
    audit.record(ctx, action, found, before=before, after=_values(found))
    ctx.session.flush()
    return found


def in_force(found: Convention, day: date) -> bool:
    """Whether a convention holds on this day; its first and last day are within."""
    return found.valid_from <= day <= found.valid_to


def _check(terms: ConventionTerms) -> None:
    faults = Faults()
    for field, value, family in (
        ("kind", terms.kind, ("", *CampaignKind)),
        ("unit", terms.unit, tuple(ConventionUnit)),
    ):
        faults.when(value not in family, BadInput(N_("Choisissez dans la liste."), field=field))
    for field, day in (("valid_from", terms.valid_from), ("valid_to", terms.valid_to)):
        faults.when(
            not FIRST_DAY <= day <= LAST_DAY,
            BadInput(N_("Cette date est trop lointaine."), field=field),
        )
    faults.when(
        terms.valid_to < terms.valid_from,
        BadInput(N_("La convention finit avant de commencer."), field="valid_to"),
    )
    faults.when(
        terms.volume is not None and not 0 < terms.volume <= MOST,
        BadInput(N_("Donnez un volume au-dessus de zéro, ou rien."), field="volume"),
    )
    faults.when(
        terms.price_cents is not None and not 0 <= terms.price_cents <= MOST,
        BadInput(N_("Ce prix n'est pas possible."), field="price"),
    )
    faults.tell()


def _refuse_overlap(
    session: Session,
    partner_id: int,
    kind: CampaignKind | None,
    terms: ConventionTerms,
    but: int | None,
) -> None:
    """One for every mission overlaps with those of any mission."""
    same = select(Convention).where(
        Convention.partner_id == partner_id,
        Convention.valid_from <= terms.valid_to,
        Convention.valid_to >= terms.valid_from,
    )
    if kind is not None:
        same = same.where(or_(Convention.kind.is_(None), Convention.kind == kind))
    if but is not None:
        same = same.where(Convention.id != but)
    other = session.scalar(same.order_by(Convention.valid_from).limit(1))
    if other is not None:
        raise Refused(
            N_("Une autre convention vaut déjà pour cette mission du %(start)s au %(end)s."),
            field="valid_from", start=f"{other.valid_from:%d/%m/%Y}",
            end=f"{other.valid_to:%d/%m/%Y}",
        )  # fmt: skip


def _values(found: Convention) -> dict[str, object]:
    return {
        "partner_id": found.partner_id,
        "kind": found.kind and str(found.kind),
        "valid_from": found.valid_from.isoformat(),
        "valid_to": found.valid_to.isoformat(),
        "unit": str(found.unit),
        "volume": found.volume,
        "price_cents": found.price_cents,
    }
