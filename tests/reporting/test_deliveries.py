"""Deliveries: frozen when handed over, amended with what changed, every fetch noted."""

import csv
import json
from dataclasses import dataclass
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.files import StoredFile, purge_files, read_file
from energymed.base.periods import parse_period
from energymed.mediation.plans import move_plan
from energymed.reporting.deliveries import KEPT_FOR, deliver, deliveries, fetch, make_return
from energymed.reporting.models import Delivery, DeliveryFetch
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.reporting.makers import AFTER, NOVEMBER, World, contact, plan

FORMATS = ("csv", "json", "xlsx")


@dataclass(frozen=True)
class Desk:
    world: World
    lead: Actor
    partner: Actor

    @property
    def session(self) -> Session:
        return self.world.session

    def bytes_of(self, delivery: Delivery) -> bytes:
        return read_file(self.session, delivery.sha256)

    def hand_over(
        self, file_format: str = "csv", at: Any = NOW, period: Any = NOVEMBER
    ) -> Delivery:
        return deliver(
            Context(self.session, self.lead, at),
            partner_id=self.world.edf.id,
            site_id=self.world.site.id,
            period=period,
            file_format=file_format,
        )


@pytest.fixture
def desk(world: World) -> Desk:
    """A lead and EDF's reader, with one case that was called."""
    contact(world.session, world.case(reference="R1"), NOW)
    lead = make_user(world.session, "lead", site=world.site)
    partner = make_user(world.session, "partner", partner=world.edf)
    return Desk(world, lead.as_actor(), partner.as_actor())


def test_a_delivery_keeps_its_bytes_their_sum_and_its_circumstances(desk: Desk) -> None:
    made = desk.hand_over("json")
    expected = make_return(
        desk.session,
        Scope(NOVEMBER, desk.world.edf.id, site_id=desk.world.site.id),
        "json",
        NOW.date(),
        still=True,
    )
    assert desk.bytes_of(made) == expected.content
    assert made.sha256 == sha256(expected.content).hexdigest()
    assert (made.size_bytes, made.row_count) == (len(expected.content), 1)
    assert made.file_name == "retour-edf-2026-11.json"
    assert (made.period, made.period_start, made.period_end) == (
        "2026-11", NOVEMBER.start, NOVEMBER.end,
    )  # fmt: skip
    assert (made.created_by_id, made.created_at) == (desk.lead.user_id, NOW)
    assert (made.amends_id, made.changes_summary, made.fetches) == (None, None, [])
    event = desk.session.scalars(select(AuditEvent).where(AuditEvent.entity == "delivery")).one()
    assert (event.action, event.entity_id, event.actor_id) == (
        "delivery.made", made.id, desk.lead.user_id,
    )  # fmt: skip
    assert event.after == {"period": "2026-11", "format": "json", "sha256": made.sha256}


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_later_change_leaves_it_and_makes_an_amended_one(desk: Desk, file_format: str) -> None:
    session, world = desk.session, desk.world
    first = desk.hand_over(file_format)
    frozen, digest = desk.bytes_of(first), first.sha256
    called = world.case(reference="R2")
    contact(session, called, NOW, result="reached_holder")
    second = desk.hand_over(file_format, AFTER)
    move_plan(Context(session, SYSTEM, NOW), plan(session, called, NOW).id, "confirmed")
    third = desk.hand_over(file_format, AFTER)
    session.flush()
    session.expire_all()
    assert (desk.bytes_of(first), first.sha256, first.row_count) == (frozen, digest, 1)
    assert [(each.amends_id, each.changes_summary) for each in (first, second, third)] == [
        (None, None), (first.id, "0 / +1 / -0"), (second.id, "1 / +0 / -0"),
    ]  # fmt: skip
    assert len({each.sha256 for each in (first, second, third)}) == 3
    assert first.file_name == third.file_name


@pytest.mark.parametrize("file_format", FORMATS)
def test_the_same_data_again_is_the_delivery_that_is_there(desk: Desk, file_format: str) -> None:
    first = desk.hand_over(file_format)
    assert desk.hand_over(file_format, AFTER) is first
    assert desk.session.scalar(select(func.count()).select_from(Delivery)) == 1
    made = select(func.count()).where(AuditEvent.action == "delivery.made")
    assert desk.session.scalar(made) == 1


def test_an_amendment_says_what_is_gone(desk: Desk) -> None:
    wrong = contact(desk.session, desk.world.case(reference="R2"), NOW)
    desk.hand_over()
    wrong.voided_at = AFTER
    assert desk.hand_over(at=AFTER).changes_summary == "0 / +0 / -1"


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_reference_that_came_back_is_compared_case_by_case(desk: Desk, file_format: str) -> None:
    world = desk.world
    world.case(reference="R2", state="closed", closure="settled", closed_at=NOW)
    back = world.case(reference="R2", opened_at=NOW)
    desk.hand_over(file_format)
    contact(desk.session, back, NOW)
    assert desk.hand_over(file_format, AFTER).changes_summary == "1 / +0 / -0"


def test_odd_references_are_compared_whole(desk: Desk) -> None:
    for reference in ("A\nB", "C\u2028D", 'E";F'):
        contact(desk.session, desk.world.case(reference=reference), NOW)
    desk.hand_over()
    contact(desk.session, desk.world.case(reference="C\u2028E"), NOW)
    assert desk.hand_over(at=AFTER).changes_summary == "0 / +1 / -0"


@pytest.mark.slow
def test_other_periods_formats_sites_and_partners_amend_nothing(desk: Desk) -> None:
    world = desk.world
    made = [desk.hand_over(), desk.hand_over("json"), desk.hand_over(period=parse_period("2026"))]
    for partner, site in ((world.suez, world.site), (world.edf, world.far)):
        made.append(
            deliver(
                Context(desk.session, SYSTEM, NOW),
                partner_id=partner.id,
                site_id=site.id,
                period=NOVEMBER,
                file_format="csv",
            )
        )
    assert {each.amends_id for each in made} == {None}
    assert len({each.id for each in made}) == 5


def test_each_fetch_is_noted_with_who_and_when(desk: Desk) -> None:
    made = desk.hand_over()
    for reader, at in ((desk.partner, NOW), (desk.partner, AFTER), (desk.lead, AFTER)):
        _made, content = fetch(Context(desk.session, reader, at), made.id)
        assert content == desk.bytes_of(made)
    rows = desk.session.execute(
        select(DeliveryFetch.user_id, DeliveryFetch.fetched_at).order_by(DeliveryFetch.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        (desk.partner.user_id, NOW), (desk.partner.user_id, AFTER), (desk.lead.user_id, AFTER),
    ]  # fmt: skip
    events = desk.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "delivery.fetched").order_by(AuditEvent.id)
    ).all()
    assert [(each.entity_id, each.actor_role) for each in events] == [
        (made.id, "partner"), (made.id, "partner"), (made.id, "lead"),
    ]  # fmt: skip


def test_the_list_is_newest_first_with_who_fetched(desk: Desk) -> None:
    older, newer = desk.hand_over(), desk.hand_over("json", AFTER)
    fetch(Context(desk.session, desk.partner, AFTER), older.id)
    desk.session.flush()
    desk.session.expire_all()
    listed = desk.session.scalars(deliveries(desk.partner)).unique().all()
    assert listed == [newer, older]
    assert [[each.user.id for each in delivery.fetches] for delivery in listed] == [
        [], [desk.partner.user_id],
    ]  # fmt: skip


def test_a_return_that_cannot_be_made_leaves_nothing(desk: Desk) -> None:
    with pytest.raises(BadInput, match="Format inconnu"):
        desk.hand_over("pdf")
    assert desk.session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_a_delivery_and_an_export_agree(desk: Desk) -> None:
    """The figures of the JSON are those of its own period, partner and site."""
    contact(desk.session, desk.world.case(partner=desk.world.suez), NOW)
    contact(desk.session, desk.world.case(site=desk.world.far), NOW)
    said = json.loads(desk.bytes_of(desk.hand_over("json")))
    assert (said["period"], said["indicators"]["cases_handled"]) == ("2026-11", 1)
    assert [case["reference"] for case in said["cases"]] == ["R1"]
    text = StringIO(desk.bytes_of(desk.hand_over("csv")).decode("utf-8-sig"), newline="")
    assert [row[0] for row in csv.reader(text, delimiter=";")] == ["Référence dossier", "R1"]


def test_bytes_that_are_gone_or_damaged_are_told_and_handed_over_again(desk: Desk) -> None:
    session, made = desk.session, desk.hand_over()
    ctx, digest = Context(session, desk.partner, AFTER), made.sha256
    session.execute(update(StoredFile).values(packed=b"damaged"))
    with pytest.raises(Refused, match="abîmé"):
        fetch(ctx, made.id)
    assert desk.hand_over(at=AFTER) is made
    assert sha256(fetch(ctx, made.id)[1]).hexdigest() == digest
    assert purge_files(Context(session, SYSTEM, AFTER + KEPT_FOR)) == 1
    with pytest.raises(NotFound, match="l'association peut le remettre"):
        fetch(ctx, made.id)
    contact(session, desk.world.case(reference="R2"), NOW)
    amended = desk.hand_over(at=AFTER)
    assert (amended.amends_id, amended.changes_summary) == (made.id, None)
