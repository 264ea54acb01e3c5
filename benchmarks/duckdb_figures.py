"""The figures of a year by DuckDB, over the same SQLite file.

    PYTHON -m benchmarks.duckdb_figures FILE REPEATS < statement

Run by a Python that has `duckdb` and `duckdb-extension-sqlite-scanner`, of one version, from the
package registry: DuckDB would fetch its reader of SQLite files from a server of its own otherwise.
The statement names its tables "kept.case_file". Prints JSON: milliseconds of processor time, of
all threads, with the file attached, and with the tables that it needs read into memory first.
"""

import json
import re
import statistics
import sys
import time

MISSING = (
    "DuckDB is not here: pip install duckdb duckdb-extension-sqlite-scanner (of one version: "
    "1.5.5) into an environment of its own, and name its Python: --duckdb /that/bin/python"
)


def main() -> None:
    """Measure, and print."""
    try:
        import duckdb
        from duckdb_extensions import import_extension
    except ImportError:
        sys.exit(MISSING)
    file, repeats, words = sys.argv[1], int(sys.argv[2]), sys.stdin.read()
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    import_extension("sqlite_scanner", con=connection)
    connection.execute("LOAD sqlite_scanner")
    connection.execute(f"ATTACH '{file}' AS kept (TYPE sqlite, READ_ONLY)")
    attached = _measure(connection, words, repeats)
    for table in sorted(set(re.findall(r"kept\.(\w+)", words))):
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM kept.{table}")  # noqa: S608
    loaded = _measure(connection, words.replace("kept.", ""), repeats)
    rows = connection.execute(words.replace("kept.", ""))
    names = [column[0] for column in rows.description]
    values = dict(zip(names, (int(value or 0) for value in rows.fetchone()), strict=True))
    told = {"version": duckdb.__version__, "attached": attached, "in_memory": loaded}
    print(json.dumps({**told, "values": values}))  # noqa: T201


def _measure(connection: object, words: str, repeats: int) -> dict[str, float]:
    took, seconds = [], []
    for _each in range(repeats):
        begun, at = time.process_time(), time.perf_counter()
        connection.execute(words).fetchall()  # type: ignore[attr-defined]
        took.append(time.process_time() - begun)
        seconds.append(time.perf_counter() - at)
    return {
        "ms": round(statistics.median(took) * 1000, 1),
        "of": repeats,
        "ms_of_the_clock": round(statistics.median(seconds) * 1000, 1),
    }


if __name__ == "__main__":
    main()
