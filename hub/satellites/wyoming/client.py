"""One client of the hub's Wyoming server: its events go to the services, in the order in which they come."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import structlog
from wyoming.error import Error
from wyoming.event import Event
from wyoming.ping import Pong

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, ProtocolError, UnavailableError
from hub.media.chunk import Pcm
from hub.satellites.wyoming.offer import Offer
from hub.satellites.wyoming.serve_asr import SpeechService
from hub.satellites.wyoming.serve_dialogue import HandleService, IntentService
from hub.satellites.wyoming.serve_tts import SynthesisService
from hub.satellites.wyoming.serve_wake import WakeService
from hub.satellites.wyoming.sound import Listening
from hub.satellites.wyoming.wire import Wire

log = structlog.get_logger(__name__)
_MAX_WAITING: Final = 32
Work = Callable[[], Awaitable[None]]


class Listener(Protocol):
    """A service that sound goes to."""

    async def start(self, first_ms: int) -> None:
        """Sound begins."""
        ...

    async def feed(self, samples: Pcm) -> None:
        """More of it."""
        ...

    async def stop(self) -> None:
        """It ended."""
        ...

    async def close(self) -> None:
        """Forget it."""
        ...


class WyomingClient:
    """Serves one connection. What is slow (speaking, acting) is done by a worker, so that pings are answered."""

    def __init__(self, wire: Wire, offer: Offer, name: str) -> None:
        self._wire = wire
        self._offer = offer
        self._wake = WakeService(wire, offer.ears) if offer.ears else None
        self._asr = SpeechService(wire, offer.ears) if offer.ears else None
        self._tts = SynthesisService(wire, offer.voice) if offer.voice else None
        self._intents = IntentService(wire, offer.understanding) if offer.understanding else None
        self._handle = HandleService(wire, offer.dialogue, name) if offer.dialogue else None
        self._listener: Listener | None = self._asr
        self._sound: Listening | None = None
        self._work: asyncio.Queue[Work] = asyncio.Queue(_MAX_WAITING)
        self._slow: dict[str, Callable[[Event], Awaitable[None]]] = self._slow_events()

    def _slow_events(self) -> dict[str, Callable[[Event], Awaitable[None]]]:
        events: dict[str, Callable[[Event], Awaitable[None]]] = {}
        if self._tts is not None:
            tts = self._tts

            async def start(event: Event) -> None:
                tts.start(event)

            async def stop(_event: Event) -> None:
                await tts.stop()

            events |= {"synthesize": tts.synthesize, "synthesize-start": start, "synthesize-chunk": tts.chunk}
            events["synthesize-stop"] = stop
        if self._intents is not None:
            events["recognize"] = self._intents.recognize
        if self._handle is not None:
            events |= {"transcript": self._handle.transcript, "intent": self._handle.intent}
        return events

    async def serve(self) -> None:
        """Until the client goes, or says what the protocol does not allow: that is answered with `error`."""
        worker = asyncio.get_running_loop().create_task(self._work_off())
        try:
            while (event := await self._wire.read()) is not None:
                try:
                    await self._take(event)
                except ProtocolError:
                    raise
                except HearthError as error:
                    await self._tell(error)
            await self._work.join()
        except ProtocolError as error:
            await self._tell(error)
        finally:
            await cancelled(worker)
            for listener in (self._wake, self._asr):
                if listener is not None:
                    await listener.close()

    async def _take(self, event: Event) -> None:
        kind = event.type
        if kind == "describe":
            await self._wire.write(self._offer.info().event())
        elif kind == "ping":
            text = event.data.get("text")
            await self._wire.write(Pong(text=text[:1000] if isinstance(text, str) else None).event())
        elif kind in self._slow:
            handler = self._slow[kind]
            await self._work.put(lambda: handler(event))
        elif kind in ("detect", "transcribe"):
            await self._choose(event)
        elif kind.startswith("audio-"):
            await self._hear(event)
        # All else is of a newer protocol or for somebody else.

    async def _choose(self, event: Event) -> None:
        if self._wake is None or self._asr is None:
            raise UnavailableError("this hub has no ears now", remedy="see `hearth doctor`")
        if event.type == "detect":
            self._listener = self._wake
            self._wake.detect(event)
        else:
            self._listener = self._asr
            self._asr.transcribe(event)

    async def _hear(self, event: Event) -> None:
        listener = self._listener
        if listener is None:
            raise UnavailableError("this hub has no ears now", remedy="see `hearth doctor`")
        if event.type == "audio-start":
            self._sound = None
            await self._begin(listener, event)
        elif event.type == "audio-chunk":
            if self._sound is None:
                await self._begin(listener, event)
            assert self._sound is not None
            await listener.feed(self._sound.take(event))
        elif event.type == "audio-stop" and self._sound is not None:
            self._sound = None
            await listener.stop()

    async def _begin(self, listener: Listener, event: Event) -> None:
        stamp: Any = event.data.get("timestamp")
        whole = isinstance(stamp, int) and not isinstance(stamp, bool) and 0 <= stamp < 2**53
        await listener.start(stamp if whole else 0)
        self._sound = Listening()

    async def _work_off(self) -> None:
        while True:
            work = await self._work.get()
            try:
                await work()
            except HearthError as error:
                await self._tell(error)
            except ConnectionError:
                return
            except Exception as error:
                log.exception("a Wyoming request failed")
                await self._tell(HearthError(type(error).__name__))
            finally:
                self._work.task_done()

    async def _tell(self, error: HearthError) -> None:
        try:
            await self._wire.write(Error(text=error.message, code=error.code).event())
        except ConnectionError:
            return  # it will be seen by who reads
