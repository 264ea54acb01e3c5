"""Makes `.venv` and installs exactly what `constraints.txt` names, by its hashes.

Run by `make`; needs nothing but Python >= 3.11. `uv` comes first because it installs the rest
in seconds, then the package itself, editable, so that `templates/` and `static/` stay in place.
"""

import importlib.util
import re
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BINARIES = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BINARIES / ("python.exe" if sys.platform == "win32" else "python")
CONSTRAINTS = ROOT / "constraints.txt"


def main() -> None:
    """Create the environment when missing or broken and bring it to the locked versions."""
    if sys.version_info < (3, 11):  # noqa: UP036  # the one place where an older Python may come
        sys.exit("energymed needs Python 3.11 or later: make PYTHON=python3.11 …")
    if not usable():
        create()
    with TemporaryDirectory() as folder:
        first = Path(folder) / "uv.txt"
        first.write_text(locked("uv"), encoding="utf-8")
        run(PYTHON, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", first)
    uv = (BINARIES / "uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON)
    run(*uv, "--require-hashes", "-r", CONSTRAINTS)
    run(*uv, "--no-deps", "--no-build-isolation", "-e", ROOT)


def usable() -> bool:
    """True when `.venv` holds a Python that runs and has pip."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0


def create() -> None:
    """Make `.venv`; Debian ships the part that does it as a package of its own."""
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python cannot make virtual environments: install python3-venv, then retry.")
    venv.create(VENV, clear=True, with_pip=True)


def locked(package: str) -> str:
    """The lines of the lock that name `package`, with its hashes."""
    text = CONSTRAINTS.read_text(encoding="utf-8")
    found = re.search(rf"^{package}==.*\n(?:[ \t]+.*\n)*", text, re.MULTILINE)
    if found is None:
        sys.exit(f"constraints.txt does not name {package}.")
    return found.group(0)


def run(*command: object) -> None:
    """Run a command; its failure ends the installation."""
    done = subprocess.run([str(part) for part in command])
    if done.returncode:
        sys.exit(f"Installation stopped: `{' '.join(map(str, command))}` failed.")


if __name__ == "__main__":
    main()
