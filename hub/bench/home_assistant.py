"""Home Assistant's core as a peer, where its package is installed beside us; never a dependency."""

import tempfile
from collections.abc import Callable
from typing import Any


class HomeAssistantPeer:
    """A Home Assistant core with nothing loaded: its bus and its state machine."""

    def __init__(self, core: Any, version: str) -> None:
        self._core = core
        self._hass = core.HomeAssistant(tempfile.gettempdir())
        self.label = f"Home Assistant {version}"

    def callback(self, function: Callable[..., None]) -> Callable[..., None]:
        """Mark a plain function as safe to call on the loop."""
        marked: Callable[..., None] = self._core.callback(function)
        return marked

    def listen(self, event: str, handler: Callable[..., Any]) -> Callable[[], None]:
        """Subscribe; returns the function that ends it."""
        cancel: Callable[[], None] = self._hass.bus.async_listen(event, handler)
        return cancel

    def fire(self, event: str) -> None:
        """Fire an event without data."""
        self._hass.bus.async_fire(event, {})

    def set_state(self, entity: str, state: str) -> None:
        """Set an entity's state."""
        self._hass.states.async_set(entity, state)

    async def stop(self) -> None:
        """Stop the core."""
        await self._hass.async_stop(force=True)


async def home_assistant() -> HomeAssistantPeer | None:
    """The peer, or None where it is not installed. Call it inside the running loop."""
    try:
        from homeassistant import const, core
    except ImportError:
        return None
    return HomeAssistantPeer(core, const.__version__)
