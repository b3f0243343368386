"""All that the hub and its libraries log, however small, into a file of its home."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def logged_to(path: Path) -> Iterator[None]:
    """Within the block, logs go to the file and nowhere else."""
    import structlog

    root = logging.getLogger()
    before, level, handlers = structlog.get_config(), root.level, root.handlers[:]
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        handler = logging.StreamHandler(file)
        root.handlers[:] = [handler]
        root.setLevel(logging.DEBUG)
        structlog.configure(
            processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
            logger_factory=structlog.PrintLoggerFactory(file),
            cache_logger_on_first_use=False,
        )
        try:
            yield
        finally:
            structlog.configure(**before)
            root.handlers[:] = handlers
            root.setLevel(level)
