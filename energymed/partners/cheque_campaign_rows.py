"""The campaigns of the energy cheque as rows, which an administrator edits (DOMAIN §4)."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.base.errors import BadInput, Faults, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse
from energymed.partners.cheque_campaigns import (
    CHEQUE_DEFAULTS,
    ChequeCampaign,
    ChequeCampaigns,
)
from energymed.partners.codes import Certainty
from energymed.partners.models import ChequeCampaignRow

FIRST_YEAR, LAST_YEAR = 2018, 2099  # the first cheques were sent in 2018
LONGEST_SOURCE = 200
NAMES = tuple(each.name for each in fields(ChequeCampaign))
_COLUMNS = tuple(getattr(ChequeCampaignRow, name) for name in NAMES)
# which day does not come before which
_ORDER = (
    ("sent_until", "sent_from"), ("ask_until", "sent_from"), ("spend_until", "sent_from"),
    ("late_after", "sent_from"), ("late_spend_until", "spend_until"),
    ("protections_end", "sent_from"),
)  # fmt: skip


def load_cheque_campaigns(session: Session) -> ChequeCampaigns:
    """Every campaign, in one query."""
    rows = read_rows(session, select(*_COLUMNS))
    return ChequeCampaigns.of(ChequeCampaign(*row) for row in rows)


def seed_cheque_campaigns(session: Session) -> None:
    """Write the campaigns that are missing. Safe to repeat."""
    known = set(session.scalars(select(ChequeCampaignRow.year)))
    missing = [asdict(one) for one in CHEQUE_DEFAULTS if one.year not in known]
    if missing:
        session.execute(insert(ChequeCampaignRow), missing)


def get_cheque_campaign(session: Session, year: int) -> ChequeCampaign:
    """The campaign of a year.

    Raises:
        NotFound: when there is none.
    """
    found = load_cheque_campaigns(session).of_year(year)
    if found is None:
        raise NotFound(N_("Cette campagne n'existe pas."))
    return found


def save_cheque_campaign(ctx: Context, campaign: ChequeCampaign, *, new: bool) -> None:
    """Write a campaign: a `new` one, or other days for the one of its year.

    Raises:
        BadInput: days that contradict one another, or no source; with `params["field"]`, all at
            once.
        Refused: a new one of a year that has one.
        NotFound: none of that year to change.
    """
    source = collapse(campaign.source)
    _check(campaign, source)
    whose = select(ChequeCampaignRow).where(ChequeCampaignRow.year == campaign.year)
    row = ctx.session.scalar(whose.with_for_update())
    if row is None and not new:
        raise NotFound(N_("Cette campagne n'existe pas."))
    if row is not None and new:
        raise Refused(N_("La campagne de cette année est déjà notée."), field="year")
    before = None if row is None else _plain({name: getattr(row, name) for name in NAMES})
    if row is None:
        row = ChequeCampaignRow(year=campaign.year)
        ctx.session.add(row)
    for name, value in asdict(campaign).items():
        setattr(row, name, source if name == "source" else value)
    ctx.session.flush()
    action = "cheque_campaign.added" if new else "cheque_campaign.edited"
    audit.record(ctx, action, row, before=before, after=_plain(asdict(campaign)))
    ctx.session.flush()


def _check(campaign: ChequeCampaign, source: str) -> None:
    days, faults = asdict(campaign), Faults()
    faults.when(
        not FIRST_YEAR <= campaign.year <= LAST_YEAR,
        BadInput(N_("Choisissez l'année de la campagne."), field="year"),
    )
    for later, earlier in _ORDER:
        faults.when(
            bool(days[later] and days[earlier] and days[later] < days[earlier]),
            BadInput(N_("Ce jour précède celui d'avant."), field=later),
        )
    faults.when(
        (campaign.late_after is None) != (campaign.late_spend_until is None),
        BadInput(N_("Les deux jours du cas tardif vont ensemble."), field="late_spend_until"),
    )
    faults.when(
        campaign.certainty not in tuple(Certainty),
        BadInput(N_("Choisissez dans la liste."), field="certainty"),
    )
    faults.when(
        not 0 < len(source) <= LONGEST_SOURCE,
        BadInput(N_("Dites pourquoi, ou d'après quel texte."), field="source"),
    )
    faults.tell()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }
