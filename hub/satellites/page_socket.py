"""The connection to a page, as this room sees it: whoever serves the page hands it over."""

from typing import Protocol


class PageSocket(Protocol):
    """Messages both ways: text is JSON, bytes are sound, or a picture."""

    async def receive(self) -> str | bytes | None:
        """The next message; None when the page is gone."""
        ...

    async def send(self, message: str | bytes) -> None:
        """Raises `ConnectionError` when the page is gone, or takes too long to read."""
        ...
