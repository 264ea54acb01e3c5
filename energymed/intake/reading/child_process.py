"""Files are read beside the web: in a process of its own, with bounds, and after everybody else.

Whatever a file asks for is asked of that process: the pages of others neither wait for it nor
fall with it.
"""

import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from energymed.base.errors import BadInput, TryLater
from energymed.base.i18n import N_

AT_ONCE = 2  # files that are read at the same time
_PATIENCE_S = 10
_NICENESS = 10
_places = BoundedSemaphore(AT_ONCE)

BUSY = N_("Plusieurs fichiers sont en cours de lecture : réessayez dans une minute.")


def run_beside(
    script: Path, data: bytes, *arguments: str, seconds: int, memory: int, failure: BadInput
) -> bytes:
    """What a script of this folder makes of `data`, both by its standard streams.

    `seconds` bound its time on the clock and on the processor, `memory` is in bytes.

    Raises:
        BadInput: `failure`, when it fails or takes more.
        TryLater: others are being read, and nobody should wait that long.
    """
    if not _places.acquire(timeout=_PATIENCE_S):
        raise TryLater(BUSY)
    try:
        return _run([sys.executable, "-I", str(script), *arguments], data, seconds, memory)
    except subprocess.SubprocessError as error:
        raise failure from error
    finally:
        _places.release()


def _run(command: list[str], data: bytes, seconds: int, memory: int) -> bytes:
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        _bound(child.pid, seconds, memory)  # it waits for its first byte
        try:
            answer, _ = child.communicate(data, timeout=seconds)
        except BaseException:
            child.kill()
            raise
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return answer


def _bound(child: int, seconds: int, memory: int) -> None:
    """Cap what a process may take, where the system knows how to (Linux)."""
    if sys.platform != "linux":
        return
    import resource

    try:
        os.setpriority(os.PRIO_PROCESS, child, _NICENESS)
        resource.prlimit(child, resource.RLIMIT_AS, (memory, memory))
        resource.prlimit(child, resource.RLIMIT_CPU, (seconds, seconds))
    except ProcessLookupError:  # it has failed already: its answer tells
        return
