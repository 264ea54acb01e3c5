"""The one clock: real in production whatever is asked, at another time for a demo."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from energymed import create_app
from energymed.base import clock
from energymed.base.errors import Unusable
from energymed.config import load_settings
from energymed.demo_file import DemoFile, DemoLogin, read_demo_file, write_demo_file

LOGIN = DemoLogin("admin", "admin@demo.example.org", "demo-energymed", "Hélène", "Dijon")
REAL = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)  # a Saturday night


@pytest.fixture(autouse=True)
def real_clock_afterwards() -> Iterator[None]:
    yield
    clock.shift_clock(timedelta(0))


def asked(folder: Path, environment: str, **given: str) -> dict[str, str]:
    return {"ENERGYMED_INSTANCE": str(folder), "ENERGYMED_ENVIRONMENT": environment, **given}


def live(environ: dict[str, str]) -> timedelta:
    """By how much a process of that environment lives at another time."""
    create_app(load_settings(environ), serving=False)
    with time_machine.travel(REAL, tick=False):
        return clock.now() - REAL


def test_a_demo_lives_by_the_clock_that_its_folder_keeps(tmp_path: Path) -> None:
    assert live(asked(tmp_path, "demo")) == timedelta(0)
    write_demo_file(tmp_path, DemoFile(clock_shift_s=124_200))
    assert live(asked(tmp_path, "demo")) == timedelta(hours=34, minutes=30)
    assert live(asked(tmp_path, "demo", ENERGYMED_CLOCK_SHIFT_S="-3600")) == timedelta(hours=-1)
    assert live(asked(tmp_path, "demo", ENERGYMED_CLOCK_SHIFT_S="0")) == timedelta(0)


def test_a_real_installation_lives_now_whatever_a_demo_left_behind(tmp_path: Path) -> None:
    write_demo_file(tmp_path, DemoFile(clock_shift_s=124_200, logins=(LOGIN,)))
    assert live(asked(tmp_path, "production")) == timedelta(0)
    assert live(asked(tmp_path, "production", ENERGYMED_CLOCK_SHIFT_S="0")) == timedelta(0)
    assert load_settings(asked(tmp_path, "production")).demo_logins == ()


@pytest.mark.parametrize("given", ["-3600", "1"])
def test_a_real_installation_refuses_another_time(tmp_path: Path, given: str) -> None:
    environ = asked(tmp_path, "production", ENERGYMED_CLOCK_SHIFT_S=given)
    with pytest.raises(Unusable, match="vit à l'heure réelle"):
        load_settings(environ)
    (tmp_path / "energymed.toml").write_text(f"clock_shift_s = {given}\n", encoding="utf-8")
    with pytest.raises(Unusable, match="vit à l'heure réelle"):
        load_settings(asked(tmp_path, "production"))


def test_what_a_demo_keeps_is_read_as_it_was_written(tmp_path: Path) -> None:
    odd = DemoLogin("lead", "a@b.fr", 'mot "de" passe\\', "Éloïse d'Été", "Dijon\tBeaune")
    kept = DemoFile(-60, (LOGIN, odd))
    assert read_demo_file(tmp_path) == DemoFile()
    write_demo_file(tmp_path, kept)
    assert read_demo_file(tmp_path) == kept
    assert [path.name for path in tmp_path.iterdir()] == ["demo.toml"]
