"""placeholder"""
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.databases import database_of
from benchmarks.harness import options, show
from benchmarks.survival.installation import Installation
from benchmarks.survival.power_cut import cost_of_waiting
from benchmarks.survival.children import Child, Tell, answer
from benchmarks.survival.with_files import first_file, take_in


def main() -> None:
    given = options(__doc__, times=20, database="sqlite", cases=4000, mediators=100, rows=20000)
    with TemporaryDirectory() as name:
        folder = Path(name)
        installation = Installation(database_of(given.database, folder), cases=given.cases, mediators=given.mediators)
        answer(lambda _tell: take_in(first_file(folder)))
        show(cost_of_waiting(installation, given.times))

main()
