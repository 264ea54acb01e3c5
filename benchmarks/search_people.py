"""What a search for people costs among 250 000, of every kind that is typed.

    python -m benchmarks.search_people [--people 250000] [--repeats 5]
                                       [--database sqlite|postgresql]

Everybody is of one site, with an invented name out of many thousands, a phone, an address and a
case. Each search is what the page of an incoming call does before it renders: whoever may be
meant, with all their cases. `cpu_ms` is the processor's time of this process (SQLite works in it),
`wall_ms` what passed meanwhile (PostgreSQL works beside): medians of some searches of a kind. The
floor is reading the cases of twenty people by their ids, with nothing searched; `over_floor` is a
search beside it. `missed` are the searches that did not find whom they were meant for. Prints JSON.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import database_of
from energymed.accounts.service import site_by_code
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.db.bulk import at_scale, insert_rows, insert_with_ids
from energymed.base.text.folding import name_key
from energymed.cases import search, search_index
from energymed.cases.models import Case, Household, Person, Phone
from energymed.cli.common import app_context
from energymed.partners.service import partner_by_code

OPENED = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
STARTS = (
    "ba", "be", "bou", "bra", "ca", "cha", "che", "clé", "co", "da", "de", "du", "fa", "fou", "ga",
    "gau", "gi", "gra", "gui", "ha", "jac", "jou", "la", "le", "lu", "ma", "me", "mo", "na", "or",
    "pa", "pé", "pi", "pra", "qui", "ra", "re", "ri", "ro", "sa", "se", "ta", "thi", "va", "vi",
)  # fmt: skip
MIDDLES = (
    "", "ba", "bi", "co", "de", "di", "gé", "la", "le", "li", "lo", "ma", "mi", "na", "ni", "pa",
    "quo", "ra", "ri", "sa", "so", "ta", "ti", "vi",
)  # fmt: skip
ENDS = (
    "ud", "ult", "rd", "nd", "not", "n", "net", "ne", "rt", "rel", "s", "ssin", "ux", "y", "teau",
    "tier", "ze", "lle", "llon", "mbert", "ndeau", "nnet", "pin", "que", "sson", "val", "vre",
)  # fmt: skip
FIRST_NAMES = (
    "Marie", "Jean", "Nadia", "Paul", "Isabelle", "Mohamed", "Lucie", "Antoine", "Zoé", "Rachid",
    "Chantal", "Michel", "Fatima", "Jean-Luc", "Hélène", "Kevin", "Yvette", "Seydou", "Ana", "Léo",
)  # fmt: skip
STREETS = ("rue des Lilas", "avenue Félix Faure", "impasse du Moulin", "rue de la République")
COMMUNES = (("26000", "Valence"), ("26290", "Donzère"), ("26110", "Nyons"), ("26150", "Die"))


def main() -> None:
    """Measure and print; the database is made in a child, so that nothing is warm."""
    options = _options()
    if options.child:
        print(json.dumps(_measured(options)))  # noqa: T201
        return
    with TemporaryDirectory() as folder:
        database = database_of(options.database, Path(folder))
        database.prepare()
        command = [sys.executable, "-m", "benchmarks.search_people", "--child", *sys.argv[1:]]
        done = subprocess.run(
            command, env=database.base.environment, stdout=subprocess.PIPE, text=True, check=True
        )
    told = {"database": options.database, "people": options.people, **json.loads(done.stdout)}
    print(json.dumps(told, indent=2, ensure_ascii=False))  # noqa: T201


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    pick = Random(7)  # noqa: S311  # the same people at every run
    with app_context():
        with transaction() as session, at_scale(session):
            people = _fill(session, options.people, pick)
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        ctx = Context(db.session(), SYSTEM)
        some = [pick.choice(people) for _ in range(options.repeats)]
        ids = [one["person_id"] for one in people[:20]]
        floor = _timed(lambda _typed: search.cases_of(ctx, ids), [""] * options.repeats)
        kinds = {}
        missed = []
        for kind, spell in KINDS.items():
            told = _timed(lambda typed: search.find_people(ctx, typed), [spell(p) for p in some])
            over = told["cpu_ms"] / floor["cpu_ms"]
            kinds[kind] = told | {"over_floor": round(over, 1)}
            if kind not in MANY:
                missed += [f"{kind}: {spell(one)}" for one in some if not _finds(ctx, spell, one)]
        db.session.remove()
    worst = max(kinds.values(), key=lambda told: told["cpu_ms"])["cpu_ms"]
    return {"floor": floor, "kinds": kinds, "worst_cpu_ms": worst, "missed": missed}


def _finds(ctx: Context, spell: Callable[[dict[str, Any]], str], one: dict[str, Any]) -> bool:
    wanted = {one["person_id"]}
    return any(
        case.person_id in wanted or case.person.name_key == one["name_key"]
        for found in search.find_people(ctx, spell(one))
        for case in found.cases
    )


def _timed(search_for: Callable[[str], object], texts: list[str]) -> dict[str, float]:
    cpu, wall = [], []
    for text in texts:
        db.session.expire_all()
        start, began = time.process_time(), time.perf_counter()
        search_for(text)
        cpu.append(time.process_time() - start)
        wall.append(time.perf_counter() - began)
    return {
        "cpu_ms": round(statistics.median(cpu) * 1000, 1),
        "most_cpu_ms": round(max(cpu) * 1000, 1),
        "wall_ms": round(statistics.median(wall) * 1000, 1),
    }


def _misspelled(word: str) -> str:
    """Two letters changed places in the middle of it."""
    at = len(word) // 2
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _by_ear(word: str) -> str:
    """As one writes what one hears."""
    for written, heard in (("qu", "k"), ("ph", "f"), ("eau", "o"), ("y", "i"), ("ai", "e")):
        word = word.replace(written, heard)
    return word.removesuffix("s").removesuffix("t").removesuffix("x")


KINDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "surname": lambda one: one["last"],
    "title and whole name": lambda one: f"Mme {one['last']} {one['first']}",
    "first name first": lambda one: f"{one['first']} {one['last']}".lower(),
    "first name alone": lambda one: one["first"],
    "misspelled": lambda one: f"{one['first']} {_misspelled(one['last'])}",
    "by ear": lambda one: f"{_by_ear(one['last'].lower())} {one['first']}",
    "begun, and the commune": lambda one: f"{one['last'][:4]} {one['commune']}",
    "street": lambda one: one["street"],
    "nobody": lambda one: f"xx{one['last']}zz",
    "number": lambda one: "0" + one["e164"][3:],
    "last four figures": lambda one: one["e164"][-4:],
    "reference": lambda one: one["reference"],
    "delivery point": lambda one: one["pdl"],
}

MANY = {"first name alone", "begun, and the commune", "street", "nobody", "last four figures"}


def _fill(session: Any, count: int, pick: Random) -> list[dict[str, Any]]:
    partner = partner_by_code(session, "edf").id
    site = site_by_code(session, "pdp").id
    drafts = list(_drafts(count, pick))
    homes = insert_with_ids(session, Household, [{"site_id": site}] * count)
    where = {"partner_id": partner, "site_id": site}
    rows = [
        {
            **where, "household_id": home, "last_name": one["last"], "first_name": one["first"],
            "name_key": one["name_key"], "created_at": OPENED,
        }
        for one, home in zip(drafts, homes, strict=True)
    ]  # fmt: skip
    for one, person_id in zip(drafts, insert_with_ids(session, Person, rows), strict=True):
        one["person_id"] = person_id
    phones = [
        {
            "person_id": one["person_id"], "e164": one["e164"], "ending": one["e164"][-4:],
            "position": 1,
        }
        for one in drafts
    ]  # fmt: skip
    insert_rows(session, Phone, phones)
    search_index.keep_names(session, (one["name_key"] for one in drafts))
    places = search_index.place_ids(session, map(_place, drafts))
    cases = [
        {
            "place_id": places[_place(one)],
            **where, "campaign_kind": "unpaid_bill", "reference": one["reference"],
            "person_id": one["person_id"], "address": one["street"], "commune": one["commune"],
            "postal_code": one["code"], "delivery_point": one["pdl"], "opened_at": OPENED,
        }
        for one in drafts
    ]  # fmt: skip
    insert_rows(session, Case, cases)
    return drafts


def _place(one: dict[str, Any]) -> search_index.Place:
    return one["street"], one["code"], one["commune"]


def _drafts(count: int, pick: Random) -> Iterator[dict[str, Any]]:
    for number in range(count):
        last = (pick.choice(STARTS) + pick.choice(MIDDLES) + pick.choice(ENDS)).upper()
        first = pick.choice(FIRST_NAMES)
        code, commune = pick.choice(COMMUNES)
        yield {
            "last": last, "first": first, "name_key": name_key(last, first), "code": code,
            "commune": commune, "street": f"{number % 140 + 1} {pick.choice(STREETS)}",
            "e164": f"+336{number * 37 % 10**8:08d}", "reference": f"EDF{number:09d}",
            "pdl": f"{26_000_000_000_000 + number}",
        }  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=250_000)
    parser.add_argument("--repeats", type=int, default=5, help="searches of a kind")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
