"""How commands report: one JSON object a line for scripts, or readable lines for people. Logs go to stderr."""

import logging
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from hub.core.log_ring import LogRing

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """`--json`: one JSON object a line on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")(command)


def emit(line: Any) -> None:
    """Write one JSON line now, so that a reader at the other end of a pipe sees it at once."""
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def failure(reason: str) -> int:
    """Say on stderr, in one line, why the command failed; returns its exit code."""
    click.echo(f"hearth: {' '.join(reason.split())}", err=True)
    return 1


def log_to_stderr(level: str = "warning", ring: LogRing | None = None) -> None:
    """Send structured logs to stderr from `level` up; stdout belongs to the command's report. `ring` keeps some too."""
    import structlog

    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(stream=sys.stderr, level=max(number, logging.WARNING), format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            *([] if ring is None else [ring]),
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # the level changes once the settings have been read
    )
