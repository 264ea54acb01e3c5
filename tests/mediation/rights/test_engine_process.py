"""The engine beside this process: loading, answering, failing, and being there again."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from energymed.base.errors import BadInput, TryLater
from energymed.mediation.rights.answers import Likelihood, Right, judge, question
from energymed.mediation.rights.engine_process import Engine, engine
from energymed.mediation.rights.household import Adult, Home, Housing

ECHO = "import sys\nprint('{}', flush=True)\nfor line in sys.stdin: print(line, end='', flush=True)"
DEAF = "import sys, time\nprint('{}', flush=True)\nsys.stdin.readline()\ntime.sleep(60)"
FALLING = "print('{}', flush=True)\ninput()\nraise SystemExit(1)"
LOADING = "import time\ntime.sleep(60)"
A, B = {"a": 1}, {"b": 2}
# euros of November 2026 by openfisca-france 176.1.8, its entities told one by one, in words
AS_TOLD = {
    Home((Adult(30),), rent_cents=45_000): (308, 573.49, 0, 0),
    Home(
        (Adult(40, 130_000),), (1, 8, 19), housing=Housing.SOCIAL_TENANT, rent_cents=52_000
    ): (402, 0, 198.72, 0),
    Home(
        (Adult(40, 90_050), Adult(38, other_cents=50_000)), (3, 8), rent_cents=65_000
    ): (336, 0, 179.36, 0),
    Home(
        (Adult(68, pension_cents=60_000), Adult(66)), housing=Housing.OWNER
    ): (0, 0, 0, 1020.18),
    Home(
        (Adult(24, 60_000), Adult(23)), (2,), housing=Housing.FURNISHED, rent_cents=40_000
    ): (295, 180.34, 359.10, 0),
}  # fmt: skip


@pytest.fixture
def started() -> Iterator[Callable[[str], Engine]]:
    running: list[Engine] = []

    def start(program: str) -> Engine:
        running.append(Engine((sys.executable, "-c", program), answer_s=5))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_it_answers_again_and_again_in_one_process(started: Callable[[str], Engine]) -> None:
    echo = started(ECHO)
    echo.start()
    assert echo.ask(A, 60) == A
    first = echo._child
    assert echo.ask(B, 60) == B
    assert echo._child is first


def test_one_that_has_ended_is_started_again(started: Callable[[str], Engine]) -> None:
    echo = started(ECHO)
    assert echo.ask(A, 60) == A
    assert echo._child is not None
    echo._child.kill()
    echo._child.wait()
    assert echo.ask(B, 60) == B


def test_one_that_falls_is_told_in_a_sentence(started: Callable[[str], Engine]) -> None:
    falling = started(FALLING)
    with pytest.raises(BadInput):
        falling.ask(A, 60)
    with pytest.raises(BadInput):
        falling.ask(B, 60)


def test_while_it_loads_one_is_asked_to_try_later(started: Callable[[str], Engine]) -> None:
    loading = started(LOADING)
    with pytest.raises(TryLater):
        loading.ask(A, patience_s=0.05)
    assert loading._child is not None
    assert loading._child.poll() is None  # it goes on loading


def test_a_question_given_up_never_answers_another(started: Callable[[str], Engine]) -> None:
    deaf = started(DEAF)
    with pytest.raises(TryLater):
        deaf.ask(A, patience_s=60)
    assert deaf._child is None


@pytest.mark.slow
@pytest.mark.once
def test_the_rights_of_households_whose_answer_is_known() -> None:
    """Openfisca-france itself: figures of 2026 (DOMAIN §14: RSA 651.69, ASPA 1 043.60 alone)."""
    try:
        assert _said(Adult(30)) >= {Right.HOUSING_AID, Right.RSA}
        assert Right.RSA not in _said(Adult(23))  # under 25, without a child
        assert _said(Adult(40, work_cents=130_000)) >= {Right.ACTIVITY_BONUS}
        assert _said(Adult(68, pension_cents=60_000)) >= {Right.ASPA}
        assert not _said(Adult(40, work_cents=400_000))
        assert Right.HOUSING_AID not in _said(Adult(30), housing=Housing.OWNER)
        for home, known in AS_TOLD.items():
            reckoned = engine.ask(question(home, date(2026, 11, 28)), 60)[1]
            assert [reckoned[right] for right in Right] == pytest.approx(known, abs=0.01)
        exact = engine.ask(question(Home((Adult(68),)), date(2026, 11, 28)), 60)
        assert exact[1][Right.ASPA] == pytest.approx(1043.60, abs=0.02)
        with pytest.raises(BadInput):
            engine.ask({"month": "2026-11"}, 60)
        assert _said(Adult(30))  # and is there again
    finally:
        engine.stop()


def _said(adult: Adult, housing: Housing = Housing.TENANT) -> set[Right]:
    home = Home((adult,), housing=housing, rent_cents=45_000)
    reckoned = engine.ask(question(home, date(2026, 11, 28)), 60)
    answers = judge(home, "26000", reckoned)
    return {each.right for each in answers if each.likelihood is Likelihood.PROBABLE}


def test_the_engine_imports_nothing_of_ours() -> None:
    from energymed.mediation.rights.engine_process import ENGINE

    assert "energymed." not in ENGINE.read_text(encoding="utf-8").replace("of energymed:", "")
    assert os.path.isfile(ENGINE)
