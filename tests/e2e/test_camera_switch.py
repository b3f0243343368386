"""A camera that is switched off is off: nobody has its device open, nobody looks, also after a restart."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest

from hub.core.events import Event, GestureMade, GestureSeen, HandPointed, TaskFailed
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.hand_watch import DrawnHands
from hub.perception.seen import Landmarks
from tests.e2e.seeing import (
    CAMERA,
    SEES,
    Seeing,
    children,
    home_that_sees,
    pointing_film,
    seeing_hub,
    who_has_open,
)
from tests.until import until

pytest.importorskip("mediapipe")
pytest.importorskip("av")
pytestmark = list(SEES)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pointing_film(tmp_path_factory.mktemp("films") / "film.mp4")


async def cpu_of_a_second(process: psutil.Process) -> float:
    """Seconds of processor time that it takes in one of waiting."""
    before = process.cpu_times()
    await asyncio.sleep(1)
    after = process.cpu_times()
    return (after.user + after.system) - (before.user + before.system)


async def test_off_means_that_nobody_looks_and_stays_so(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "camera.mp4"
    os.link(film, source) if film.stat().st_dev == tmp_path.stat().st_dev else source.write_bytes(film.read_bytes())
    paths = home_that_sees(tmp_path / "home", source)
    async with seeing_hub(paths) as seeing:
        await seeing.hands()
        [tap] = who_has_open(source)
        looking = await cpu_of_a_second(seeing.eyes)
        await hands_are_drawn_for_who_watches(seeing, monkeypatch)

        await seeing.switch(False)
        assert who_has_open(source) == []
        assert not tap.is_running()
        assert children() == [seeing.eyes]
        seeing.events.clear()
        resting = await cpu_of_a_second(seeing.eyes)
        assert seeing.events == []
        assert looking > 0.05 and resting < looking / 3
        assert seeing.hub.eyes is not None and list(seeing.hub.eyes.paces()) == []

    source.unlink()  # who opened it now would have to say that it is not there
    async with seeing_hub(paths) as seeing:
        assert seeing.hub.states.value(CAMERA, "OnOff") is False
        assert await cpu_of_a_second(seeing.eyes) < looking / 3
        assert children() == [seeing.eyes]
        assert seeing.of(TaskFailed) == seeing.of(HandPointed) == []

        source.write_bytes(film.read_bytes())
        await seeing.switch(True)
        await seeing.hands()
        assert len(who_has_open(source)) == 1
    assert children() == []


class Somebody:
    """Watches hands as they are drawn."""

    def __init__(self) -> None:
        self.seen: list[DrawnHands] = []

    def drawn(self, hands: DrawnHands) -> None:
        self.seen.append(hands)

    def turned(self) -> None:
        pass


def said_of_joints(eyes: Eyes, monkeypatch: pytest.MonkeyPatch) -> list[Landmarks]:
    """What the eyes' process says of joints, from now on."""
    said: list[Landmarks] = []
    take = eyes._take

    def noted(message: Any) -> None:
        said.extend([message] if isinstance(message, Landmarks) else [])
        take(message)

    monkeypatch.setattr(eyes, "_take", noted)
    return said


async def hands_are_drawn_for_who_watches(seeing: Seeing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where the household allows it, the finger where the event of pointing has it, and in no event."""
    watch, eyes, somebody = seeing.hub.hands, seeing.hub.eyes, Somebody()
    assert watch is not None and eyes is not None
    assert (watch.allowed, watch.cameras) == (False, [CAMERA])
    said = said_of_joints(eyes, monkeypatch)
    events: list[Event] = []
    cancel = seeing.hub.bus.subscribe(Event, events.append)
    leave = watch.watch(somebody)
    await seeing.hands()
    assert said == somebody.seen == []  # not even out of its process
    watch.allow(True)
    await until(lambda: len(somebody.seen) >= 3)
    watch.allow(False)
    await seeing.hands()
    seen, _ = len(somebody.seen), said.clear()
    await seeing.hands()
    assert (len(somebody.seen), said) == (seen, [])
    leave()
    cancel()
    [hand], pointed = somebody.seen[2].hands, seeing.of(HandPointed)[-1]
    assert (hand.hand, hand.gesture, len(hand.points)) == ("right", "point", 42)
    assert hand.points[16:18] == pytest.approx((pointed.x, pointed.y), abs=0.02)
    assert {type(event) for event in events} <= {HandPointed, GestureSeen, GestureMade}


@pytest.mark.parametrize("whose", ["tap", "eyes"])
async def test_off_is_off_also_where_a_process_hangs(tmp_path: Path, film: Path, whose: str) -> None:
    async with seeing_hub(home_that_sees(tmp_path / "home", film)) as seeing:
        await seeing.hands()
        [tap] = who_has_open(film)
        hanging = tap if whose == "tap" else seeing.eyes
        hanging.send_signal(signal.SIGSTOP)
        try:
            await seeing.switch(False)
            assert who_has_open(film) == []
            assert not tap.is_running()
            assert seeing.hub.states.value(CAMERA, "OnOff") is False
        finally:
            if hanging.is_running():
                hanging.send_signal(signal.SIGCONT)
        await seeing.switch(True)
        await seeing.hands()
        assert len(who_has_open(film)) == 1


async def test_off_and_on_at_once_end_as_the_last_one_said(tmp_path: Path, film: Path) -> None:
    async with seeing_hub(home_that_sees(tmp_path / "home", film)) as seeing:
        await seeing.hands()
        for last in (True, False):
            await asyncio.gather(*(seeing.switch(on) for on in (not last, last, not last, last)))
            assert seeing.hub.states.value(CAMERA, "OnOff") is last
            await until(lambda last=last: len(who_has_open(film)) == int(last))
            assert len(children()) <= 2
