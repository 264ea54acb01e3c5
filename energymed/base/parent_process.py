"""A process that serves another one ends with it, however that one ended."""

import os
import signal
from threading import Thread, main_thread
from time import sleep

PARENT = "ENERGYMED_PARENT"  # in the environment of those that a server starts: its number
LOOK_EVERY_S = 1.0


def be_parent() -> None:
    """Let what this process starts from now on end with it."""
    os.environ[PARENT] = str(os.getpid())


def end_when_told() -> None:
    """Let a stop that comes while this process is still starting end it.

    A worker is a copy of its server, and has the server's way to take a stop until it serves: to
    note it for a loop that runs in the server alone. Such a stop was lost, and the server waited
    for a worker that had never heard it.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end_with_parent() -> None:
    """Ask this process to end, as a stop would, once the one that started it is gone.

    A parent that is killed tells nobody: its workers would answer on, with the code of before, and
    its scheduler run on beside the next one's. Does nothing in a process that no server started,
    and where the number of a parent never changes (Windows).
    """
    parent = int(os.environ.get(PARENT, "0"))
    if not parent or not hasattr(signal, "pthread_kill"):
        return

    def watch() -> None:
        while os.getppid() == parent:
            sleep(LOOK_EVERY_S)
        # to the main thread: one that sleeps is not woken by what another thread is told
        signal.pthread_kill(main_thread().ident or 0, signal.SIGTERM)

    Thread(target=watch, name="parent", daemon=True).start()
