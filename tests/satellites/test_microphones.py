"""The switch of a microphone: off, nothing of its sound reaches the ears; it is kept, and told of."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from hub.core.bus import Bus
from hub.core.errors import MediaError, NotFoundError
from hub.core.events import Event
from hub.core.states import StateTable
from hub.media.chunk import Pcm
from hub.satellites.microphones import Microphones, entity_of
from hub.store.database import Database
from hub.store.home_table import HomeTable

SOUND = np.ones(1600, np.int16)


class Heard:
    """A stream of the ears that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    async def feed(self, samples: Pcm) -> None:
        self.told.append(len(samples))

    async def listen(self, causes: tuple[int, ...] = ()) -> None:
        self.told.append("listen")

    async def mute(self, muted: bool) -> None:
        self.told.append("deaf" if muted else "hears")

    async def judged(self, t: float) -> None:
        self.told.append(t)

    async def end(self) -> None:
        self.told.append("end")

    async def close(self) -> None:
        self.told.append("close")

    async def __aiter__(self) -> AsyncIterator[Event]:
        for event in ():
            yield event


class Ears:
    words = ("hey_jarvis",)

    def __init__(self) -> None:
        self.streams: dict[str, Heard] = {}

    async def open_stream(self, stream: str, **_options: object) -> Heard:
        return self.streams.setdefault(stream, Heard())


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[HomeTable]:
    database = await Database.open(tmp_path / "hearth.db")
    yield HomeTable(database)
    await database.close()


async def test_off_nothing_reaches_the_ears_and_on_it_does_again(table: HomeTable) -> None:
    ears, microphones = Ears(), Microphones(StateTable(Bus()), table)
    microphones.expect("satellite:Kitchen")
    stream = await microphones.before(ears).open_stream("satellite:Kitchen:1")  # type: ignore[arg-type]
    other = await microphones.before(ears).open_stream("microphone")  # type: ignore[arg-type]
    await stream.feed(SOUND)
    assert (await microphones.turn("microphone.satellite_kitchen", False)).on is False
    for told in (stream.feed(SOUND), stream.listen(), stream.mute(False), stream.judged(1.0)):
        await told
    await other.feed(SOUND)
    assert ears.streams["satellite:Kitchen:1"].told == [1600, "deaf"]
    assert ears.streams["microphone"].told == [1600]
    late = await microphones.before(ears).open_stream("satellite:Kitchen:2")  # type: ignore[arg-type]
    await late.feed(SOUND)
    assert ears.streams["satellite:Kitchen:2"].told == []
    found = {each.entity: (each.on, each.listening) for each in microphones.all()}
    assert found == {"microphone.satellite_kitchen": (False, 2), "microphone.microphone": (True, 1)}
    await microphones.turn("microphone.satellite_kitchen", True)
    await stream.feed(SOUND)
    assert ears.streams["satellite:Kitchen:1"].told == [1600, "deaf", "hears", 1600]
    await stream.close()
    assert [each.listening for each in microphones.all()] == [1, 1]


async def test_the_switch_is_kept_and_told_of(table: HomeTable) -> None:
    states = StateTable(Bus())
    before = Microphones(states, table)
    before.expect("microphone", area="kitchen")
    await before.turn("microphone.microphone", False)
    after = Microphones(StateTable(Bus()), table)
    await after.load()
    after.expect("microphone")
    assert [each.on for each in after.all()] == [False]
    assert states.value("microphone.microphone", "OnOff") is False
    with pytest.raises(NotFoundError):
        await after.turn("microphone.attic", False)


def test_which_streams_have_one_switch() -> None:
    assert entity_of("microphone") == "microphone.microphone"
    assert entity_of("satellite:Küche 2:7") == "microphone.satellite_k_che_2"
    assert {entity_of(f"browser:{page}") for page in ("a", "b")} == {"microphone.browser"}
    assert {entity_of(name) for name in ("wyoming:asr:1", "wyoming:wake:2", "wyoming")} == {"microphone.wyoming"}


async def test_the_hubs_own_device_is_open_only_while_it_is_on(table: HomeTable) -> None:
    microphones = Microphones(StateTable(Bus()), table)
    microphones.expect("microphone")
    opened, closed, broken = asyncio.Event(), asyncio.Event(), False

    async def listen() -> None:
        if broken:
            raise MediaError("it was pulled out")
        opened.set()
        try:
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with asyncio.timeout(60):
        keeping = asyncio.create_task(microphones.while_on("microphone", listen))
        await opened.wait()
        opened.clear()
        await microphones.turn("microphone.microphone", False)
        await closed.wait()
        assert not opened.is_set()
        await microphones.turn("microphone.microphone", True)
        await opened.wait()
        closed.clear()
        broken = True
        await microphones.turn("microphone.microphone", False)
        await closed.wait()
        await microphones.turn("microphone.microphone", True)
        with pytest.raises(MediaError):
            await keeping
