"""What the routes about privacy need of other rooms."""

from collections.abc import Sequence
from typing import Any, Protocol


class PagesThatShow(Protocol):
    """The pages whose cameras are looked through."""

    @property
    def entity(self) -> str:
        """The entity whose switch is that of all of them."""
        ...

    @property
    def pages(self) -> int:
        """How many there are now."""
        ...


class MicrophoneSwitches(Protocol):
    """Which microphones are listened to. What it gives fits `hub.web.api.privacy`'s answers."""

    def all(self) -> Sequence[Any]:
        """Every microphone that is known, with its switch."""
        ...

    async def turn(self, entity: str, on: bool) -> Any:
        """Switch one; kept when this returns. Raises `NotFoundError`, `StoreError`."""
        ...
