"""A page whose button asks for a turn without a wake word: what it is told, and what becomes of the turn."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from hub.core.entities import HomeView
from hub.core.events import SpeechTranscribed
from hub.satellites.arbitrated import ArbitratedEars
from hub.satellites.browser import BrowserSatellites
from tests.satellites.scripted import SPEECH, WAKE, ScriptedDialogue, ScriptedEars
from tests.satellites.scripted_arbiter import ScriptedArbiter

PAGE = "0123456789abcdef"


class AskingPage:
    """A page's socket, and what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self._says: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._arrived = asyncio.Event()

    def says(self, kind: str, **fields: Any) -> None:
        self._says.put_nowait(json.dumps({"type": kind, **fields}))

    def hears(self, *levels: int) -> None:
        for level in levels:
            self._says.put_nowait(np.full(1280, level, "<i2").tobytes())

    async def receive(self) -> str | bytes | None:
        return await self._says.get()

    async def send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self.told.append(json.loads(message))
            self._arrived.set()

    async def until(self, kind: str) -> dict[str, Any]:
        """The next message of this kind, once it has come; what came before it is forgotten."""
        async with asyncio.timeout(20):
            while True:
                while self.told:
                    message = self.told.pop(0)
                    if message["type"] == kind:
                        return message
                self._arrived.clear()
                await self._arrived.wait()


class House:
    """Pages before an arbiter. There is no voice: answers are written."""

    def __init__(self, ears: ScriptedEars, dialogue: ScriptedDialogue) -> None:
        self.ears, self.dialogue, self.arbiter = ears, dialogue, ScriptedArbiter()
        self.public: list[SpeechTranscribed] = []
        ears.bus.subscribe(SpeechTranscribed, self.public.append)
        arbitrated = ArbitratedEars(ears, self.arbiter, ears.bus)
        self.pages = BrowserSatellites(
            arbitrated, ears, dialogue, None, ears.bus, lambda: HomeView(name="home"), phrases={}, language="en"
        )
        self.visits: list[asyncio.Task[None]] = []

    def page(self, *, wake: bool) -> AskingPage:
        page = AskingPage()
        page.says("start", page=PAGE, wake=wake)
        self.visits.append(asyncio.create_task(self.pages.attend(page, whose="ada")))
        return page

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                await asyncio.sleep(0)


@pytest.fixture
async def house(ears: ScriptedEars, dialogue: ScriptedDialogue) -> AsyncIterator[House]:
    made = House(ears, dialogue)
    yield made
    await made.pages.close()
    await asyncio.gather(*made.visits, return_exceptions=True)


@pytest.mark.parametrize("wake", [False, True])
async def test_it_is_answered_though_another_hub_answers_the_wake_word(house: House, wake: bool) -> None:
    house.ears.said = ["lamp on"]
    house.arbiter.wins = False
    page = house.page(wake=wake)
    await page.until("ready")
    page.says("talk")
    await page.until("listening")
    page.hears(SPEECH, 0)
    assert (await page.until("reply"))["text"] == "The lamp is on."


@pytest.mark.parametrize("wake", [False, True])
async def test_a_wake_word_said_out_of_habit_that_another_answers_ends_the_turn(house: House, wake: bool) -> None:
    house.arbiter.wins = False
    page = house.page(wake=wake)
    await page.until("ready")
    page.says("talk")
    await page.until("listening")
    page.hears(WAKE)
    assert await page.until("not_understood") == {"type": "not_understood", "reason": "wake_elsewhere", "text": ""}
    if not wake:
        await page.until("stop")


async def test_a_wake_word_that_another_answers_is_not_told_to_who_only_listens(house: House) -> None:
    house.ears.said = ["lamp on", "lamp off"]
    house.arbiter.wins = False
    page = house.page(wake=True)
    await page.until("ready")
    page.hears(WAKE, SPEECH, 0)
    await house.until(lambda: "kept 0.9" in house.arbiter.log)
    house.arbiter.wins = True
    page.hears(WAKE, SPEECH, 0)
    assert (await page.until("wake"))["word"] == "hey_jarvis"
    assert [each["type"] for each in page.told if each["type"] == "not_understood"] == []


@pytest.mark.parametrize("wake", [False, True])
async def test_cancelled_in_the_middle_nothing_of_it_is_heard(house: House, wake: bool) -> None:
    house.ears.said = ["lamp on"]
    page = house.page(wake=wake)
    await page.until("ready")
    page.says("talk")
    await page.until("listening")
    page.hears(SPEECH)
    await page.until("speech")
    page.says("stop")
    page.hears(0)
    await page.until("stop")
    await house.visits[0]
    assert (house.public, house.dialogue.heard, house.ears.said) == ([], [], ["lamp on"])
    again = house.page(wake=True)
    await again.until("ready")
    again.hears(WAKE, SPEECH, 0)
    assert (await again.until("reply"))["text"] == "The lamp is on."
