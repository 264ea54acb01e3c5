"""Makes `.venv` and installs exactly what `constraints.txt` names, by its hashes.

Run by `make`; needs nothing but Python >= 3.11. `uv` comes first because it installs the rest
in seconds, then the package itself, editable, so that `templates/` and `static/` stay in place.
"""

import re
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import NamedTemporaryFile

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"


def main() -> None:
    """Create the environment when missing and bring it to the locked versions."""
    if sys.version_info < (3, 11):  # noqa: UP036  # the one place where an older Python may come
        sys.exit("energymed needs Python 3.11 or later.")
    binaries = VENV / ("Scripts" if sys.platform == "win32" else "bin")
    python = binaries / "python"
    if not python.exists() and not python.with_suffix(".exe").exists():
        venv.create(VENV, with_pip=True)
    with NamedTemporaryFile("w", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(locked("uv"))
    run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", file.name)
    Path(file.name).unlink()
    uv = (binaries / "uv", "pip", "install", "--quiet", "--python", python)
    run(*uv, "--require-hashes", "-r", CONSTRAINTS)
    run(*uv, "--no-deps", "--no-build-isolation", "-e", ROOT)


def locked(package: str) -> str:
    """The lines of the lock that name `package`, with its hashes."""
    text = CONSTRAINTS.read_text(encoding="utf-8")
    found = re.search(rf"^{package}==.*?(?=^\S)", text, re.MULTILINE | re.DOTALL)
    if found is None:
        sys.exit(f"constraints.txt does not name {package}.")
    return found.group(0)


def run(*command: object) -> None:
    """Run a command; its failure ends the installation."""
    subprocess.run([str(part) for part in command], check=True)


if __name__ == "__main__":
    main()
