"""placeholder"""
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.databases import database_of
from benchmarks.harness import options, show
from benchmarks.survival.installation import Installation
from benchmarks.survival.long_import import import_beside_people


def main() -> None:
    given = options(__doc__, times=20, database="sqlite", cases=2000, mediators=24, rows=20000)
    with TemporaryDirectory() as name:
        folder = Path(name)
        installation = Installation(database_of(given.database, folder), cases=given.cases, mediators=given.mediators)
        show(import_beside_people(installation, given.rows, 8))

main()
