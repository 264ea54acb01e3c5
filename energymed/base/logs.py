"""The log: JSON lines on stderr. What writes them is loaded by whoever writes the first one."""

import logging
import sys
from functools import cache
from typing import Any

_level = "info"


class Log:
    """A log of this name: `log.info("what_happened", count=3)`, and so for the other levels.

    Values are codes and counts, never a word on people.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, level: str) -> Any:
        return getattr(_writer(self.name), level)


def configure(level: str) -> None:
    """Write from `level` on."""
    global _level
    _level = level
    _writer.cache_clear()


@cache
def _writer(name: str) -> Any:
    import structlog  # takes longer to load than most commands to answer, and few of them log

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(_level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    return structlog.get_logger(name)
