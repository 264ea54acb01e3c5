"""Sees to it that a Chromium is there for the browser tests.

Debian's package when apt can install it, otherwise playwright's own download.
"""

import os
import shutil
import subprocess
import sys


def main() -> None:
    """Install a browser unless there is one."""
    if shutil.which("chromium"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *command], check=True, env=environment, stdout=sys.stderr)
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    main()
