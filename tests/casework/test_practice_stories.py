"""The ten people of the practice: a good record passes fully, each wrong one is told why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from energymed.casework.practice_rules import SavedCall, compare
from energymed.casework.practice_stories import BY_NUMBER, STORIES, reference_of, story_of
from energymed.mediation.codes import ActKind
from energymed.partners.codes import Closure, ResultCode

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # ten o'clock in Paris
PLAN = {
    "amount_cents": 48_000, "down_payment_cents": 0, "instalment_count": 6, "frequency": "monthly",
}  # fmt: skip
AID = {"fund": "fsl_energy", "state": "documents_pending", "papers": ["bill"]}
REFERRAL = {"body": "pcb", "reason": "budget", "mode": "file_transmitted", "consent": True}


def call(result: ResultCode, **said: Any) -> SavedCall:
    return SavedCall(result, AT, **said)


HOLDER = ResultCode.REACHED_HOLDER
GOOD = {
    1: call(ResultCode.NO_ANSWER),
    2: call(ResultCode.VOICEMAIL_LEFT),
    3: call(ResultCode.THIRD_PARTY, details={"message_left": "callback_only"}),
    4: call(ResultCode.CALLBACK_SET, later_at=AT + timedelta(days=1)),
    5: call(HOLDER, acts={ActKind.PLAN_AGREED: PLAN}, closure=Closure.PLAN_RUNNING),
    6: call(HOLDER, acts={ActKind.AID_OPENED: AID}, closure=Closure.AID_PENDING),
    7: call(HOLDER, acts={ActKind.REFERRAL: REFERRAL}, closure=Closure.REFERRED),
    8: call(ResultCode.OPPOSED, closure=Closure.OPPOSED),
    9: call(ResultCode.DECEASED, details={"reported_by": "family"}, closure=Closure.DECEASED),
    10: call(HOLDER, under_tutelle=True, later_at=AT + timedelta(days=7)),
}


def with_act(number: int, kind: ActKind, **terms: Any) -> SavedCall:
    """The good record with other terms of an act, or with an act more."""
    good = GOOD[number]
    return replace(good, acts={**good.acts, kind: {**good.acts.get(kind, {}), **terms}})


WRONG: list[tuple[int, SavedCall, str]] = [
    (1, call(ResultCode.TECHNICAL), "ne compte pas comme un essai"),
    (1, call(ResultCode.BUSY), "pas « Occupé »"),
    (1, call(ResultCode.HUNG_UP), "le résultat est « Absent »"),
    (2, call(ResultCode.VOICEMAIL_NONE), "Un message neutre pouvait être laissé"),
    (2, call(ResultCode.NO_ANSWER), "pas « Absent »"),
    (3, call(ResultCode.REACHED_MANDATED), "aucun mandat"),
    (3, call(HOLDER), "rien n'est dit de la dette"),
    (3, replace(GOOD[3], details={"message_left": "none"}), "« rappelez-nous » pouvait"),
    (4, call(ResultCode.REFUSED), "60 jours"),
    (4, replace(GOOD[4], later_at=AT + timedelta(hours=1)), "un autre jour, le matin"),
    (4, replace(GOOD[4], later_at=None), "un autre jour, le matin"),
    (5, replace(GOOD[5], acts={}), "il manque l'échéancier"),
    (5, with_act(5, ActKind.PLAN_AGREED, amount_cents=47_999), "toute la dette, 480 €"),
    (5, with_act(5, ActKind.PLAN_AGREED, instalment_count=5), "six mensualités"),
    (5, with_act(5, ActKind.PLAN_AGREED, down_payment_cents=1), "sans rien verser avant"),
    (5, with_act(5, ActKind.PLAN_AGREED, frequency="weekly"), "six mensualités"),
    (5, replace(GOOD[5], closure=Closure.SETTLED), "rien n'est encore payé"),
    (6, replace(GOOD[6], acts={}), "il manque la demande d'aide"),
    (6, with_act(6, ActKind.AID_OPENED, fund="ccas"), "un autre accord"),
    (6, with_act(6, ActKind.AID_OPENED, papers=[]), "Il lui manque des pièces"),
    (6, with_act(6, ActKind.AID_OPENED, state="submitted"), "Il lui manque des pièces"),
    (6, with_act(6, ActKind.PLAN_AGREED, **PLAN), "ne rien pouvoir verser"),
    (6, replace(GOOD[6], closure=Closure.INFORMED_ONLY), "rien n'est décidé"),
    (7, replace(GOOD[7], acts={}), "il manque l'orientation"),
    (7, with_act(7, ActKind.REFERRAL, body="soliha"), "Point conseil budget"),
    (7, with_act(7, ActKind.REFERRAL, reason="housing"), "Point conseil budget"),
    (7, with_act(7, ActKind.REFERRAL, mode="coordinates_given"), "rien de personnel"),
    (7, with_act(7, ActKind.PAYS_FULL), "ne rien promettre"),
    (7, replace(GOOD[7], closure=Closure.INFORMED_ONLY), "« Orienté »"),
    (8, call(ResultCode.REFUSED), "ne vaut que pour 60 jours"),
    (8, call(ResultCode.HUNG_UP), "est retenté"),
    (9, call(ResultCode.THIRD_PARTY), "on ne rappelle plus jamais ce foyer"),
    (9, replace(GOOD[9], details={"reported_by": "neighbour"}), "choisissez « Famille »"),
    (10, with_act(10, ActKind.PLAN_AGREED, **PLAN), "n'accepte pas d'échéancier seule"),
    (10, replace(GOOD[10], under_tutelle=False), "La tutelle n'est pas notée"),
    (10, replace(GOOD[10], later_at=None), "Il manque une suite"),
    (10, replace(GOOD[10], closure=Closure.INFORMED_ONLY), "Il manque une suite"),
]


def test_the_ten_are_numbered_in_their_order() -> None:
    assert [story.number for story in STORIES] == list(range(1, 11))
    assert {number for number, _saved, _why in WRONG} == set(BY_NUMBER) == set(GOOD)


@pytest.mark.parametrize("number", GOOD)
def test_a_good_record_lacks_nothing(number: int) -> None:
    story = BY_NUMBER[number]
    told = compare(story, GOOD[number])
    assert (told.wrong, told.all_right) == ((), True)
    assert len(told.right) == 1 + len(story.checks)


@pytest.mark.parametrize(("number", "saved", "why"), WRONG)
def test_what_is_wrong_is_told_in_one_sentence(number: int, saved: SavedCall, why: str) -> None:
    told = compare(BY_NUMBER[number], saved)
    assert len(told.wrong) == 1
    assert why in told.wrong[0]


def test_another_result_is_told_alone() -> None:
    told = compare(BY_NUMBER[5], call(ResultCode.NO_ANSWER))
    assert (told.right, told.wrong) == ((), (BY_NUMBER[5].otherwise,))


@pytest.mark.parametrize(
    ("later", "right"),
    [
        (datetime(2026, 11, 24, 10, 59, tzinfo=UTC), True),  # one minute to noon in Paris
        (datetime(2026, 11, 24, 11, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 10, 0, tzinfo=UTC), False),  # the same morning
    ],
)
def test_a_morning_ends_at_noon(later: datetime, *, right: bool) -> None:
    told = compare(BY_NUMBER[4], replace(GOOD[4], later_at=later))
    assert told.all_right is right


def test_a_case_may_stay_followed() -> None:
    for number in (5, 6, 7):
        followed = replace(GOOD[number], closure=None)
        assert compare(BY_NUMBER[number], followed).all_right


def test_a_reference_tells_the_story() -> None:
    for story in STORIES:
        assert story_of(reference_of(story, 42)) is story
    assert story_of("ENT000001") is None  # of before the stories
    assert story_of("PERS11-000001") is None
