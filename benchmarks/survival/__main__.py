"""placeholder"""
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.databases import database_of
from benchmarks.harness import options, show
from benchmarks.survival.installation import Installation
from benchmarks.survival.kills import kill_all
from benchmarks.survival.full_disk import fill_disk


def main() -> None:
    given = options(__doc__, times=20, database="sqlite", cases=600, mediators=24)
    with TemporaryDirectory() as name:
        folder = Path(name)
        show(fill_disk(given.database, folder))

main()
