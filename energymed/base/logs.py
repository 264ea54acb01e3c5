"""The log: JSON lines on stderr, ours and those of the libraries.

What was bound to the context stands in every line: the number of the request, or the job and its
run.
"""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Write JSON lines on stderr from `level` on."""
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
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    root = logging.getLogger()
    if not any(isinstance(handler, ToOurs) for handler in root.handlers):
        root.addHandler(ToOurs(logging.WARNING))


class ToOurs(logging.Handler):
    """Passes what a library says on to our log: its warnings would stand there as mere text."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line, under the name of the library's logger."""
        try:
            structlog.get_logger().log(
                record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
            )
        except Exception:  # a log that cannot be written stops nobody
            self.handleError(record)
