"""The supply in a weekly file: its words, its titles, and what a later file changes."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris
from energymed.base.context import Context
from energymed.base.db import transaction
from energymed.cases.codes import SupplyField, SupplyState
from energymed.cases.models import Case
from energymed.cases.supply import SupplySaid, as_text, note_supply, supply_words
from energymed.intake.importing.undo import undo
from energymed.intake.mapping.headers import suggest
from energymed.intake.supply_words import (
    SINCE,
    communicating_meter,
    kva,
    main_residence,
    supply_of,
    supply_state,
)
from tests.factories import make_user
from tests.intake.imports import Desk

LIMITED, CUT, ENDED = SupplyState.LIMITED, SupplyState.CUT, SupplyState.TERMINATED
BASE = "Référence dossier;Nom;Prénom;Téléphone;Montant dû"
LEA = "R1;DURAND;Lea;0639984501;12,50"


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Limité", LIMITED), ("LIMITATION 1 kVA", LIMITED), ("Puissance réduite", LIMITED),
        ("réduction", LIMITED), ("coupé", CUT), ("Coupure effective", CUT), ("Suspendu", CUT),
        ("Interrompue", CUT), ("résilié", ENDED), ("Résiliation", ENDED),
        ("Normale", SupplyState.NORMAL), ("en service", SupplyState.NORMAL),
        ("Maintenue", SupplyState.NORMAL), ("non coupé", None), ("à couper", None),
        ("pas de limitation", None), ("", None), ("?", None), ("12", None),
    ],
)  # fmt: skip
def test_words_of_a_state(text: str, state: SupplyState | None) -> None:
    assert supply_state(text) == state


@pytest.mark.once
@pytest.mark.parametrize(
    ("rule", "text", "meaning"),
    [
        (kva, "1", 1), (kva, "1,0", 1), (kva, "3 kVA", 3), (kva, "36", 36), (kva, "37", None),
        (kva, "0", None), (kva, "1,5", None), (kva, "", None),
        (main_residence, "O", True), (main_residence, "RP", True), (main_residence, "RS", False),
        (main_residence, "Principale", True), (main_residence, "secondaire", False),
        (main_residence, "non principale", False), (main_residence, "?", None),
        (communicating_meter, "Linky", True), (communicating_meter, "Gazpar", True),
        (communicating_meter, "non communicant", False), (communicating_meter, "N", False),
        (communicating_meter, "électronique", False), (communicating_meter, "", None),
    ],
)  # fmt: skip
def test_words_of_power_home_and_meter(rule: object, text: str, meaning: object) -> None:
    assert rule(text) == meaning  # type: ignore[operator]


@pytest.mark.once
def test_a_state_is_told_or_follows_from_its_day() -> None:
    day, other = date(2026, 5, 4), date(2026, 6, 1)
    assert supply_of(None, {}) == (None, None)
    assert supply_of(None, {LIMITED: day}) == (LIMITED, day)
    assert supply_of(None, {LIMITED: day, CUT: other}) == (CUT, other)
    assert supply_of(LIMITED, {LIMITED: day, ENDED: other}) == (LIMITED, day)
    assert supply_of(SupplyState.NORMAL, {LIMITED: day}) == (SupplyState.NORMAL, None)
    assert list(SINCE) == [ENDED, CUT, LIMITED]


@pytest.mark.once
@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("État de la fourniture", "supply_state"), ("Statut PDL", "supply_state"),
        ("Limité depuis le", "limited_since"), ("Date de début de limitation", "limited_since"),
        ("Coupé le", "cut_since"), ("Date de résiliation", "terminated_since"),
        ("Date 1ère relance", "first_letter_on"), ("Date de la 1re lettre", "first_letter_on"),
        ("Date mise en demeure", "second_letter_on"), ("Date 2ème relance", "second_letter_on"),
        ("Puissance réduite (kVA)", "limited_kva"), ("Résidence principale", "main_residence"),
        ("Compteur Linky", "communicating_meter"),
        # as before: days of what is planned
        ("Date limitation", "cutoff_date"), ("Date de coupure", "cutoff_date"),
        ("Date réduction", "cutoff_date"), ("Nb relances", "reminders_count"),
        ("Résidence", "address_extra"),
    ],
)  # fmt: skip
def test_titles_of_the_supply_take_none_from_others(title: str, field: str) -> None:
    assert suggest(["Référence", "Nom", "Montant dû", title], "unpaid_bill").fields[field] == title


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


def bring(desk: Desk, titles: str, cells: str) -> Case:
    """Import a file of one line; its case."""
    text = f"{BASE};{titles}\n{LEA};{cells}"
    desk.bring(text.encode(), f"w{desk.now.timestamp()}.csv", again=True)
    desk.session.expire_all()
    return desk.session.scalars(select(Case)).one()


def say(desk: Desk, case: Case, **values: str) -> None:
    """Note what the person says, a minute after the last file."""
    mediator = make_user(desk.session, site=desk.site).as_actor()
    shown = {name: as_text(getattr(case, name)) for name in SupplyField}
    desk.session.commit()
    with transaction() as session:
        said = SupplySaid({SupplyField(name): text for name, text in values.items()}, shown)
        note_supply(Context(session, mediator, desk.now + timedelta(minutes=1)), case.id, said)
    desk.session.expire_all()


def test_a_file_tells_the_supply_and_an_empty_cell_wipes_nothing(desk: Desk) -> None:
    titles = "Limité depuis;Puissance réduite;Date 1re relance;Date 2e relance;RP;Linky"
    case = bring(desk, titles, "04/05/2026;1 kVA;01/03/2026;02/04/2026;O;oui")
    assert (case.supply_state, case.supply_since, case.limited_kva) == (
        LIMITED, date(2026, 5, 4), 1,
    )  # fmt: skip
    assert (case.first_letter_on, case.second_letter_on) == (date(2026, 3, 1), date(2026, 4, 2))
    assert (case.main_residence, case.communicating_meter) == (True, True)
    case = bring(desk, titles, ";;;;;")
    assert (case.supply_state, case.supply_since, case.limited_kva) == (
        LIMITED, date(2026, 5, 4), 1,
    )  # fmt: skip


def test_another_state_takes_the_day_of_the_former_with_it(desk: Desk) -> None:
    bring(desk, "État fourniture;Limité depuis;Puissance réduite", "Limité;04/05/2026;1")
    case = bring(desk, "État fourniture", "Coupé")
    assert (case.supply_state, case.supply_since, case.limited_kva) == (CUT, None, None)


def test_whoever_speaks_last_holds_and_an_undo_keeps_what_was_said_since(desk: Desk) -> None:
    case = bring(desk, "État fourniture;RP", "Normale;O")
    say(desk, case, supply_state="cut", supply_since="2026-11-02", main_residence="no")
    case = bring(desk, "État fourniture", "Limité")
    assert (case.supply_state, case.supply_since, case.main_residence) == (LIMITED, None, False)
    assert set(supply_words(desk.session, case)) == {SupplyField.MAIN_RESIDENCE}
    last = case.last_batch_id
    say(desk, case, communicating_meter="yes")
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    desk.session.commit()
    with transaction() as session:
        undo(Context(session, lead, desk.now + timedelta(minutes=2)), last or 0)
    desk.session.expire_all()
    case = desk.session.scalars(select(Case)).one()
    assert (case.supply_state, case.supply_since) == (CUT, date(2026, 11, 2))
    assert (case.main_residence, case.communicating_meter) == (False, True)


@pytest.mark.parametrize(
    ("as_of", "year"),
    [
        (date(2025, 11, 2), 2024), (date(2025, 11, 3), 2025), (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
    ],
)  # fmt: skip
def test_a_yes_means_the_campaign_of_the_files_day(desk: Desk, as_of: date, year: int) -> None:
    desk.now = at_paris(as_of, time(9))
    case = bring(desk, "Chèque énergie", "O")
    assert (case.energy_cheque, case.energy_cheque_year) == (True, year)
