"""What a demo keeps in its folder, for every process of it: its clock and its logins.

`instance/demo.toml` is written by `energymed demo` alone, and read where the environment is the
demo's: a real installation never looks at it.
"""

import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

NAME = "demo.toml"
HEAD = "# L'horloge et les comptes de la démonstration : écrits par « energymed demo ».\n"


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One person of the invented association, and how to sign in as that person."""

    role: str
    email: str
    password: str
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class DemoFile:
    """`clock_shift_s`: by how many seconds the demo lives ahead of the real clock."""

    clock_shift_s: int = 0
    logins: tuple[DemoLogin, ...] = ()


def read_demo_file(instance: Path) -> DemoFile:
    """What the folder says; the real clock and no logins where it says nothing."""
    path = instance / NAME
    if not path.exists():
        return DemoFile()
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    logins = tuple(DemoLogin(**login) for login in found.get("logins", ()))
    return DemoFile(int(found.get("clock_shift_s", 0)), logins)


def write_demo_file(instance: Path, demo: DemoFile) -> None:
    """Keep it, whole or not at all: another process may be reading."""
    lines = [HEAD, f"clock_shift_s = {demo.clock_shift_s}\n"]
    for login in demo.logins:
        lines.append("\n[[logins]]\n")
        for name in DemoLogin.__slots__:
            # a JSON string is a basic string of TOML
            lines.append(f"{name} = {json.dumps(getattr(login, name), ensure_ascii=False)}\n")
    draft = instance / f"{NAME}.{os.getpid()}.tmp"
    draft.write_text("".join(lines), encoding="utf-8")
    draft.replace(instance / NAME)
