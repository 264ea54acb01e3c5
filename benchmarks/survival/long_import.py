"""A long import while people work: how long the others wait, and whether it says so."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.files import weekly_file
from benchmarks.survival.installation import Installation
from benchmarks.survival.people import at_work, lost, served, told
from benchmarks.survival.soundness import wrong_with


def import_beside_people(installation: Installation, rows: int, workers: int) -> dict[str, Any]:
    """Import a large file by the command line while people save and read."""
    path = Path(installation.folder) / "large.csv"
    path.write_bytes(weekly_file(range(1_000_000, 1_000_000 + rows)))
    command = [sys.executable, "-m", "energymed", "import", str(path), "--partner", "edf"]
    with (
        served("--workers", "2") as url,
        at_work(installation, url, workers=workers, readers=2) as people,
    ):
        time.sleep(3)
        begun = time.monotonic()
        done = subprocess.run([*command, "--site", "pdp", "--json"], capture_output=True)
        lasted = time.monotonic() - begun
        time.sleep(2)
    with installation.looked_at() as connection:
        wrong = lost(connection, people) + wrong_with(connection)
    if done.returncode:
        wrong.append(done.stderr.decode())
    return {
        "rows": rows, "import_s": round(lasted, 1), **told(people), "violations": len(wrong),
        **({"wrong": wrong[:5]} if wrong else {}),
    }  # fmt: skip
