"""`Skill`: a handful of decorated functions."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from hub.core.errors import ManifestError

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)


class Skill:
    """A skill's handlers, by intent and by timer. One instance a skill, named `skill` in skill.py."""

    def __init__(self) -> None:
        self.intents: dict[str, Handler] = {}
        self.timers: dict[str, Handler] = {}

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


def _put(table: dict[str, Handler], name: str, handler: Handler) -> None:
    if name in table:
        raise ManifestError(f"two handlers for {name!r}", remedy="give each intent and timer one function")
    table[name] = handler
