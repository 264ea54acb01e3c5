"""Cases that a later file does not name: the list, and what a lead does with them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Actor, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Refused
from energymed.cases import transitions
from energymed.cases.models import Case
from energymed.intake.batches import missing_cases as missing
from energymed.intake.batches.missing_cases import MissingSearch, missing_cases
from energymed.intake.importing.undo import undo
from tests.factories import make_case, make_user
from tests.intake.imports import Desk

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(desk: Desk, session: Session) -> Actor:
    """The lead of the desk's site."""
    actor = make_user(session, "lead", site=desk.site).as_actor()
    session.commit()
    return actor


def absent(desk: Desk) -> dict[str, int]:
    """Two weeks: R1 comes again, R2, R3 and R4 do not; {reference: case} of the missing ones."""
    desk.owed(46, R1=100, R2=5000, R3=20000, R4=300)
    desk.owed(47, R1=100)
    desk.session.expire_all()
    rows = desk.session.execute(
        select(Case.reference, Case.id).where(Case.missing_since_batch_id.is_not(None))
    )
    found = {row.reference: row.id for row in rows}
    desk.session.rollback()
    assert sorted(found) == ["R2", "R3", "R4"]
    return found


def listed(session: Session, actor: Actor, wanted: MissingSearch | None = None) -> list[str]:
    session.expire_all()
    found = session.scalars(missing_cases(Context(session, actor), wanted or MissingSearch()))
    return [case.reference for case in found]


def ask(actor: Actor, ids: list[int], at: datetime) -> missing.Chosen:
    with transaction() as writing:
        chosen = missing.take(Context(writing, actor), ids)
        missing.mark_asked(Context(writing, actor, at), chosen.cases)
    return chosen


def keep_open(actor: Actor, ids: list[int], at: datetime) -> None:
    with transaction() as writing:
        missing.keep_open(
            Context(writing, actor, at), missing.take(Context(writing, actor), ids).cases
        )


def undo_decision(actor: Actor, at: datetime, now: datetime) -> int:
    with transaction() as writing:
        return len(missing.undo_decision(Context(writing, actor, now), at))


def test_the_list_is_filtered_and_sorted(desk: Desk, session: Session, lead: Actor) -> None:
    ids = absent(desk)
    assert listed(session, lead, MissingSearch(sort="debt")) == ["R4", "R2", "R3"]
    assert listed(session, lead, MissingSearch(sort="-debt")) == ["R3", "R2", "R4"]
    assert listed(session, lead, MissingSearch(least_cents=300, most_cents=5000)) == ["R2", "R4"]
    assert listed(session, lead, MissingSearch(text="r3")) == ["R3"]
    assert listed(session, lead, MissingSearch(text="R%")) == []
    assert listed(session, lead, MissingSearch(partner_id=desk.partner.id + 1)) == []
    ask(lead, [ids["R2"]], desk.now)
    assert listed(session, lead, MissingSearch(asked="yes")) == ["R2"]
    assert listed(session, lead, MissingSearch(asked="no")) == ["R3", "R4"]


def test_a_closed_case_and_one_of_another_site_are_not_listed(
    desk: Desk, session: Session, lead: Actor
) -> None:
    ids = absent(desk)
    transitions.close(Context(session, lead, desk.now), session.get_one(Case, ids["R2"]), "settled")
    session.commit()
    assert listed(session, lead) == ["R3", "R4"]
    stranger = make_user(session, "lead").as_actor()
    session.commit()
    assert listed(session, stranger) == []


def test_another_sites_case_is_left_aside_without_a_word(desk: Desk, session: Session) -> None:
    ids = absent(desk)
    stranger = make_user(session, "lead").as_actor()
    session.commit()
    chosen = ask(stranger, list(ids.values()), desk.now)
    assert (chosen.cases, chosen.in_call, chosen.gone, chosen.asked) == ([], [], [], [])
    session.expire_all()
    assert set(session.scalars(select(Case.missing_asked_at))) == {None}


def test_a_case_in_call_is_passed_over_and_named(desk: Desk, session: Session, lead: Actor) -> None:
    ids = absent(desk)
    mediator = make_user(session, site=desk.site)
    case = session.get_one(Case, ids["R2"])
    transitions.assign(Context(session, lead, desk.now), case, mediator.id)
    transitions.claim(Context(session, lead, desk.now), case, mediator.id, until=desk.now + HOUR)
    session.commit()
    chosen = ask(lead, list(ids.values()), desk.now)
    assert chosen.in_call == ["R2"]
    assert listed(session, lead, MissingSearch(asked="yes")) == ["R3", "R4"]


def test_a_case_kept_meanwhile_is_gone(desk: Desk, session: Session, lead: Actor) -> None:
    ids = absent(desk)
    colleague = make_user(session, "lead", site=desk.site).as_actor()
    session.commit()
    keep_open(colleague, [ids["R2"]], desk.now)
    chosen = ask(lead, [ids["R2"], ids["R3"]], desk.now + HOUR)
    assert (len(chosen.cases), chosen.gone) == (1, ["R2"])


def test_what_was_asked_since_the_list_was_read_is_not_asked_again(
    desk: Desk, session: Session, lead: Actor
) -> None:
    ids = absent(desk)
    ask(lead, [ids["R2"]], desk.now + HOUR)
    with transaction() as writing:
        chosen = missing.take(Context(writing, lead), [ids["R2"], ids["R3"]], seen=desk.now)
        assert [case.reference for case in chosen.cases] == ["R3"]
        assert chosen.asked == ["R2"]
        later = missing.take(Context(writing, lead), [ids["R2"]], seen=desk.now + 2 * HOUR)
        assert [case.reference for case in later.cases] == ["R2"]  # a reminder, on purpose


def test_too_many_at_once_are_refused(desk: Desk, session: Session, lead: Actor) -> None:
    with pytest.raises(BadInput):
        missing.take(Context(session, lead), list(range(missing.MOST_AT_ONCE + 1)))


def test_asking_is_audited_and_taken_back(desk: Desk, session: Session, lead: Actor) -> None:
    ids = absent(desk)
    first, second = desk.now + HOUR, desk.now + 2 * HOUR
    ask(lead, [ids["R2"]], first)
    ask(lead, [ids["R2"], ids["R3"]], second)
    assert undo_decision(lead, second, desk.now + 3 * HOUR) == 2
    session.expire_all()
    assert session.get_one(Case, ids["R2"]).missing_asked_at == first
    assert session.get_one(Case, ids["R3"]).missing_asked_at is None
    asking = select(AuditEvent.action).where(AuditEvent.action.startswith("case.missing"))
    actions = list(session.scalars(asking.order_by(AuditEvent.id)))
    assert actions == ["case.missing_asked"] * 3 + ["case.missing_asked_taken_back"] * 2
    session.rollback()
    assert undo_decision(lead, second, desk.now + 4 * HOUR) == 0


def test_another_lead_takes_it_back_and_a_mediator_does_not(
    desk: Desk, session: Session, lead: Actor
) -> None:
    ids = absent(desk)
    colleague = make_user(session, "lead", site=desk.site).as_actor()
    mediator = make_user(session, site=desk.site).as_actor()
    session.commit()
    at = desk.now + HOUR
    ask(lead, [ids["R2"]], at)
    with pytest.raises(Refused, match="Seul l'auteur"):
        undo_decision(mediator, at, at + HOUR)
    assert listed(session, lead, MissingSearch(asked="yes")) == ["R2"]
    session.rollback()
    assert undo_decision(colleague, at, at + HOUR) == 1
    assert listed(session, lead, MissingSearch(asked="yes")) == []


def test_kept_cases_come_back(desk: Desk, session: Session, lead: Actor) -> None:
    ids = absent(desk)
    at = desk.now + HOUR
    keep_open(lead, [ids["R2"]], at)
    assert listed(session, lead) == ["R3", "R4"]
    session.rollback()
    assert undo_decision(lead, at, at + HOUR) == 1
    assert sorted(listed(session, lead)) == ["R2", "R3", "R4"]


def test_a_kept_case_that_a_file_named_since_does_not_come_back(
    desk: Desk, session: Session, lead: Actor
) -> None:
    ids = absent(desk)
    at = desk.now
    keep_open(lead, [ids["R2"]], at)
    desk.owed(48, R1=100, R2=5000)
    assert undo_decision(lead, at, desk.now + HOUR) == 0
    assert "R2" not in listed(session, lead)


def test_a_kept_case_does_not_come_back_from_an_undone_file(
    desk: Desk, session: Session, lead: Actor
) -> None:
    ids = absent(desk)
    since = session.get_one(Case, ids["R2"]).missing_since_batch_id
    session.rollback()
    assert since is not None
    keep_open(lead, [ids["R2"]], desk.now)
    with transaction() as writing:
        undo(Context(writing, lead, desk.now), since)
    assert undo_decision(lead, desk.now, desk.now + HOUR) == 0
    assert listed(session, lead) == []


def test_a_case_missed_again_has_to_be_asked_again(
    desk: Desk, session: Session, lead: Actor
) -> None:
    ids = absent(desk)
    ask(lead, [ids["R2"]], desk.now)
    desk.owed(48, R1=100, R2=5000)
    desk.owed(49, R1=100)
    assert listed(session, lead, MissingSearch(asked="yes")) == []
    assert "R2" in listed(session, lead, MissingSearch(asked="no"))


def test_files_of_names_both_files(desk: Desk, session: Session, lead: Actor) -> None:
    absent(desk)
    stray = make_case(session, site=desk.site, partner=desk.partner)  # of no file at all
    session.commit()
    cases = [*session.scalars(missing_cases(Context(session, lead), MissingSearch())), stray]
    names = {batch.file_name for batch in missing.files_of(session, cases).values()}
    assert names == {"impayes-2026-S46.csv", "impayes-2026-S47.csv"}
