"""Imports modules of energymed, each in a process of its own that has none of them yet.

    python -m tests.guards.alone PART PARTS

Libraries and compiled modules are loaded once, in the process that the others are forked from:
that makes a hundredth of a second of each. Mappers are configured once for each set of models
that a module brings along. Prints each module that fails, with why.
"""

import gc
import importlib
import os
import sys
import traceback
from importlib.machinery import SourceFileLoader
from types import CodeType

from sqlalchemy.orm import configure_mappers

from tests.guards.source import ROOT, python_files

_code: dict[str, CodeType | None] = {}
_read_code = SourceFileLoader.get_code


def names() -> list[str]:
    """Every module of energymed but the migrations and what starts the command."""
    found = []
    for path in python_files("energymed"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] != "__main__":
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


def forget() -> None:
    """As if energymed had never been imported; libraries stay."""
    for name in [name for name in sys.modules if name.split(".")[0] == "energymed"]:
        del sys.modules[name]


def in_a_child(name: str, *, mappers: bool = False) -> tuple[bool, str]:
    """Import one module in a child; whether that went well, and the models that came along."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading) as answer:
            models = answer.read()
        return os.waitpid(child, 0)[1] == 0, models
    try:
        importlib.import_module(name)
        if mappers:
            configure_mappers()
        models = " ".join(sorted(each for each in sys.modules if each.endswith(".models")))
        os.write(writing, models.encode())
    except BaseException:
        sys.stdout.write(f"{name} cannot be used alone:\n{traceback.format_exc()}\n")
        sys.stdout.flush()
        os._exit(1)
    os._exit(0)


def main() -> int:
    """Import this part's modules; 1 when one of them failed."""
    part, parts = (int(argument) for argument in sys.argv[1:])
    SourceFileLoader.get_code = remembered  # type: ignore[method-assign]
    for name in names():
        importlib.import_module(name)
    forget()
    gc.freeze()
    gc.disable()
    fine, by_models = True, dict[str, str]()
    for name in names()[part::parts]:
        went_well, models = in_a_child(name)
        fine = fine and went_well
        by_models.setdefault(models, name)
    mapped = [in_a_child(name, mappers=True)[0] for name in by_models.values()]
    return 0 if fine and all(mapped) else 1


def remembered(loader: SourceFileLoader, name: str) -> CodeType | None:
    """The code of a module, read from its file once."""
    if name not in _code:
        _code[name] = _read_code(loader, name)
    return _code[name]


if __name__ == "__main__":
    sys.exit(main())
