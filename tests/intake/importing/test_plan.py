"""Plan: what a file would change, against what is there, without writing anything."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases.models import Case
from energymed.intake.batches import imports, pending_batches, preview_store, uploads
from energymed.intake.batches.column_choice import choose_columns
from energymed.intake.batches.preview_store import lacks_columns
from energymed.intake.mapping.map_file import guess_kind
from energymed.intake.models import Batch, BatchRow
from energymed.partners.models import Campaign
from tests.factories import make_partner, make_site, make_user
from tests.intake.books import LINE, TITLES, csv_bytes
from tests.intake.imports import PAYMENT_TITLES, Desk

R1 = ("R1", "DURAND", "06 39 98 45 27", "12,50")
R2 = ("R2", "PETIT", "06 39 98 45 28", "80,00")


def received(desk: Desk, content: bytes, name: str = "f.csv") -> int:
    with transaction() as session:
        batch = uploads.receive(Context(session, SYSTEM, desk.now), desk.upload(content, name))
        return batch.id


def test_a_preview_writes_no_case(desk: Desk, session: Session) -> None:
    batch_id = received(desk, csv_bytes(LINE))
    shown = desk.checked(batch_id).summary
    assert shown is not None
    assert (shown.counts["created"], shown.counts["rows"]) == (1, 1)
    assert session.scalar(select(func.count(Case.id))) == 0
    assert session.scalar(select(func.count(BatchRow.id))) == 0
    assert session.get_one(Batch, batch_id).state == "preview"


def test_changes_are_shown_old_and_new(desk: Desk) -> None:
    desk.week(46, R1, R2)
    line = ("R1", "DURAND", "Léa", "06 39 98 45 27 / 06 39 98 00 01", "20,00")
    shown = desk.checked(received(desk, csv_bytes(line)))
    assert shown.summary is not None
    assert [one.reference for one in shown.summary.missing] == ["R2"]
    (row,) = desk.session.scalars(preview_store.preview_rows(shown.batch, changed=True))
    assert (row.outcome, row.codes) == ("updated", " new_phone ")
    assert row.changes == {"items": [["debt_cents", 1250, 2000], ["phone", None, "+33639980001"]]}


def test_an_empty_cell_wipes_nothing(desk: Desk, session: Session) -> None:
    titles = (*TITLES, "Commune", "Commentaire")
    desk.bring(csv_bytes((*LINE, "Valence", "à rappeler"), titles=titles))
    report = desk.bring(csv_bytes((*LINE, "", ""), titles=titles))
    assert (report.updated, report.unchanged) == (0, 1)
    case = session.scalars(select(Case)).one()
    assert (case.commune, case.comment) == ("Valence", "à rappeler")


def test_a_stale_preview_is_planned_again_at_commit(desk: Desk, session: Session) -> None:
    batch_id = received(desk, csv_bytes(LINE), "2026-S47.csv")
    desk.bring(csv_bytes((*LINE[:4], "99,00")), "2026-S46.csv")
    with transaction() as writing:
        done = imports.commit(Context(writing, SYSTEM, desk.now), batch_id)
    assert (done.created, done.updated) == (0, 1)
    assert session.scalars(select(Case.debt_cents)).one() == 1250


def test_a_case_of_another_site_is_not_taken_over(desk: Desk, session: Session) -> None:
    desk.week(46, R1)
    desk.site = make_site(session)
    session.commit()
    report = desk.week(47, R1, R2)
    assert (report.created, report.rejected) == (1, 1)
    assert [problem.code for problem in report.problems] == ["other_site"]


def test_a_file_of_another_partner_is_refused(desk: Desk, session: Session) -> None:
    lines = [(f"R{n}", "NOM", f"06 39 98 00 0{n}", "5,00") for n in range(5)]
    desk.week(46, *lines)
    desk.partner = make_partner(session)
    session.commit()
    with pytest.raises(Refused, match="autre partenaire"):
        desk.week(47, *lines)


def test_missing_columns_wait_for_a_choice(desk: Desk, session: Session) -> None:
    content = csv_bytes(LINE, titles=("Machin", "Nom", "Prénom", "Téléphone", "Montant"))
    batch_id = received(desk, content)
    assert lacks_columns(session.get_one(Batch, batch_id))
    with pytest.raises(BadInput, match="Machin"), transaction() as writing:
        imports.commit(Context(writing, SYSTEM, desk.now), batch_id)
    chosen: dict[str, str | None] = {
        "reference": "Machin", "last_name": "Nom", "first_name": "Prénom", "amount": "Montant",
    }  # fmt: skip
    with transaction() as writing:
        choose_columns(Context(writing, SYSTEM, desk.now), batch_id, chosen, remember="EDF")
    shown = desk.checked(batch_id).summary
    assert shown is not None
    assert (shown.counts["created"], shown.columns) == (1, chosen)
    assert desk.bring(content).mapping == chosen  # remembered as the partner's profile


def test_a_file_waits_and_is_given_up(desk: Desk, session: Session) -> None:
    batch_id = received(desk, csv_bytes(LINE))
    with transaction() as writing:
        pending_batches.discard(Context(writing, SYSTEM, desk.now), batch_id)
    with pytest.raises(Refused, match="déjà été traité"), transaction() as writing:
        imports.commit(Context(writing, SYSTEM, desk.now), batch_id)


def test_a_deposit_waits_for_the_lead(desk: Desk, session: Session) -> None:
    depositor = make_user(session, "partner", partner=desk.partner).as_actor()
    lead = make_user(session, "lead", site=desk.site).as_actor()
    stranger = make_user(session, "partner").as_actor()
    session.commit()
    upload = desk.upload(csv_bytes(LINE))
    with transaction() as writing:
        batch = uploads.receive(Context(writing, depositor, desk.now), upload)
        batch_id, state = batch.id, batch.state
    assert state == "deposited"
    for actor in (depositor, stranger):
        with pytest.raises(NotFound), transaction() as writing:
            imports.commit(Context(writing, actor, desk.now), batch_id)
    with transaction() as writing:
        done = imports.commit(Context(writing, lead, desk.now), batch_id)
    assert done.created == 1


def test_another_site_is_not_the_leads(desk: Desk, session: Session) -> None:
    lead = make_user(session, "lead").as_actor()
    session.commit()
    with pytest.raises(NotFound), transaction() as writing:
        uploads.receive(Context(writing, lead, desk.now), desk.upload(csv_bytes(LINE)))


def test_an_unknown_kind_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="Type de fichier"):
        desk.bring(csv_bytes(LINE), kind="holiday")


@pytest.mark.parametrize(
    ("headers", "active", "kind"),
    [
        (list(TITLES), ["unpaid_bill", "cutoff_notice"], "unpaid_bill"),
        (list(PAYMENT_TITLES), ["unpaid_bill"], "payments"),
        (["ID affaire", "Nom client", "Date DPI"], ["unpaid_bill", "appointment"], "cutoff_notice"),
        (["ID affaire", "Nom client", "Date DPI"], ["appointment"], "appointment"),
        (["ID affaire", "Nom client"], [], "unpaid_bill"),
    ],
)
def test_the_kind_is_guessed(headers: list[str], active: list[str], kind: str) -> None:
    assert guess_kind(headers, active) == kind


def test_the_only_mission_of_a_partner_decides(desk: Desk, session: Session) -> None:
    for campaign in session.scalars(select(Campaign)):
        campaign.active = campaign.kind == "appointment"
    session.commit()
    assert desk.bring(csv_bytes(LINE)).kind == "appointment"
