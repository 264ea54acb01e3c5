"""placeholder"""

import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.databases import database_of
from benchmarks.harness import options, show
from benchmarks.survival.installation import Installation
from benchmarks.survival.hindered import full_disk, read_only


def main() -> None:
    given = options(__doc__, times=20, database="sqlite", cases=2000, mediators=24, rows=20000)
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        show(read_only(given.database, folder))
        show(full_disk(given.database, folder))


main()
