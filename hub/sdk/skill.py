"""`Skill`: a handful of decorated functions."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from hub.core.errors import ManifestError
from hub.core.events import Event
from hub.sdk.events import TOLD

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)


class Skill:
    """A skill's handlers, by intent, by timer and by event. One instance a skill, named `skill` in skill.py."""

    def __init__(self) -> None:
        self.intents: dict[str, Handler] = {}
        self.timers: dict[str, Handler] = {}
        self.events: dict[str, Handler] = {}

    def intent(self, *names: str) -> Callable[[H], H]:
        """Let the function answer these intents. Its parameters after `ctx` are slots, parsed by annotation."""

        def register(handler: H) -> H:
            for name in names:
                _put(self.intents, name, handler)
            return handler

        return register

    def timer(self, name: str) -> Callable[[H], H]:
        """Let the function be called when a timer set with `ctx.clock.after(..., name)` comes due."""

        def register(handler: H) -> H:
            _put(self.timers, name, handler)
            return handler

        return register

    def event(self, *kinds: type[Event]) -> Callable[[H], H]:
        """Let the function be called with each event of these kinds (of `hub.sdk.events`) that the grant names."""

        def register(handler: H) -> H:
            for kind in kinds:
                if TOLD.get(kind.__name__) is not kind:
                    remedy = f"hub.sdk.events has {', '.join(sorted(TOLD))}"
                    raise ManifestError(f"skills are not told of {kind.__name__}", remedy=remedy)
                _put(self.events, kind.__name__, handler)
            return handler

        return register


def _put(table: dict[str, Handler], name: str, handler: Handler) -> None:
    if name in table:
        raise ManifestError(f"two handlers for {name!r}", remedy="give each intent, timer and event one function")
    table[name] = handler
