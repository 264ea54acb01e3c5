"""The one sentence: what may come next, not before which day, and why."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from energymed.cases.codes import SupplyState
from energymed.cases.procedure import outlook as words
from energymed.cases.procedure.facts import Step, Supply, Why
from energymed.cases.procedure.outlook import BARRED, Said, outlooks, questions
from energymed.partners.codes import Energy
from energymed.partners.procedure_rules import ProcedureRules, WinterTruce

pytestmark = pytest.mark.once

RULES = ProcedureRules(WinterTruce((11, 1), (3, 31)))
WINTER_DAY, SUMMER_DAY = date(2026, 11, 23), date(2026, 6, 1)
POWER = Supply(energy=Energy.ELECTRICITY, state=SupplyState.NORMAL)
GAS = replace(POWER, energy=Energy.GAS)
LIMITED = replace(POWER, state=SupplyState.LIMITED, since=date(2026, 5, 4))


def sentence(said: Said) -> str:
    """In French, its days as they are."""
    return said.message % said.params


def only(supply: Supply, today: date, rules: ProcedureRules = RULES) -> words.Outlook:
    """The outlook of a supply of one energy."""
    (found,) = outlooks(supply, rules, today)
    return found


@pytest.mark.parametrize(
    ("supply", "today", "said"),
    [
        (POWER, WINTER_DAY, "pas de coupure avant le 2027-04-01, mais la puissance peut être"),
        (GAS, WINTER_DAY, "Trêve hivernale : pas de coupure pour impayé avant le 2027-04-01."),
        (replace(POWER, energy=None), WINTER_DAY, "pas de coupure pour impayé avant le 2027-04-01"),
        (replace(POWER, cheque_until=date(2027, 4, 30)), WINTER_DAY,
         "Trêve hivernale et chèque énergie attesté : pas de réduction de puissance avant le "
         "2027-04-01."),
        (POWER, SUMMER_DAY, "Une réduction de puissance peut intervenir"),
        (GAS, SUMMER_DAY, "Une coupure peut intervenir"),
        (replace(POWER, main_residence=False), WINTER_DAY, "Une réduction de puissance peut"),
        (replace(POWER, second_letter_on=SUMMER_DAY), SUMMER_DAY,
         "Seconde lettre du 2026-06-01 : pas de réduction de puissance avant le 2026-06-21 (20 "),
        (replace(GAS, first_letter_on=SUMMER_DAY), SUMMER_DAY,
         "pas de coupure avant le 2026-07-06 (15 jours, puis seconde lettre et 20 jours)"),
        (replace(GAS, first_letter_on=SUMMER_DAY, fsl_aided=True), SUMMER_DAY,
         "pas de coupure avant le 2026-07-21 (30 jours, puis seconde lettre et 20 jours)"),
        (replace(GAS, due_on=SUMMER_DAY), SUMMER_DAY, "Facture due le 2026-06-01 : pas de coupure"),
        (replace(GAS, fsl_filed_on=SUMMER_DAY), SUMMER_DAY,
         "Demande FSL déposée le 2026-06-01 : pas de coupure avant le 2026-08-21 (décision ou 2 "),
        (replace(LIMITED, communicating_meter=True, fsl_aided=True), SUMMER_DAY,
         "Puissance réduite depuis le 2026-05-04 : pas de coupure avant le 2026-07-03 (60 jours"),
        (replace(POWER, energy=Energy.WATER), SUMMER_DAY, "Eau : ni coupure ni réduction"),
        (replace(POWER, energy=Energy.WATER, main_residence=False), SUMMER_DAY,
         "Une coupure peut intervenir"),
        (replace(GAS, state=SupplyState.TERMINATED), SUMMER_DAY, "Contrat résilié"),
        (replace(GAS, state=SupplyState.CUT), SUMMER_DAY, "Fourniture coupée : demandez"),
        (replace(GAS, state=SupplyState.CUT, since=SUMMER_DAY), SUMMER_DAY,
         "services sociaux prévenus à partir du 2026-06-06"),
    ],
)  # fmt: skip
def test_one_sentence_for_each_situation(supply: Supply, today: date, said: str) -> None:
    assert said in sentence(only(supply, today).main)


@pytest.mark.parametrize("energy", [Energy.GAS, Energy.HEAT, Energy.WATER])
@pytest.mark.parametrize("state", list(SupplyState))
@pytest.mark.parametrize("today", [WINTER_DAY, SUMMER_DAY])
def test_nothing_is_said_of_power_where_there_is_no_electricity(
    energy: Energy, state: SupplyState, today: date
) -> None:
    supply = Supply(energy=energy, state=state, since=SUMMER_DAY, cheque_until=date(2027, 4, 30),
                    second_letter_on=today, main_residence=True)  # fmt: skip
    found = only(supply, today)
    said = " ".join(sentence(each) for each in (found.main, *found.also))
    assert "puissance" not in said
    assert found.step != Step.REDUCTION


def test_two_energies_have_a_sentence_each() -> None:
    both = replace(LIMITED, energy=Energy.BOTH, communicating_meter=True, fsl_aided=True,
                   second_letter_on=date(2026, 5, 20))  # fmt: skip
    power, gas = outlooks(both, RULES, SUMMER_DAY)
    assert (power.energy, power.why) == (Energy.ELECTRICITY, Why.SIXTY_DAYS)
    assert (gas.energy, gas.why) == (Energy.GAS, Why.SECOND_LETTER)


@pytest.mark.parametrize(
    ("since", "alarming"),
    [(date(2026, 10, 31), False), (date(2026, 11, 1), True), (date(2027, 3, 31), True),
     (date(2027, 4, 1), False)],
)  # fmt: skip
def test_a_cut_during_the_truce_is_abnormal_at_home(since: date, alarming: bool) -> None:
    today = date(2027, 4, 2)
    cut = replace(GAS, state=SupplyState.CUT, since=since)
    assert only(cut, today).alarming == alarming
    assert ("anormal" in sentence(only(cut, today).main)) == alarming
    assert not only(replace(cut, main_residence=False), today).alarming


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        (date(2026, 10, 31), "Intervention annoncée trop tôt."),
        (date(2026, 11, 1), "cette coupure est anormale pour une résidence principale"),
        (date(2027, 3, 31), "cette coupure est anormale pour une résidence principale"),
        (date(2027, 4, 1), None),
    ],
)
def test_an_intervention_that_is_announced_too_soon_is_told(
    planned: date, said: str | None
) -> None:
    letter = date(2026, 10, 12)  # twenty days before the first of November
    found = only(replace(GAS, planned_on=planned, second_letter_on=letter), letter)
    assert found.alarming == (said is not None)
    if said:
        assert said in sentence(found.main)
    # one that has passed tells nothing any more
    assert not only(replace(GAS, planned_on=letter - timedelta(days=1)), letter).alarming


def test_an_announced_intervention_says_that_the_letters_were_sent() -> None:
    known = replace(GAS, due_on=SUMMER_DAY, planned_on=SUMMER_DAY + timedelta(days=9))
    assert not only(known, SUMMER_DAY).alarming
    assert only(known, SUMMER_DAY).not_before == SUMMER_DAY


def test_a_suppliers_practice_is_not_the_law() -> None:
    soft = replace(RULES, supplier_cuts=False)
    found = only(LIMITED, WINTER_DAY, soft)
    assert "pratique, pas la loi" in sentence(found.main)
    assert found.not_before == date(2027, 4, 1)
    # an older meter may still be cut, gas too, and what is not limited yet is limited first
    older = only(replace(LIMITED, communicating_meter=False), WINTER_DAY, soft)
    assert "pratique" not in sentence(older.main)
    assert "pratique" not in sentence(only(GAS, WINTER_DAY, soft).main)
    assert only(POWER, SUMMER_DAY, soft).step == Step.REDUCTION


@pytest.mark.parametrize(
    ("written", "voice", "missing"),
    [
        (0, 0, {words.WRITE_FIRST, words.CALL_FIRST}), (1, 0, {words.CALL_FIRST}),
        (0, 1, {words.WRITE_FIRST}), (1, 1, set()), (3, 0, {words.CALL_FIRST}),
    ],
)  # fmt: skip
def test_who_is_limited_is_written_to_and_called_before_a_cut(
    written: int, voice: int, missing: set[str]
) -> None:
    supply = replace(LIMITED, written=written, voice=voice)
    asked = {each.message for each in only(supply, SUMMER_DAY).also}
    assert asked == missing
    assert not only(supply, SUMMER_DAY, replace(RULES, supplier_cuts=False)).also


def test_a_law_that_asks_for_a_third_contact_of_any_kind() -> None:
    rules, supply = replace(RULES, least_contacts=3), replace(LIMITED, written=1, voice=1)
    assert [each.message for each in only(supply, SUMMER_DAY, rules).also] == [words.TRY_FIRST]
    assert not only(replace(supply, written=2), SUMMER_DAY, rules).also


def test_social_services_are_told_of_a_reduction_after_five_days() -> None:
    def told(today: date) -> bool:
        also = only(LIMITED, today, replace(RULES, supplier_cuts=False)).also
        return words.LIMITED_SINCE in {each.message for each in also}

    assert told(date(2026, 5, 8))
    assert not told(date(2026, 5, 9))


def test_a_second_home_is_told_that_the_truce_is_not_its_own() -> None:
    second = replace(GAS, main_residence=False)
    assert [each.message for each in only(second, WINTER_DAY).also] == [words.SECOND_HOME]
    assert not only(second, SUMMER_DAY).also


def test_a_truce_all_year_is_told_without_a_day() -> None:
    always = replace(RULES, truce=WinterTruce((1, 1), (12, 31)))
    for supply in (POWER, GAS):
        assert only(supply, SUMMER_DAY, always).main == Said(words.ALWAYS_TRUCE)


def test_every_reason_has_its_sentence_for_every_step_that_it_bars() -> None:
    power_alone = {Why.SIXTY_DAYS}
    assert set(BARRED) == {
        (why, step)
        for why in Why
        for step in Step
        if not (why in power_alone and step == Step.REDUCTION)
    }


def test_what_is_worth_asking() -> None:
    assert questions(Supply()) == [words.ASK_STATE, words.ASK_LETTERS, words.ASK_HOME]
    limited = replace(LIMITED, since=None, main_residence=True)
    assert questions(limited) == [words.ASK_SINCE, words.ASK_METER]
    known = replace(POWER, second_letter_on=SUMMER_DAY, main_residence=True)
    assert questions(known) == []
    assert questions(Supply(energy=Energy.WATER)) == []
