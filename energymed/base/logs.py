"""The log: JSON lines on stderr, ours and those of the libraries.

What was bound to the context stands in every line: the number of the request, or the job and its
run. What writes them is loaded by whoever writes the first one.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
        return getattr(_logs().get_logger(self.name), level)


class ToOurs(logging.Handler):
    """Passes what a library says on to our log: its warnings would stand there as mere text."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line, under the name of the library's logger."""
        try:
            _logs().get_logger(record.name).log(
                record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
            )
        except Exception:  # a log that cannot be written stops nobody
            self.handleError(record)


def configure(level: str) -> None:
    """Write from `level` on."""
    global _level
    _level = level
    _logs.cache_clear()
    root = logging.getLogger()
    if not any(isinstance(handler, ToOurs) for handler in root.handlers):
        root.addHandler(ToOurs(logging.WARNING))
    if "structlog" in sys.modules:  # whoever loaded it logs, and need not wait for the first line
        _logs()


def bound(name: str) -> Any:
    """What stands under this name in every line of the log now; None when there is none."""
    structlog = sys.modules.get("structlog")  # nothing was bound where it is not loaded
    return None if structlog is None else structlog.contextvars.get_contextvars().get(name)


@contextmanager
def binding(**values: Any) -> Iterator[None]:
    """Have these stand in every line that is written inside."""
    with _logs().contextvars.bound_contextvars(**values):
        yield


@cache
def _logs() -> Any:
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
    return structlog
