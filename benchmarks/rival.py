"""Beside django-import-export, the library that a Python developer would pick, as it comes.

    python -m benchmarks.rival [--rows 20000] [--known 40000]

Both import the same weekly file of 18 columns, half new and half changed, into SQLite files that
hold the known cases already. The library gets what it is made for: one table with the file's
columns, the reference as import id and indexed, its default settings (a look-up, a comparison, a
save and a report line for each row). It neither recognises people nor keeps a ledger, a history
of each line or what an undo needs; energymed does all of it. The library is installed from the
package registry into a folder that is thrown away. Prints JSON: rows a second of each, and how
many times the one is the other.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.databases import database_of
from benchmarks.files import HEADERS, weekly_file
from benchmarks.harness import options, show
from benchmarks.intake import measured_import

LIBRARY = "django-import-export==4.4.3"
CHILD = """
import json, sys, time
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["import_export"], USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
)
django.setup()
from django.db import connection, models
from import_export.resources import modelresource_factory
import tablib

headers = json.loads(sys.argv[2])
fields = {f"c{at}": models.CharField(max_length=250, blank=True) for at in range(1, len(headers))}
fields["c0"] = models.CharField(max_length=60, unique=True)
Case = type("Case", (models.Model,), {
    **fields, "__module__": "rival", "Meta": type("Meta", (), {"app_label": "import_export"}),
})
with connection.schema_editor() as editor:
    editor.create_model(Case)
Resource = modelresource_factory(Case, meta_options={"import_id_fields": ["c0"], "exclude": ["id"]})

def bring(path):
    with open(path, encoding="utf-8", newline="") as file:
        data = tablib.Dataset().load(file.read(), format="csv", delimiter=";")
    data.headers = [f"c{at}" for at in range(len(headers))]
    result = Resource().import_data(data, dry_run=False, raise_errors=True)
    return result.totals

with open(sys.argv[4], encoding="utf-8") as file:
    known = json.load(file)  # written the quick way: only the week is measured
Case.objects.bulk_create(
    Case(**{f"c{at}": cell for at, cell in enumerate(line)}) for line in known
)
start = time.perf_counter()
totals = bring(sys.argv[3])
print(json.dumps({"seconds": time.perf_counter() - start, "totals": totals}))
"""


def main() -> None:
    """Measure both and print."""
    given = options(__doc__, rows=20_000, known=40_000)
    rows, known = given.rows, given.known
    with TemporaryDirectory() as name:
        folder = Path(name)
        database = database_of("sqlite", folder)
        before, week = folder / "before.csv", folder / "week.csv"
        before.write_bytes(weekly_file(range(1, known + 1)))
        week.write_bytes(weekly_file(range(known - rows // 2 + 1, known + rows // 2 + 1), week=1))
        database.prepare()
        measured_import(database.base, before)
        ours = measured_import(database.base, week)["seconds"]
        theirs = _theirs(folder, before, week)
    show(
        {
            "rows": rows,
            "known": known,
            "energymed_rows_s": round(rows / ours),
            "django_import_export_rows_s": round(rows / theirs),
            "times_as_fast": round(theirs / ours, 1),
        }
    )


def _theirs(folder: Path, before: Path, week: Path) -> float:
    """Seconds that the library takes for the week, in an environment of its own."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", LIBRARY], check=True)
    known = folder / "known.json"
    lines = before.read_text("utf-8").splitlines()[1:]
    known.write_text(json.dumps([line.split(";") for line in lines]), "utf-8")
    done = subprocess.run(
        [python, "-c", CHILD, folder / "rival.sqlite", json.dumps(HEADERS), week, known],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        sys.exit(done.stderr)
    return float(json.loads(done.stdout)["seconds"])


if __name__ == "__main__":
    main()
