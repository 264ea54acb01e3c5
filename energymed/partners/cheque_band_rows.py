"""The bands of each campaign of the energy cheque as rows, which an administrator edits."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from itertools import pairwise

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.base.errors import BadInput, Faults, NotFound
from energymed.base.i18n import N_
from energymed.partners.cheque_bands import BAND_DEFAULTS, ChequeBand
from energymed.partners.cheque_campaigns import CHEQUE_DEFAULTS
from energymed.partners.models import ChequeBandRow, ChequeCampaignRow

NAMES = tuple(each.name for each in fields(ChequeBand))
AMOUNTS = ("below_cents", "one_cents", "few_cents", "many_cents")
_COLUMNS = tuple(getattr(ChequeBandRow, name) for name in NAMES)


def load_cheque_bands(session: Session, year: int) -> list[ChequeBand]:
    """The bands of a campaign, by rank; none where nobody has told them."""
    statement = select(*_COLUMNS).where(ChequeBandRow.year == year).order_by(ChequeBandRow.rank)
    return [ChequeBand(*row) for row in read_rows(session, statement)]


def seed_cheque_bands(session: Session) -> None:
    """Write the bands of the campaigns that are known from the start and have none."""
    known = set(session.scalars(select(ChequeBandRow.year)))
    missing = [
        {"year": campaign.year, **asdict(band)}
        for campaign in CHEQUE_DEFAULTS
        if campaign.year not in known
        for band in BAND_DEFAULTS
    ]
    if missing:
        session.execute(insert(ChequeBandRow), missing)


def save_cheque_bands(ctx: Context, year: int, bands: Sequence[ChequeBand]) -> None:
    """Let a campaign have these bands, by rank from 1, and no other.

    Raises:
        NotFound: no campaign of that year.
        BadInput: an amount that is not positive, or thresholds that do not rise; with
            `params["field"]` such as "band_2_below_cents".
    """
    whose = select(ChequeCampaignRow).where(ChequeCampaignRow.year == year)
    campaign = ctx.session.scalar(whose.with_for_update())
    if campaign is None:
        raise NotFound(N_("Cette campagne n'existe pas."))
    _check(bands)
    before = load_cheque_bands(ctx.session, year)
    if before == list(bands):
        return
    ctx.session.execute(delete(ChequeBandRow).where(ChequeBandRow.year == year))
    if bands:
        rows = [{"year": year, **asdict(band)} for band in bands]
        ctx.session.execute(insert(ChequeBandRow), rows)
    audit.record(
        ctx, "cheque_campaign.bands", campaign,
        before={"bands": [asdict(band) for band in before]},
        after={"bands": [asdict(band) for band in bands]},
    )  # fmt: skip
    ctx.session.flush()


def _check(bands: Sequence[ChequeBand]) -> None:
    faults = Faults()
    for band in bands:
        for name in AMOUNTS:
            faults.when(
                getattr(band, name) <= 0,
                BadInput(N_("Le montant doit être positif."), field=f"band_{band.rank}_{name}"),
            )
    for lower, higher in pairwise(bands):
        faults.when(
            higher.below_cents <= lower.below_cents,
            BadInput(
                N_("Ce plafond doit dépasser celui de la tranche d'avant."),
                field=f"band_{higher.rank}_below_cents",
            ),
        )
    faults.tell()
