"""Use cases on partners: adding one, finding one, keeping how it names columns."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound
from energymed.base.i18n import N_
from energymed.base.short_codes import code_and_name
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Campaign, ColumnProfile, Partner

PRACTICE_CODE = "entrainement"
LONGEST_NAME = 80  # of a layout, in characters


def add_partner(
    ctx: Context, code: str, name: str, missions: Collection[CampaignKind] = tuple(CampaignKind)
) -> Partner:
    """Create a partner and its campaigns, of which only the missions named are given.

    Raises:
        BadInput: when the code is taken or is none, or the name is missing.
    """
    code, name = code_and_name(code, name)
    if ctx.session.scalar(select(Partner.id).where(Partner.code == code)):
        raise BadInput(N_("Le code %(code)s est déjà pris."), code=code)
    partner = Partner(code=code, name=name)
    ctx.session.add(partner)
    ctx.session.flush()
    ctx.session.add_all(
        Campaign(partner_id=partner.id, kind=kind, active=kind in missions) for kind in CampaignKind
    )
    audit.record(ctx, "partner.added", partner, after={"code": code})
    return partner


def practice_partner(ctx: Context) -> Partner:
    """The invented partner of people in formation, made when it is first asked for.

    It is held until the transaction ends: one file of it comes in after the other.
    """
    found = select(Partner).where(Partner.practice).with_for_update()
    partner = ctx.session.scalar(found)
    if partner is None:
        partner = add_partner(ctx, PRACTICE_CODE, "Fournisseur d’entraînement")
        partner.practice = True
        ctx.session.flush()
    return partner


def partner_by_code(session: Session, code: str) -> Partner:
    """The partner with this code.

    Raises:
        NotFound: naming the codes that exist.
    """
    real = select(Partner).where(~Partner.practice).order_by(Partner.code)
    partner = session.scalar(real.where(Partner.code == code.strip().lower()))
    if partner is None:
        known = ", ".join(partner.code for partner in session.scalars(real))
        raise NotFound(
            N_("Partenaire inconnu : %(code)s. Partenaires connus : %(known)s."),
            code=code,
            known=known or "—",
        )
    return partner


def get_partner(session: Session, partner_id: int, *, lock: bool = False) -> Partner:
    """The association's partner with this id.

    Raises:
        NotFound: when there is none; that of the practice is told alike.
    """
    partner = session.get(Partner, partner_id, with_for_update=lock, populate_existing=lock)
    if partner is None or partner.practice:
        raise NotFound(N_("Ce partenaire n'existe pas."))
    return partner


def keep_columns(
    ctx: Context,
    partner: Partner,
    kind: str,
    *,
    name: str,
    mapping: dict[str, str | None],
    headers: Sequence[str],
) -> ColumnProfile:
    """Keep how a partner names its columns as a new version, or the latest when it says the same.

    Raises:
        BadInput: the name is empty or longer than the table takes.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(
            N_("Donnez un nom au modèle de colonnes (%(limit)s caractères au plus)."),
            limit=LONGEST_NAME,
        )
    of_kind = (ColumnProfile.partner_id == partner.id, ColumnProfile.kind == kind)
    latest = ctx.session.scalar(
        select(ColumnProfile)
        .where(*of_kind, ColumnProfile.name == name)
        .order_by(ColumnProfile.version.desc())
        .limit(1)
    )
    if latest and (latest.mapping, latest.headers) == (mapping, list(headers)):
        return latest
    version = ctx.session.scalar(select(func.max(ColumnProfile.version)).where(*of_kind)) or 0
    profile = ColumnProfile(
        partner_id=partner.id, kind=kind, version=version + 1, name=name, mapping=mapping,
        headers=list(headers), created_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(profile)
    ctx.session.flush()
    audit.record(
        ctx,
        "profile.saved",
        profile,
        after={"partner_id": partner.id, "kind": kind, "version": profile.version},
    )
    return profile


def layouts(session: Session) -> list[ColumnProfile]:
    """Each layout of every partner in its latest version, in use or retired."""
    rows = session.scalars(select(ColumnProfile).order_by(ColumnProfile.version, ColumnProfile.id))
    latest = {(row.partner_id, row.kind, row.name): row for row in rows}
    return sorted(latest.values(), key=lambda row: (row.partner.name, row.kind, row.name))


def rename_layout(ctx: Context, profile_id: int, name: str) -> None:
    """Give a layout another name, in all its versions.

    Raises:
        NotFound: there is no such layout.
        BadInput: no name, too long a one, or that of another layout.
    """
    versions = _versions(ctx, profile_id)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(
            N_("Donnez un nom au modèle de colonnes (%(limit)s caractères au plus)."),
            limit=LONGEST_NAME,
        )
    one = versions[0]
    if name == one.name:
        return
    taken = select(ColumnProfile.id).where(
        ColumnProfile.partner_id == one.partner_id, ColumnProfile.kind == one.kind,
        ColumnProfile.name == name,
    )  # fmt: skip
    if ctx.session.scalar(taken.limit(1)) is not None:
        raise BadInput(N_("Un autre modèle porte déjà ce nom."))
    for version in versions:
        version.name = name
    audit.record(ctx, "profile.renamed", one)
    ctx.session.flush()


def retire_layout(ctx: Context, profile_id: int, *, retired: bool) -> None:
    """Use a layout no more, or again. Raises NotFound when there is none."""
    versions = _versions(ctx, profile_id)
    for version in versions:
        version.retired_at = ctx.now if retired else None
    audit.record(ctx, "profile.retired" if retired else "profile.used_again", versions[0])
    ctx.session.flush()


def _versions(ctx: Context, profile_id: int) -> Sequence[ColumnProfile]:
    one = ctx.session.get(ColumnProfile, profile_id)
    if one is None:
        raise NotFound(N_("Ce modèle de colonnes n'existe pas."))
    same = select(ColumnProfile).where(
        ColumnProfile.partner_id == one.partner_id, ColumnProfile.kind == one.kind,
        ColumnProfile.name == one.name,
    )  # fmt: skip
    return ctx.session.scalars(same.with_for_update()).all()
