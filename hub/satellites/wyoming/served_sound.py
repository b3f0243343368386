"""A client's sound at the ears: one stream at a time, and who listens to what is heard in it."""

import abc
import asyncio
from collections.abc import Sequence

from hub.core.cancelled import cancelled
from hub.satellites.ports import Ears, EarStream


class ServedSound(abc.ABC):
    """Base of the services that take sound. `await close()` at the end."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._stream: EarStream | None = None
        self._listener: asyncio.Task[None] | None = None

    @abc.abstractmethod
    async def _listen(self, stream: EarStream) -> None:
        """Tell the client what is heard."""

    async def _open(self, name: str, wake: Sequence[str]) -> None:
        """Begin, once closed, with a stream of this name that listens for these wake words."""
        self._stream = await self._ears.open_stream(name, wake=wake)
        self._listener = asyncio.get_running_loop().create_task(self._listen(self._stream))

    async def close(self) -> None:
        """Forget the sound."""
        stream, self._stream = self._stream, None
        listener, self._listener = self._listener, None
        await cancelled(listener)
        if stream is not None:
            await stream.close()
