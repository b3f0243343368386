"""A round over real meshes and real bulk connections: every byte that hubs hand over, before it is encrypted, is kept
and searched for every example of every hub.
"""

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from hub.floors.learning import drawn_hands
from hub.guard.connect import Guard
from hub.learning.federated.collect import Terms
from hub.learning.federated.pupil import PlainPupil
from hub.learning.federated.rounds import Learner
from hub.learning.head import Material
from hub.learning.onnx_import import bundled_gesture
from hub.perception.gesture.head import NETWORK_NAMES
from hub.swarm.bulk import HttpBulk
from hub.swarm.bulk_server import fingerprint_of
from hub.swarm.mesh import ZenohMesh
from hub.swarm.ports import Answer, Bulk, Mesh
from tests.learning.people import examples_of
from tests.swarm.meshes import Meshes

HUBS = ("kitchen", "attic", "cellar")


class TappedMesh:
    """A mesh, with an ear on what goes into it and comes out of it."""

    def __init__(self, inner: ZenohMesh, heard: list[bytes]) -> None:
        self._inner, self._heard = inner, heard
        self.hub, self.alive, self.watch, self.listen = inner.hub, inner.alive, inner.watch, inner.listen

    async def send(self, topic: str, body: bytes, *, to: str = "") -> None:
        self._heard.append(body)
        await self._inner.send(topic, body, to=to)

    async def ask(self, hub: str, topic: str, body: bytes, *, timeout_s: float = 5.0) -> bytes:
        self._heard.append(body)
        return await self._inner.ask(hub, topic, body, timeout_s=timeout_s)

    def answer(self, topic: str, answer: Answer):  # type: ignore[no-untyped-def]
        return self._inner.answer(topic, tapped(answer, self._heard))


class TappedBulk:
    """The same for bulk."""

    def __init__(self, inner: HttpBulk, heard: list[bytes]) -> None:
        self._inner, self._heard = inner, heard

    async def give(self, hub: str, name: str, body: bytes, *, timeout_s: float = 30.0) -> bytes:
        self._heard.append(body)
        return await self._inner.give(hub, name, body, timeout_s=timeout_s)

    def take(self, name: str, answer: Answer):  # type: ignore[no-untyped-def]
        return self._inner.take(name, tapped(answer, self._heard))


def tapped(answer: Answer, heard: list[bytes]) -> Answer:
    """The answer of a hub, heard before it goes out."""

    async def listening(sender: str, body: bytes) -> bytes:
        said = await answer(sender, body)
        heard.append(said)
        return said

    return listening


class Street:
    """Three hubs with real connections, a pupil each, and all that they said in plain."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.pupils: dict[str, PlainPupil] = {}
        self.learners: dict[str, Learner] = {}

    async def start(self, stack: AsyncExitStack) -> None:
        meshes = await stack.enter_async_context(Meshes(*HUBS))
        keys = {hub: meshes.keys[hub] for hub in HUBS}
        members = {h: fingerprint_of(ssl.PEM_cert_to_DER_cert(k.certificate.decode())) for h, k in keys.items()}
        places: dict[str, str] = {}
        for number, hub in enumerate(HUBS):
            bulk = HttpBulk(keys[hub], members, lambda other: places.get(other, ""), Guard(writer=meshes.rows))
            await bulk.start()
            stack.push_async_callback(bulk.close)
            places[hub] = bulk.address
            pupil = self.pupils[hub] = PlainPupil(bundled_gesture(), *materials(number))
            pupil.rehearsed = drawn_hands(30, 1)
            mesh: Mesh = TappedMesh(meshes.by_id[hub], self.heard)
            wire: Bulk = TappedBulk(bulk, self.heard)
            learner = Learner(mesh, wire, {"gesture": pupil}, terms=Terms(deadline_s=20.0), seed=number)
            self.learners[hub] = learner
            stack.push_async_callback(learner.close)

    async def ended(self) -> None:
        for learner in self.learners.values():
            for part in learner._parts.values():
                await part.ended()


def materials(number: int) -> tuple[Material, Material]:
    """What a hub learns from, and what it holds out."""
    found = examples_of(number, 120)
    every = Material.plain(np.array([x for x, _ in found]), np.array([NETWORK_NAMES.index(name) for _, name in found]))
    held = np.arange(120) // 5 % 4 == 3
    return every.where(~held), every.where(held)


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        made = Street()
        await made.start(stack)
        yield made


def encodings(vector: NDArray[np.float32]) -> Iterator[bytes]:
    """An example as whoever leaks it could write it. Two joints of 21, from anywhere in it, are enough to find it."""
    scale = float(np.abs(vector).max()) / 127
    for form in ("<f4", ">f4", "<f8", ">f8", "<f2", ">f2"):
        yield from _pieces(vector.astype(form).tobytes(), 4 * np.dtype(form).itemsize)
    yield from _pieces(np.rint(vector / scale).astype(np.int8).tobytes(), 8)
    yield from _pieces(np.rint(vector / np.float32(6 / 127)).astype(np.int8).tobytes(), 8)
    for number in (float, lambda value: round(float(value), 4)):
        values = [number(value) for value in vector]
        for first in range(2, len(values) - 4, 4):
            yield msgspec.msgpack.encode(values[first : first + 4])[1:]  # without the list's length
            yield msgspec.json.encode(values[first : first + 4])[1:-1]


def _pieces(plain: bytes, size: int) -> Iterator[bytes]:
    # The wrist is at the origin, in every hand: its zeros say nothing.
    return (plain[at : at + size] for at in range(size, len(plain) - size + 1, size))


def found(wire: bytes, vectors: NDArray[np.float32]) -> int:
    """How many of the examples stand in it."""
    return sum(any(piece in wire for piece in encodings(vector)) for vector in vectors)


async def test_of_a_real_round_no_hub_is_worse_and_no_example_is_in_what_was_said(street: Street) -> None:
    report = await street.learners["attic"].begin("gesture")
    await street.ended()
    reports = [pupil.reports[-1] for pupil in street.pupils.values()]
    assert report in reports and {each.outcome for each in reports} <= {"merged", "own"}
    assert all(each.members == tuple(sorted(HUBS)) and each.right >= each.right_before for each in reports)
    assert sum(each.right for each in reports) > sum(each.right_before for each in reports)
    wire = b"\0".join(street.heard)
    # Two updates on their way, three ballots and three results of 275 weights: the ear was on it.
    assert wire.count(b"HUP1") >= 6 and len(wire) > 2_000
    for pupil in street.pupils.values():
        for material in await pupil.material():
            assert found(wire, material.x) == 0


@pytest.mark.parametrize("form", ["<f4", ">f8", "<f2", "int8", "int8 of 6", "msgpack", "msgpack of four", "json"])
def test_the_search_finds_a_planted_example(form: str) -> None:
    vectors = materials(0)[0].x
    planted, noise = vectors[7], np.random.default_rng(3).bytes(4_000)
    scale = np.abs(planted).max() / 127
    written = {
        "int8": lambda: np.rint(planted / scale).astype(np.int8).tobytes(),
        "int8 of 6": lambda: np.rint(planted / np.float32(6 / 127)).astype(np.int8).tobytes(),
        "msgpack": lambda: msgspec.msgpack.encode(planted.tolist()),
        "msgpack of four": lambda: msgspec.msgpack.encode([round(value, 4) for value in planted.tolist()]),
        "json": lambda: msgspec.json.encode(planted.tolist()),
    }
    secret = written[form]() if form in written else planted.astype(form).tobytes()
    assert found(noise + secret + noise, vectors) == 1
    assert found(noise, vectors) == 0


@pytest.mark.realdata
async def test_of_a_round_on_an_offices_minutes_no_reading_is_in_what_was_said(data: Path) -> None:
    from hub.learning.room_air import fresh_head
    from tests.learning.federated.homes import Homes, office_homes

    homes = Homes(office_homes(data / "presence" / "occupancy"), fresh_head())
    await homes.learners["hub1"].begin("presence")
    await homes.ended()
    wire = b"\0".join(homes.heard)
    assert wire.count(b"HUP1") >= 6
    for pupil in homes.pupils.values():
        for material in await pupil.material():
            rows = np.unique(material.x, axis=0)
            for form in ("<f4", ">f4", "<f8", ">f8"):
                assert not any(row.astype(form).tobytes() in wire for row in rows)
            assert not any(msgspec.msgpack.encode(row.tolist())[1:] in wire for row in rows)
    await homes.close()
