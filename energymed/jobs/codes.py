"""Codes of the room: what became of a run."""

from energymed.base.codes import Code


class RunState(Code):
    """What became of a job's run."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
