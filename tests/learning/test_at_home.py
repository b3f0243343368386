"""A running hub's learning: alone where there is nobody, at the hour of the day, and gone when it shall be."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from hub.core.clock import FakeClock
from hub.core.errors import NotFoundError, UnavailableError
from hub.core.settings_file import load_settings
from hub.learning.at_home import HomeLearning, next_time
from hub.learning.examples import Examples
from hub.learning.federated.collect import Terms
from hub.learning.federated.handing import handed
from hub.learning.federated.home_pupil import HomePupil
from hub.learning.federated.kept_heads import KeptHeads
from hub.learning.federated.messages import Invite, Standing, decode, encode
from hub.learning.head import Head
from hub.learning.sealing import Seal
from hub.store.database import Database
from tests.learning.people import seed
from tests.swarm.street import Street, StreetMesh


class Home:
    """A home with examples, and what learns from them; `mesh` reaches others."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder, self.clock = folder, clock
        self.heads: list[Head] = []
        self.forgotten = 0

    async def open(self, mesh: StreetMesh | None = None) -> HomeLearning:
        self.database = await Database.open(self.folder / "hearth.db")
        seal = Seal(self.folder)
        examples, kept = Examples(self.database, seal, self.clock), KeptHeads(self.database, seal, self.clock)
        self.pupil = await HomePupil.open("gesture", examples, kept, clock=self.clock, changed=self.heads.append)

        def forgotten() -> None:
            self.forgotten += 1

        return HomeLearning(
            examples,
            kept,
            {"gesture": self.pupil},
            mesh=mesh,
            bulk=mesh,
            terms=Terms(deadline_s=5.0),
            clock=self.clock,
            forgotten=forgotten,
        )


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    await seed(tmp_path, 0)
    made = Home(tmp_path, FakeClock(time.time()))
    yield made
    await made.database.close()


async def test_without_other_hubs_it_learns_alone_and_says_why(home: Home) -> None:
    learning = await home.open()
    report = await learning.round("gesture")
    assert report.outcome == "alone" and "no other hubs" in report.reason and report.bytes_sent == 0
    assert report.right > report.right_before
    assert home.heads[-1] is home.pupil.own
    gesture = next(s for s in await learning.status() if s.kind == "gesture")
    assert (gesture.examples, gesture.enough) == (120, True)
    assert gesture.last is not None and replace(gesture.last, at=0.0) == report
    second = await learning.round("gesture")
    rounds = next(s for s in await learning.status() if s.kind == "gesture").rounds
    assert [each.right for each in rounds] == [report.right, second.right]
    assert all(each.at > 0 for each in rounds)
    with pytest.raises(NotFoundError, match="nothing learns"):
        await learning.round("songs")
    await learning.close()


async def test_a_hub_whose_others_are_away_says_how_many_are_needed(home: Home) -> None:
    street = Street()
    mesh = street.meshes["hub0"] = StreetMesh("hub0", street)
    learning = await home.open(mesh)
    report = await learning.round("gesture")
    assert report.outcome == "alone" and "1 hub can take part, 3 are needed" in report.reason
    await learning.close()


async def test_forgetting_while_it_runs_takes_the_head_and_the_key_too(home: Home) -> None:
    learning = await home.open()
    first = home.pupil.own
    await learning.round("gesture")
    key = (home.folder / "examples.key").read_bytes()
    assert home.pupil.own.base != first.base
    assert await learning.forget() == 120
    assert home.pupil.own is first and home.heads[-1] is first and home.forgotten == 1
    assert (home.folder / "examples.key").read_bytes() != key
    assert all(s.examples == 0 and s.last is None for s in await learning.status())
    with pytest.raises(NotFoundError):
        await learning.forget("songs")
    await learning.close()


async def test_of_several_hubs_one_calls_for_the_days_round(home: Home) -> None:
    street = Street()
    for hub in ("hub0", "hub1", "hub2"):
        street.meshes[hub] = StreetMesh(hub, street)
    street.changed()
    learning = await home.open(street.meshes["hub0"])
    called = []

    async def round_of(kind: str) -> None:
        called.append(kind)
        raise NotFoundError("not here")

    learning.round = round_of  # type: ignore[method-assign, assignment]
    for day in range(30):
        await learning.daily(day)
    assert 3 <= len(called) <= 20
    await learning.close()


async def test_the_days_round_comes_at_its_hour(home: Home) -> None:
    noon = time.mktime((*time.localtime(home.clock.now())[:3], 12, 0, 0, 0, 0, -1))
    await home.clock.advance((noon - home.clock.now()) % 86_400)
    learning = await home.open()
    task = asyncio.create_task(learning.every_day("03:30"))
    days: list[int] = []

    async def daily(day: int) -> None:
        days.append(day)

    learning.daily = daily  # type: ignore[method-assign]
    await asyncio.sleep(0)
    for _ in range(49):
        await home.clock.advance(3600)
    task.cancel()
    assert len(days) == 2 and days[1] == days[0] + 1


def test_the_next_time_is_the_next_time() -> None:
    now = time.mktime((2026, 1, 31, 3, 30, 0, 0, 0, -1))
    assert next_time("03:31", now) == now + 60
    assert time.localtime(next_time("03:30", now))[1:5] == (2, 1, 3, 30)


async def test_a_hub_that_has_forgotten_still_answers_other_hubs(home: Home) -> None:
    street = Street()
    for hub in ("hub0", "hub1"):
        street.meshes[hub] = StreetMesh(hub, street)
    street.changed()
    learning = await home.open(street.meshes["hub0"])
    asking = encode(Invite("gesture", 1))
    ready = decode(await street.meshes["hub1"].ask("hub0", "learn-invite", asking), Standing)
    await learning.forget("gesture")
    after = decode(await street.meshes["hub1"].ask("hub0", "learn-invite", asking), Standing)
    assert ready.ready and not after.ready and "0 different examples" in after.reason
    await learning.close()


class Sometimes:
    """Bulk that does not know at first where the other hub takes bodies."""

    def __init__(self, fails: int) -> None:
        self.fails = fails

    async def give(self, hub: str, name: str, body: bytes, *, timeout_s: float = 30.0) -> bytes:
        self.fails -= 1
        if self.fails >= 0:
            raise UnavailableError("where is it?")
        return body


async def test_a_hub_that_is_there_is_tried_again_and_one_that_has_gone_is_not() -> None:
    street = Street()
    for hub in ("hub0", "hub1"):
        street.meshes[hub] = StreetMesh(hub, street)
    street.changed()
    mesh, bulk = street.meshes["hub0"], Sometimes(2)
    assert await handed(mesh, bulk, "hub1", "learn-update", b"x", timeout_s=60.0) == b"x"  # type: ignore[arg-type]
    bulk.fails = 2
    with pytest.raises(UnavailableError):
        await handed(mesh, bulk, "hub7", "learn-update", b"x", timeout_s=60.0)  # type: ignore[arg-type]
    assert bulk.fails == 1


@pytest.mark.parametrize("line", ['at = "25:00"', 'at = "3:30"', "least_hubs = 1", "least_hubs = 65", "hubs = 3"])
def test_settings_that_make_no_sense_are_told_with_their_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "hearth.toml").write_text(f"[home]\nname = 'x'\n[learning]\n{line}\n")
    loaded = load_settings(tmp_path / "hearth.toml")
    [problem] = loaded.problems
    assert problem.place.endswith("hearth.toml:4") and loaded.settings.learning.at == "03:30"


def test_settings_that_do(tmp_path: Path) -> None:
    (tmp_path / "hearth.toml").write_text('[learning]\nenabled = false\nleast_hubs = 2\nat = ""\n')
    loaded = load_settings(tmp_path / "hearth.toml")
    learning = loaded.settings.learning
    assert not loaded.problems and (learning.enabled, learning.least_hubs, learning.at) == (False, 2, "")
