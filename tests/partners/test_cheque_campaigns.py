"""The campaigns of the energy cheque: which one runs, what it protects, and their rows."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.partners.cheque_campaign_rows import (
    get_cheque_campaign,
    load_cheque_campaigns,
    save_cheque_campaign,
    seed_cheque_campaigns,
)
from energymed.partners.cheque_campaigns import CHEQUE_DEFAULTS, ChequeCampaign, ChequeCampaigns
from energymed.partners.codes import Certainty
from tests.factories import MONDAY_MORNING

KNOWN = ChequeCampaigns.of(CHEQUE_DEFAULTS)
NEW = ChequeCampaign(
    2027, date(2027, 4, 1), date(2027, 5, 31), None, date(2028, 3, 31), None, None,
    date(2028, 4, 30), Certainty.P, "à confirmer",
)  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2024, 3, 31), None), (date(2024, 4, 1), 2024), (date(2025, 11, 2), 2024),
        (date(2025, 11, 3), 2025), (date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026),
        (date(2030, 1, 1), 2026),
    ],
)  # fmt: skip
def test_a_campaign_runs_from_its_sending_to_the_next_ones(day: date, year: int | None) -> None:
    running = KNOWN.running(day)
    assert (running.year if running else None) == year


@pytest.mark.once
@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2024, date(2024, 4, 1), date(2025, 4, 30)), (2025, date(2025, 11, 3), date(2026, 4, 30)),
        (2026, date(2026, 4, 1), date(2027, 4, 30)),
    ],
)  # fmt: skip
def test_protections_end_on_their_own_day(year: int, first: date, last: date) -> None:
    campaign = KNOWN.of_year(year)
    assert campaign is not None
    inside, outside = (first, last), (first.toordinal() - 1, last.toordinal() + 1)
    assert all(campaign.protects(day) for day in inside)
    assert not any(campaign.protects(date.fromordinal(day)) for day in outside)


@pytest.mark.once
@pytest.mark.parametrize(
    ("day", "years"),
    [
        # the cheques of 2024 that were issued late are spent until the end of March 2026
        (date(2026, 3, 31), (2025, 2024)), (date(2026, 4, 1), (2026, 2025)),
        (date(2027, 3, 31), (2026, 2025)), (date(2027, 4, 1), (2026,)), (date(2024, 3, 31), ()),
    ],
)  # fmt: skip
def test_one_talks_of_the_running_campaign_and_of_those_still_spent(
    day: date, years: tuple[int, ...]
) -> None:
    assert KNOWN.talked_of(day) == years


def test_what_is_seeded_is_what_a_new_installation_reads(session: Session) -> None:
    seed_cheque_campaigns(session)  # a second time: nothing
    assert load_cheque_campaigns(session) == KNOWN


def test_an_administrator_adds_and_changes_campaigns(session: Session) -> None:
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    save_cheque_campaign(ctx, NEW, new=True)
    assert get_cheque_campaign(session, 2027) == NEW
    later = replace(NEW, protections_end=date(2028, 5, 31))
    save_cheque_campaign(ctx, later, new=False)
    assert get_cheque_campaign(session, 2027) == later
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "cheque_campaign.edited")
    ).one()
    assert (event.before or {})["protections_end"] == "2028-04-30"


def test_a_year_has_one_campaign(session: Session) -> None:
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    with pytest.raises(Refused):
        save_cheque_campaign(ctx, CHEQUE_DEFAULTS[0], new=True)
    with pytest.raises(NotFound):
        save_cheque_campaign(ctx, NEW, new=False)
    with pytest.raises(NotFound):
        get_cheque_campaign(session, 2027)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sent_until": date(2027, 3, 31)}, "sent_until"),
        ({"ask_until": date(2027, 3, 31)}, "ask_until"),
        ({"protections_end": date(2027, 3, 31)}, "protections_end"),
        ({"late_after": date(2027, 9, 1)}, "late_spend_until"),
        ({"late_after": date(2027, 9, 1), "late_spend_until": date(2028, 3, 30)},
         "late_spend_until"),
        ({"year": 2017}, "year"), ({"source": "  "}, "source"),
    ],
)  # fmt: skip
def test_days_that_contradict_one_another_are_refused(
    session: Session, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        save_cheque_campaign(
            Context(session, SYSTEM, MONDAY_MORNING),
            replace(NEW, **changes),  # type: ignore[arg-type]
            new=True,
        )
    assert refusal.value.params["field"] == field
