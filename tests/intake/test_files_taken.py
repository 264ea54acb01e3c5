"""Which files are taken (`partners.taking`), at every door by which a file comes."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import select

from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import Refused
from energymed.intake.batches import imports, uploads
from energymed.intake.batches.deposits import known_sites, possible_sites, usual_site
from energymed.intake.batches.inbox import Arrival, deposit_arrival
from energymed.intake.batches.set_right import retarget
from energymed.intake.codes import FileKind
from energymed.intake.mapping.map_file import guess_kind
from energymed.intake.models import Batch
from energymed.partners.codes import CampaignKind
from energymed.partners.partner_changes import (
    set_missions,
    set_partner_retired,
    set_partner_sites,
)
from energymed.partners.taking import missions_of, partners_of_site
from tests.factories import make_case, make_partner, make_site
from tests.intake.books import LINE, csv_bytes
from tests.intake.imports import Desk

CONTENT = csv_bytes(LINE)
MISSION = CampaignKind.UNPAID_BILL


def no_such_mission(desk: Desk, ctx: Context) -> None:
    set_missions(ctx, desk.partner, [CampaignKind.CUTOFF_NOTICE, CampaignKind.APPOINTMENT])


def partner_retired(desk: Desk, ctx: Context) -> None:
    set_partner_retired(ctx, desk.partner, retired=True)


def site_retired(desk: Desk, ctx: Context) -> None:
    desk.site.retired_at = ctx.now


def another_site(desk: Desk, ctx: Context) -> None:
    set_partner_sites(ctx, desk.partner, [make_site(ctx.session).id])


REASONS = {
    no_such_mission: "EDF ne confie pas cette mission : Médiation sur impayés.",
    partner_retired: "« EDF » n'est plus partenaire",
    site_retired: "est retiré : il ne prend ni compte ni fichier nouveau.",
    another_site: "ne travaille pas pour EDF.",
}


def now(desk: Desk) -> Context:
    return Context(desk.session, SYSTEM, desk.now)


def on_the_command_line(desk: Desk) -> None:
    desk.bring(CONTENT, kind=MISSION)


def tried_on_the_command_line(desk: Desk) -> None:
    imports.dry_run(now(desk), desk.upload(CONTENT, kind=MISSION))


def sent_by_the_lead(desk: Desk) -> None:
    uploads.prepare(now(desk), desk.upload(CONTENT, kind=MISSION))


def deposited_by_the_partner(desk: Desk) -> None:
    actor = Actor(None, "partner", partner_id=desk.partner.id)
    ctx = Context(desk.session, actor, desk.now)
    uploads.receive(ctx, desk.upload(CONTENT, kind=MISSION))


def said_to_be_of_that_kind(desk: Desk) -> None:
    batch = desk.session.scalars(select(Batch)).one()
    retarget(now(desk), batch.id, kind=FileKind(MISSION), partner_id=desk.partner.id)  # fmt: skip


def imported_after_a_wait(desk: Desk) -> None:
    batch = desk.session.scalars(select(Batch)).one()
    imports.commit(now(desk), batch.id)


DOORS = (
    on_the_command_line, tried_on_the_command_line, sent_by_the_lead, deposited_by_the_partner,
    said_to_be_of_that_kind, imported_after_a_wait,
)  # fmt: skip


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """A desk with one file that came while everything was taken."""
    with transaction() as session:
        other = csv_bytes(("EDF2", *LINE[1:]))
        upload = desk.upload(other, kind=MISSION)
        uploads.receive(Context(session, SYSTEM, desk.now), upload)
    return desk


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("reason", list(REASONS))
def test_no_door_lets_in_what_is_not_taken(
    waiting: Desk,
    reason: Callable[[Desk, Context], None],
    door: Callable[[Desk], None],
) -> None:
    reason(waiting, now(waiting))
    waiting.session.commit()
    with pytest.raises(Refused) as refused:
        door(waiting)
    assert REASONS[reason] in str(refused.value)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_lets_in_what_is_taken(waiting: Desk, door: Callable[[Desk], None]) -> None:
    set_partner_sites(now(waiting), waiting.partner, [waiting.site.id])
    set_missions(now(waiting), waiting.partner, [MISSION])
    waiting.session.commit()
    door(waiting)


def test_the_watched_folder_says_why(desk: Desk) -> None:
    set_missions(now(desk), desk.partner, [CampaignKind.APPOINTMENT, CampaignKind.CUTOFF_NOTICE])
    desk.session.commit()
    partner_retired(desk, now(desk))
    desk.session.commit()
    arrival = Arrival("a" * 32, desk.partner.id, desk.site.id, "f.csv", CONTENT)
    with pytest.raises(Refused, match="n'est plus partenaire"):
        deposit_arrival(desk.session, arrival, now=desk.now.astimezone(UTC))


def test_payments_are_taken_whatever_mission_is_left(desk: Desk) -> None:
    desk.owed(46, EDF1=1_000)
    set_missions(now(desk), desk.partner, [])
    desk.session.commit()
    done = desk.payments(("EDF1", "20/11/2026", 500, "R1"))
    assert done.recorded == 1


@pytest.mark.parametrize(
    ("given", "titles", "kind"),
    [
        ([CampaignKind.CUTOFF_NOTICE, CampaignKind.APPOINTMENT], ("Référence", "Nom"),
         FileKind.APPOINTMENT),
        ([CampaignKind.CUTOFF_NOTICE, CampaignKind.APPOINTMENT],
         ("Référence", "Nom", "Date de coupure"), FileKind.CUTOFF_NOTICE),
        ([CampaignKind.UNPAID_BILL, CampaignKind.APPOINTMENT],
         ("Référence", "Nom", "Date de coupure"), FileKind.CUTOFF_NOTICE),
        ([CampaignKind.UNPAID_BILL, CampaignKind.APPOINTMENT], ("Référence", "Nom", "Montant"),
         FileKind.UNPAID_BILL),
        ([], ("Référence", "Nom", "Montant"), FileKind.UNPAID_BILL),
    ],
)  # fmt: skip
def test_a_guess_is_what_the_titles_say_and_then_a_mission_that_is_given(
    given: list[CampaignKind], titles: tuple[str, ...], kind: FileKind
) -> None:
    assert guess_kind(list(titles), given) == kind


def test_only_sites_that_work_for_a_partner_are_offered(desk: Desk) -> None:
    session = desk.session
    other, gone = make_site(session), make_site(session)
    for site in (desk.site, other, gone):
        make_case(session, site=site, partner=desk.partner)
    gone.retired_at = desk.now
    offered = [site.id for site in possible_sites(session, desk.partner.id)]
    assert set(offered) == {desk.site.id, other.id}
    assert {site.id for site in known_sites(session, desk.partner.id)} == set(offered)
    assert usual_site(session, desk.partner.id) is None
    set_partner_sites(now(desk), desk.partner, [other.id, gone.id])
    found: Any = usual_site(session, desk.partner.id)
    assert found.id == other.id


def test_a_site_is_offered_its_own_partners_and_their_missions(desk: Desk) -> None:
    session, ctx = desk.session, now(desk)
    foreign, gone = make_partner(session, "engie"), make_partner(session, "suez")
    set_partner_sites(ctx, foreign, [make_site(session).id])
    set_partner_retired(ctx, gone, retired=True)
    set_missions(ctx, desk.partner, [MISSION])
    found = partners_of_site(session, desk.site.id)
    assert [partner.code for partner in found] == ["edf"]
    assert missions_of(session, found) == [MISSION]
    assert missions_of(session, []) == []
