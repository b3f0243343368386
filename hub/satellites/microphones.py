"""A switch for every microphone. Off means that its sound goes no further than here: the ears never get it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, Literal, Protocol

from msgspec import Struct

from hub.core.cancelled import cancelled
from hub.core.errors import NotFoundError
from hub.core.events import Event
from hub.core.states import StateTable
from hub.media.chunk import Pcm
from hub.satellites.ports import Ears, EarStream
from hub.satellites.stream_names import entity_of

_SWITCH: Final = "microphones_off"
Place = Literal["here", "satellite", "pages", "others"]
_PLACES: Final[dict[str, Place]] = {"satellite": "satellite", "browser": "pages", "wyoming": "others"}


class Microphone(Struct, frozen=True, kw_only=True):
    """A microphone, or several with one switch: `pages` that listen, `others` that use the hub's services.

    `entity` is whose trait `OnOff` tells of the switch; `listening` is how many of its streams are open now.
    """

    entity: str
    place: Place
    name: str = ""
    area: str = ""
    on: bool = True
    listening: int = 0


class Switches(Protocol):
    """Where switches are kept."""

    async def setting(self, key: str, kind: type[list[str]], default: list[str]) -> list[str]:
        """A kept value."""
        ...

    async def set_setting(self, key: str, value: list[str]) -> None:
        """Return when it is on disk; raises `StoreError`."""
        ...


class Microphones:
    """The switches. `load` them before anything is listened to."""

    def __init__(self, states: StateTable, switches: Switches) -> None:
        self._states = states
        self._switches = switches
        self._known: dict[str, Microphone] = {}
        self._off: set[str] = set()
        self._streams: set[SwitchedStream] = set()
        self._turning = asyncio.Lock()
        self._turned = asyncio.Condition()

    async def load(self) -> None:
        """Read which are off. Raises `StoreError`."""
        self._off = set(await self._switches.setting(_SWITCH, list[str], []))

    def expect(self, stream: str, name: str = "", area: str = "") -> None:
        """There is such a microphone, though it may not be listened to yet; `stream` is what it will be called."""
        entity = entity_of(stream)
        place = _PLACES.get(stream.partition(":")[0], "here")
        self._known[entity] = Microphone(entity=entity, place=place, name=name, area=area)
        self._states.set(entity, "OnOff", self.on(entity))

    def forget(self, stream: str) -> None:
        """There is no such microphone any more. Should it come back, its switch is as it was left."""
        self._known.pop(entity_of(stream), None)
        self._states.forget(entity_of(stream))

    def all(self) -> list[Microphone]:
        """Every microphone that is known, with its switch."""
        return [self._now(microphone) for microphone in self._known.values()]

    def on(self, entity: str) -> bool:
        """Whether it is listened to."""
        return entity not in self._off

    async def turn(self, entity: str, on: bool) -> Microphone:
        """Switch one; it is so at once, and kept when this returns. Raises `NotFoundError`, `StoreError`."""
        if entity not in self._known:
            raise NotFoundError(f"there is no microphone {entity[:80]!r}", remedy="GET /api/v1/privacy lists them")
        async with self._turning:
            if not on:
                self._off.add(entity)  # first of all
                await self._mute(entity, muted=True)
            await self._switches.set_setting(_SWITCH, sorted(self._off - {entity} if on else self._off))
            if on:
                self._off.discard(entity)
                await self._mute(entity, muted=False)
            self._states.set(entity, "OnOff", on)
        async with self._turned:
            self._turned.notify_all()
        return self._now(self._known[entity])

    async def while_on(self, stream: str, run: Callable[[], Awaitable[None]]) -> None:
        """Have `run` listen at a device while its microphone is on; off, it is cancelled, so that the device closes.

        Returns when `run` does; raises what it raises.
        """
        entity = entity_of(stream)
        while True:
            await self._until(entity, on=True)
            listening = asyncio.ensure_future(run())
            off = asyncio.ensure_future(self._until(entity, on=False))
            try:
                await asyncio.wait((listening, off), return_when=asyncio.FIRST_COMPLETED)
                if listening.done():
                    return listening.result()
            finally:
                await cancelled(listening, off)

    async def _until(self, entity: str, *, on: bool) -> None:
        async with self._turned:
            await self._turned.wait_for(lambda: self.on(entity) is on)

    def before(self, ears: Ears) -> "SwitchedEars":
        """Ears that hear only what is switched on."""
        return SwitchedEars(ears, self)

    def opened(self, stream: "SwitchedStream") -> None:
        """A stream of sound begins."""
        if stream.entity not in self._known:
            self.expect(stream.name, stream.name)
        self._streams.add(stream)

    def closed(self, stream: "SwitchedStream") -> None:
        """It is over."""
        self._streams.discard(stream)

    async def _mute(self, entity: str, *, muted: bool) -> None:
        # What is being said is forgotten with the switch, and not waited for.
        await asyncio.gather(*(s.inner.mute(muted) for s in self._streams if s.entity == entity))

    def _now(self, microphone: Microphone) -> Microphone:
        return Microphone(
            entity=microphone.entity, place=microphone.place, name=microphone.name, area=microphone.area,
            on=self.on(microphone.entity),
            listening=sum(stream.entity == microphone.entity for stream in self._streams),
        )  # fmt: skip


class SwitchedEars:
    """The ears, behind the switches."""

    def __init__(self, ears: Ears, microphones: Microphones) -> None:
        self._ears = ears
        self._microphones = microphones

    @property
    def words(self) -> Sequence[str]:
        """The wake words that there are models for."""
        return self._ears.words

    async def open_stream(
        self, stream: str, *, wake: Sequence[str] | None = None, area: str = "", publish: bool = False
    ) -> EarStream:
        """As the ears' own."""
        inner = await self._ears.open_stream(stream, wake=wake, area=area, publish=publish)
        return SwitchedStream(inner, stream, self._microphones)


class SwitchedStream:
    """One stream of sound, which ends here while its microphone is off."""

    def __init__(self, inner: EarStream, name: str, microphones: Microphones) -> None:
        self.name = name
        self.entity = entity_of(name)
        self.inner = inner
        """The stream behind the switch."""
        self._microphones = microphones
        microphones.opened(self)

    async def feed(self, samples: Pcm) -> None:
        """More sound, 16 kHz; dropped while the microphone is off."""
        if self._microphones.on(self.entity):
            await self.inner.feed(samples)

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        """Listen to what is said next without a wake word; not while the microphone is off."""
        if self._microphones.on(self.entity):
            await self.inner.listen(causes)

    async def mute(self, muted: bool) -> None:
        """Be deaf to it, or no longer; while the microphone is off that does not end."""
        if muted or self._microphones.on(self.entity):
            await self.inner.mute(muted)

    async def judged(self, t: float) -> None:
        """Return when no wake word up to second `t` may still come."""
        if self._microphones.on(self.entity):
            await self.inner.judged(t)

    async def end(self) -> None:
        """No more sound will come."""
        await self.inner.end()

    async def close(self) -> None:
        """Forget the stream."""
        self._microphones.closed(self)
        await self.inner.close()

    async def __aiter__(self) -> AsyncIterator[Event]:
        async for event in self.inner:
            yield event
