"""Whether what people were told stays true when something fails in the middle of the work.

    python -m benchmarks.survival [--database sqlite|postgresql] [--times 1000] [--only PARTS]

Parts, by their names with commas: `claim`, `save`, `import`, `payments`, `undo`, `export`,
`delivery`, `backup` and `upgrade` are killed (SIGKILL), `--times` in all; `full_disk` and
`read_only` try each of them in vain and again (as root: they mount a small disk); `held_lock`,
`long_import`, `two_servers`, `two_schedulers`, `silent_gateways` and `gone_and_back` (PostgreSQL)
have people at work at real servers; `clock_back` and `summer_time` move the clock; `power_cut`
(SQLite) measures what it costs that a save is on the disk.

After each: the database is sound, nothing is half-written, and whatever was told as done is there.
Prints JSON for each part; ends with 1 when anything was wrong.
"""

import sys
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import database_of
from benchmarks.harness import options, show
from benchmarks.survival.around_servers import (
    beside_people,
    gone_and_back,
    held_lock,
    long_import,
    two_servers,
)
from benchmarks.survival.clocks import put_back, summer_time
from benchmarks.survival.gateways import silent_gateways, two_schedulers
from benchmarks.survival.hindered import full_disk, read_only
from benchmarks.survival.installation import Installation
from benchmarks.survival.kills import OPERATIONS, kill_one_kind
from benchmarks.survival.power_cut import cost_of_waiting
from benchmarks.survival.upgrading import kill_upgrades

KILLED = len(OPERATIONS) + 1
HELD_S, AWAY_S = 10.0, 10.0
MESSAGES = 40
Part = Callable[[], dict[str, Any]]


class Run:
    """One run of the parts that were asked for."""

    def __init__(self, given: Any, folder: Path) -> None:
        self.given, self.folder = given, folder
        self.random = Random(20261123)  # noqa: S311  # the same moments every run
        self.kills = max(1, given.times // KILLED)

    @cached_property
    def installation(self) -> Installation:
        """The one that most of the parts work on, one after the other."""
        given = self.given
        database = database_of(given.database, self.folder)
        return Installation(database, cases=given.cases, mediators=given.mediators)

    def parts(self) -> dict[str, Part]:
        """What can be asked for, in the order in which it is done."""
        given, kind = self.given, self.given.database
        here: dict[str, Callable[[Installation], dict[str, Any]]] = {
            "upgrade": partial(kill_upgrades, times=self.kills, random=self.random),
            **{
                one.name: partial(kill_one_kind, kind=one, times=self.kills, random=self.random)
                for one in OPERATIONS
            },
            "clock_back": put_back,
            "summer_time": summer_time,
            "power_cut": partial(cost_of_waiting, times=given.presses),
            "two_schedulers": partial(two_schedulers, messages=MESSAGES),
            "silent_gateways": partial(silent_gateways, messages=MESSAGES, people=given.people),
            "two_servers": partial(two_servers, people=given.people // 2),
            "held_lock": lambda one: self._beside(one, held_lock(one, HELD_S)),
            "gone_and_back": lambda one: self._beside(one, gone_and_back(one, AWAY_S)),
            "long_import": lambda one: self._beside(one, long_import(one, given.rows)),
        }
        del here["power_cut" if kind == "postgresql" else "gone_and_back"]
        return {
            **{name: partial(self._here, part) for name, part in here.items()},
            "read_only": partial(read_only, kind, self.folder),
            "full_disk": partial(full_disk, kind, self.folder),
        }

    def _here(self, part: Callable[[Installation], dict[str, Any]]) -> dict[str, Any]:
        self.installation.use()
        return part(self.installation)

    def _beside(self, installation: Installation, accident: Any) -> dict[str, Any]:
        return beside_people(installation, accident, people=self.given.people)


def main() -> None:
    """Do what was asked for, and say what was wrong."""
    given = options(
        __doc__, times=1_000, database="sqlite", only="", cases=4_000, mediators=60, people=8,
        rows=20_000, presses=40,
    )  # fmt: skip
    violations = 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL is somebody else here
        parts = Run(given, folder).parts()
        wanted = given.only.split(",") if given.only else list(parts)
        if unknown := set(wanted) - set(parts):
            sys.exit(f"no such part: {', '.join(unknown)} (of {', '.join(parts)})")
        for name in (name for name in parts if name in wanted):
            found = parts[name]()
            violations += found.get("violations", 0)
            show({name: found})
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
