"""The trial: a hub with a home of its own hears and sees the canaries, and all that it leaves is kept."""

import asyncio
import contextlib
import importlib.util
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import numpy as np

from hub.bench.audit.canary_picture import as_page_sends, as_tap_sees, canary_film, of_picture, one_of, write_film
from hub.bench.audit.canary_sound import canary_sound, of_sound
from hub.bench.audit.dialled import Dialled
from hub.bench.audit.evidence import Evidence, Told
from hub.bench.audit.logged import logged_to
from hub.bench.audit.packets import Packets
from hub.bench.audit.page import shown
from hub.bench.audit.processes import workers
from hub.bench.audit.satellite import AuditSatellite
from hub.bench.audit.search import leaks_in
from hub.bench.audit.update import update_of
from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.events import Event, GestureMade, GestureSeen, Replied, SpeechTranscribed, WorkerReady, to_json
from hub.core.paths import HomePaths
from hub.core.settings import CameraSettings, SatelliteSettings, Settings
from hub.media.chunk import Pcm
from hub.store.database import Database
from hub.store.ledger import LedgerTable

_PATIENCE_S: Final = 90.0
_REST_S: Final = 5.0
_FILM_S: Final = 60.0
_AREA: Final = "kitchen"


class AuditedHub(Protocol):
    """A running hub, as far as it is needed here."""

    @property
    def bus(self) -> Bus:
        """What happens."""
        ...

    @property
    def ears(self) -> Any:
        """Hear."""
        ...

    @property
    def eyes(self) -> Any:
        """See; None where there are none."""
        ...

    @property
    def web(self) -> Any:
        """Serves pages; its `rooms.onlooker` those that show their camera."""
        ...

    @property
    def learning(self) -> Any:
        """Learns, once its `here` is no more None."""
        ...


StartHub = Callable[[HomePaths, bool, Callable[[Settings], Settings]], AbstractAsyncContextManager[AuditedHub]]
"""Starts a hub with everything but the swarm, with eyes or without, its settings changed so."""


def blind() -> str:
    """Why no picture can be shown here; empty when one can."""
    lacking = [name for name in ("mediapipe", "av", "cv2") if importlib.util.find_spec(name) is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


async def trial(start: StartHub, folder: Path, *, see: bool = True) -> Evidence:
    """Let a hub of `start` live in `folder` and hear and see the canaries. Some ten seconds.

    Raises what keeps the hub from starting, such as `SealError` or `ModelError`.
    """
    rng = np.random.default_rng()
    home, film = folder / "home", folder / "canary.mkv"
    home.mkdir()
    shutil.copy(bundled("config") / "demo" / "hearth.toml", home)
    samples = await canary_sound(rng)
    evidence = Evidence(root=home, sound=await asyncio.to_thread(of_sound, samples), blind=blind() if see else "")
    see = see and not evidence.blind
    pages: list[bytes] = []
    if see:
        pictures = await asyncio.to_thread(canary_film, rng)
        evidence.picture = await asyncio.to_thread(of_picture, one_of(pictures))
        pages = await asyncio.to_thread(lambda: [as_page_sends(picture) for picture in pictures])
        sent = as_tap_sees(as_page_sends(one_of(pictures)))
        evidence.page = await asyncio.to_thread(of_picture, sent, "page's picture")
        await asyncio.to_thread(write_film, pictures, film, _FILM_S)
    with logged_to(home / "hub.log"), Packets() as packets:
        async with AuditSatellite() as satellite:
            with Dialled(satellite.port) as dialled:
                change = _settings(satellite.port, film if see else None)
                async with start(HomePaths(home), see, change) as hub, _page_of(hub, pages, evidence):
                    await _live(hub, satellite, samples, evidence, rng)
        evidence.received, evidence.port = bytes(satellite.received), satellite.port
        evidence.cut_off = satellite.cut_off
    evidence.places, evidence.names = dialled.places, dialled.names
    evidence.packets, evidence.more_packets = packets.sent, packets.overflowed
    database = await Database.open(HomePaths(home).database)
    evidence.rows = await LedgerTable(database).rows()
    await database.close()
    return evidence


def _settings(port: int, film: Path | None) -> Callable[[Settings], Settings]:
    def change(settings: Settings) -> Settings:
        satellite = SatelliteSettings(name="audit", host="127.0.0.1", port=port, area=_AREA)
        cameras = () if film is None else (CameraSettings(name="audit camera", source=str(film), area=_AREA),)
        replace = msgspec.structs.replace
        return replace(
            settings,
            web=replace(settings.web, port=0),
            satellite=(satellite,),
            camera=cameras,
            seeing=replace(settings.seeing, arm=False),
            voice=replace(settings.voice, microphone=False),
        )

    return change


class _SoFar:
    """What has happened in the trial, and what is waited for."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.replied, self.made, self.before_page = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def take(self, event: Event) -> None:
        """The hub tells of something."""
        evidence = self._evidence
        evidence.events.append(Told(type(event).__name__, to_json(event)))
        if isinstance(event, WorkerReady):
            evidence.told_sealed[event.worker] = event.sealed
        elif isinstance(event, SpeechTranscribed):
            evidence.heard = event.text
        elif isinstance(event, Replied):
            self.replied.set()
        elif isinstance(event, GestureSeen | GestureMade):
            self._hand(event)

    def _hand(self, event: GestureSeen | GestureMade) -> None:
        if ":" in event.stream:  # a page's
            self._evidence.page_looked = True
            self.before_page.set()
            return
        self._evidence.looked = True
        if isinstance(event, GestureMade):
            self.made.set()


async def _live(
    hub: AuditedHub, satellite: AuditSatellite, samples: Pcm, evidence: Evidence, rng: np.random.Generator
) -> None:
    hands: list[bytes] = []
    so_far = _SoFar(evidence)
    cancel = hub.bus.subscribe(Event, so_far.take)
    started = {"ears": hub.ears, "eyes": hub.eyes}
    evidence.deaf = hub.ears is None
    evidence.told_sealed |= {name: worker.sealed for name, worker in started.items() if worker is not None}
    if evidence.picture is not None and hub.eyes is None:
        evidence.picture, evidence.page = None, None
        evidence.blind = "they did not open; `hearth doctor` says why"
    try:
        if hub.eyes is not None:
            await _learning(hub, hands)
        if hub.ears is not None:
            async with _patience():
                await satellite.say(samples)
                await so_far.replied.wait()
                await satellite.told("synthesize", "audio-stop", "error")
        if hub.eyes is not None:
            async with _patience():
                await so_far.made.wait()
                if evidence.page is not None:
                    await so_far.before_page.wait()
        evidence.workers = await asyncio.to_thread(workers)
        async with _patience(_REST_S if hub.ears is not None else 0.0):
            await satellite.told("audio-stop", "error")  # where there is a voice, what it says is sent as well
        evidence.leaks = await asyncio.to_thread(leaks_in, evidence.root, evidence.canaries)
        evidence.update = await asyncio.to_thread(update_of, hands, rng)
        evidence.learnt_from_it = bool(hands)
    finally:
        cancel()


@contextlib.asynccontextmanager
async def _page_of(hub: AuditedHub, pictures: list[bytes], evidence: Evidence) -> AsyncIterator[None]:
    """A page shows its camera within the block, where the hub has eyes."""
    onlooker = None if hub.web is None else hub.web.rooms.onlooker
    if hub.eyes is None or not pictures or onlooker is None:
        evidence.page = None
        yield
        return
    async with shown(onlooker, pictures, _AREA):
        yield


async def _learning(hub: AuditedHub, hands: list[bytes]) -> None:
    """Once the hub learns, `hands` gets what it does of every gesture that was meant."""
    async with _patience():
        while hub.learning.here is None:  # noqa: ASYNC110 -- nothing tells when it is up
            await asyncio.sleep(0.05)
    told = hub.eyes.on_gesture

    def noticed(event: int, features: bytes) -> None:
        hands.append(features)
        told(event, features)

    hub.eyes.on_gesture = noticed


@contextlib.asynccontextmanager
async def _patience(seconds: float = _PATIENCE_S) -> AsyncIterator[None]:
    """What does not come in time does not come: a check says so."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            yield
