"""The one clock: real in production whatever is asked, at another time for a demo."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from energymed import create_app
from energymed.base import clock
from energymed.config import load_settings

REAL = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)  # a Saturday night


@pytest.fixture(autouse=True)
def real_clock_afterwards() -> Iterator[None]:
    yield
    clock.shift_clock(timedelta(0))


@pytest.mark.parametrize(("environment", "shift_s"), [("demo", -3600), ("production", 0)])
def test_only_a_demo_lives_at_another_time(tmp_path: Path, environment: str, shift_s: int) -> None:
    asked = {
        "ENERGYMED_INSTANCE": str(tmp_path),
        "ENERGYMED_ENVIRONMENT": environment,
        "ENERGYMED_CLOCK_SHIFT_S": "-3600",
    }
    create_app(load_settings(asked), serving=False)
    with time_machine.travel(REAL, tick=False):
        assert clock.now() == REAL + timedelta(seconds=shift_s)
