"""Sees to it that a Chromium is there for the browser tests.

Debian's package when apt can install it, otherwise playwright's own download.
"""

import os
import shutil
import subprocess
import sys

APT = "apt-get"
PACKAGES = ("chromium", "fonts-liberation")


def main() -> None:
    """Install a browser unless there is one."""
    if shutil.which("chromium"):
        return
    prefix = privilege()
    if shutil.which(APT) and prefix is not None:
        run(*prefix, APT, "update", "-qq")
        run(*prefix, APT, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES)
        return
    run(sys.executable, "-m", "playwright", "install", "chromium")


def privilege() -> tuple[str, ...] | None:
    """What to put before a command that needs root; None when root is out of reach."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return ()
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return (sudo, "-n")
    return None


def run(*command: str) -> None:
    """Run a command, its talk on stderr; ends with a sentence when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdout=sys.stderr)
    if done.returncode:
        sys.exit(f"No browser for the tests: `{' '.join(command)}` failed.")


if __name__ == "__main__":
    main()
