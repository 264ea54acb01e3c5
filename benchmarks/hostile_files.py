"""How long texts that were made to take long are read, and what they cost the page of another.

    python -m benchmarks.hostile_files [--kilobytes 120] [--repeats 3]

Each text is read at that size and at four times the size: twice the time for twice the bytes is
as it should be. `page_ms` is the longest that a thread which only wants a millisecond now and then
had to wait meanwhile, as a mediator's page would. Prints JSON, in seconds of the clock.
"""

import argparse
import json
import statistics
import threading
import time
from contextlib import suppress

from energymed.base.errors import DomainError
from energymed.intake.reading.reader import read

TITLES = "Référence;Nom;Téléphone;Montant;Commentaire\n"
TEXTS = {
    "ordinary": "A1;DURAND;0639981122;12,50;rien\n",
    "open_quotes": 'x";"a\n',
    "every_line_open": 'A;"b\n',
    "one_line": 'x";"a',
    "one_line_of_cells": ";",
    "totals": "Total;" + "1" * 40 + "x;\n",
    "shapeless": "A1;DU\u200bRAND;06\u00a039 98 11 22;12,50;\u202a\n",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kilobytes", type=int, default=120)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    size = options.kilobytes * 1024
    found = {
        name: {
            "seconds": [_seconds(unit, times * size, options.repeats) for times in (1, 4)],
            "page_ms": round(_page(unit, 4 * size) * 1000, 1),
        }
        for name, unit in TEXTS.items()
    }
    print(json.dumps(found, indent=2))  # noqa: T201


def _seconds(unit: str, size: int, repeats: int) -> float:
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        _read(unit, size)
        spent.append(time.perf_counter() - start)
    return round(statistics.median(spent), 3)


def _page(unit: str, size: int) -> float:
    """The longest wait of somebody else while four such files are read."""
    readers = [threading.Thread(target=_read, args=(unit, size)) for _ in range(4)]
    for reader in readers:
        reader.start()
    longest = 0.0
    while any(reader.is_alive() for reader in readers):
        start = time.perf_counter()
        time.sleep(0.001)
        longest = max(longest, time.perf_counter() - start)
    return longest


def _read(unit: str, size: int) -> None:
    data = (TITLES + unit * (size // len(unit.encode()))).encode()
    with suppress(DomainError):
        read(data, "f.csv")


if __name__ == "__main__":
    main()
