"""The past as rows: the published year of every mission, and the weeks since."""

from collections.abc import Callable, Sequence
from datetime import date
from random import Random

from sqlalchemy.orm import Session

from energymed.base.db import measure_tables
from energymed.base.db.bulk import at_scale
from energymed.demo.acts import write_acts
from energymed.demo.draft import CaseDraft, Totals, draft_unpaid
from energymed.demo.missions import Mission
from energymed.demo.network import NetworkTotals, draft_network
from energymed.demo.rows import Entrusted, StretchWriter, Written
from energymed.demo.stretches import Stretch, past_of
from energymed.demo.team import Office
from energymed.partners.codes import CampaignKind

Past = tuple[list[CaseDraft], Written]


def write_past(
    session: Session,
    random: Random,
    missions: Sequence[Mission],
    offices: dict[str, Office],
    today: date,
    progress: Callable[[str], None],
) -> None:
    """Write both stretches of every mission, as they stand on the morning of `today`."""
    steps = [(mission, _stretches(mission, today)) for mission in missions]
    count, done = sum(len(stretches) for _mission, stretches in steps), 0
    with at_scale(session):
        for mission, stretches in steps:
            office, before = offices[mission.site], None
            for stretch, first_number in zip(stretches, mission.numbers, strict=False):
                done += 1
                progress(_sentence(mission, office, stretch, f"{done}/{count}"))
                before = _write(session, random, mission, office, stretch, first_number, before)
                write_acts(session, random, *before, today, office.lead.id)
    measure_tables(session)  # what comes next asks full tables


def _stretches(mission: Mission, today: date) -> list[Stretch]:
    """The two stretches of a mission; that of a network reaches through last week.

    Of its hundreds of lines a week, the files that are worked one by one have a few only.
    """
    year, since = past_of(today)
    if isinstance(mission.year, NetworkTotals):
        since = since.with_next_week()
    return [stretch for stretch in (year, since) if stretch.weeks]


def _write(
    session: Session,
    random: Random,
    mission: Mission,
    office: Office,
    stretch: Stretch,
    first_number: int,
    before: Past | None,
) -> Past:
    team = [user.id for user in office.mediators]
    partner = office.partners[mission.partner]
    known = None
    if isinstance(mission.year, NetworkTotals):
        kind, place = mission.year.kind, mission.place
        drafts = draft_network(
            random, mission.year, stretch, place, team, first_number, before[0] if before else ()
        )
        known = before[1] if before else None
    else:
        kind = CampaignKind.UNPAID_BILL
        drafts = draft_unpaid(random, mission.year, stretch, mission.place, team, first_number)
    entrusted = Entrusted(
        office.site.id, partner.id, partner.code, office.lead.id, kind, mission.energy
    )
    return drafts, StretchWriter(session, drafts, entrusted, known).write()


def _sentence(mission: Mission, office: Office, stretch: Stretch, turn: str) -> str:
    """How far it is, and with what: "3/10 Dijon, EDF 2025 : 2971 dossiers"."""
    year = mission.year
    count = year.of(stretch).cases if isinstance(year, Totals) else year.count(stretch)
    partner = office.partners[mission.partner].name
    return f"{turn} {office.site.name}, {partner} {stretch.year} : {count} dossiers"
