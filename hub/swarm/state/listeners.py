"""Who wants to know which cells changed."""

from collections.abc import Callable, Iterable

import structlog

from hub.core.entries import enter

log = structlog.get_logger(__name__)
Changed = Callable[[frozenset[str]], None]
"""Takes the keys of cells that changed, on the event loop, after they are on the disk."""


class Listeners:
    """Functions by the beginning of the keys that they care for. One that raises hurts only itself."""

    def __init__(self) -> None:
        self._entries: list[tuple[str, Changed]] = []

    def add(self, prefix: str, changed: Changed) -> Callable[[], None]:
        """Call `changed` from now on; returns the function that ends it."""
        return enter(self._entries, (prefix, changed))

    def tell(self, keys: Iterable[str]) -> None:
        """These changed."""
        keys = tuple(keys)
        for prefix, changed in tuple(self._entries):
            concerned = frozenset(key for key in keys if key.startswith(prefix))
            if not concerned:
                continue
            try:
                changed(concerned)
            except Exception:
                log.exception("a change of the shared state could not be applied", keys=sorted(concerned)[:8])
