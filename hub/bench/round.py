"""`hearth bench round`: four hubs and 250,000 weights, from the call for a round to the last hub that has judged it.

The hubs live in this process and hand each other the bytes that they would send: learning, packing, checks, votes,
merging and judging are all in the time, encryption and the wire are not. Each has 256 examples and passes over them
once. The peers simulate a round of as many weights between four clients on this machine; where they are not installed,
the reference figures are those of a like machine: Flower 6.2 s at its best, NVFlare's simulator 2.55 s.
"""

import asyncio
import importlib.util
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np

from hub.bench.measure import Measure, compare
from hub.core.errors import UnavailableError
from hub.learning.federated.collect import Terms
from hub.learning.federated.local import Plan
from hub.learning.federated.pupil import PlainPupil
from hub.learning.federated.rounds import Learner
from hub.learning.head import Head, Material
from hub.learning.network import Network
from hub.swarm.ports import Answer, Take

HUBS: Final = 4
SIZES: Final = (64, 3_571, 5)
"""250,000 weights within a few: 64 x 3571 + 3571 + 3571 x 5 + 5 = 249,975."""
_EXAMPLES: Final = 256
_HELD: Final = 32
_ROUNDS: Final = 5
_TARGET_S: Final = 0.3
_REFERENCES: Final = {"flwr": ("Flower", 6.2), "nvflare": ("NVFlare's simulator", 2.55)}


class Room:
    """Hubs in one process that hand each other bytes; counts what is handed over."""

    def __init__(self) -> None:
        self.hubs: dict[str, RoomMesh] = {}
        self.bytes = 0

    def mesh(self, hub: str) -> "RoomMesh":
        """One more hub."""
        made = self.hubs[hub] = RoomMesh(hub, self)
        return made


class RoomMesh:
    """One hub's end: both its mesh and its bulk."""

    def __init__(self, hub: str, room: Room) -> None:
        self.hub = hub
        self._room = room
        self._answers: dict[str, Answer] = {}

    def alive(self) -> frozenset[str]:
        """All the others."""
        return frozenset(self._room.hubs) - {self.hub}

    async def send(self, topic: str, body: bytes, *, to: str = "") -> None:
        """Rounds tell nothing to all."""

    def listen(self, topic: str, take: Take) -> Callable[[], None]:
        """Nothing comes."""
        return lambda: None

    async def ask(self, hub: str, topic: str, body: bytes, *, timeout_s: float = 5.0) -> bytes:
        """A hub's answer."""
        if topic not in self._room.hubs[hub]._answers:
            raise UnavailableError(f"{hub} does not answer {topic}")
        self._room.bytes += len(body)
        async with asyncio.timeout(timeout_s):
            return await self._room.hubs[hub]._answers[topic](self.hub, body)

    def answer(self, topic: str, answer: Answer) -> Callable[[], None]:
        """Answer a topic."""
        self._answers[topic] = answer
        return lambda: None

    def watch(self, changed: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        """Nobody leaves."""
        return lambda: None

    async def give(self, hub: str, name: str, body: bytes, *, timeout_s: float = 30.0) -> bytes:
        """A hub's answer to a body."""
        return await self.ask(hub, name, body, timeout_s=timeout_s)

    def take(self, name: str, answer: Answer) -> Callable[[], None]:
        """Take bodies."""
        return self.answer(name, answer)


def measure() -> list[Measure]:
    """The time of a round in the median, beside the peers, and what crossed the wire."""
    times, sent = asyncio.run(_rounds())
    seconds = statistics.median(times)
    about = f"a round of {HUBS} hubs, {sum(a * b + b for a, b in pairwise(SIZES)):,} weights"
    lines = [_beside(about, seconds, module) for module in _REFERENCES]
    return [*lines, compare("round", "bytes of a round, all hubs", float(sent), "B")]


def _beside(about: str, seconds: float, module: str) -> Measure:
    name, reference = _REFERENCES[module]
    there = importlib.util.find_spec(module) is not None
    told = f"{name}, reference {reference:g} s on a like machine" + (" (installed, not measured)" if there else "")
    return compare("round", about, seconds, "s", peer_name=told, target=_TARGET_S, lower_is_better=True)


async def _rounds() -> tuple[list[float], int]:
    room, rng = Room(), np.random.default_rng(7)
    head = Head("bench", tuple("abcde"), Network.fresh(SIZES, rng).weights)
    truth = rng.standard_normal((SIZES[0], SIZES[-1]))
    learners = []
    pupils = {}
    for number in range(HUBS):
        mesh = room.mesh(f"hub{number}")
        x = rng.standard_normal((_EXAMPLES + _HELD, SIZES[0])).astype(np.float32)
        material = Material.plain(x, (x @ truth).argmax(axis=1))
        rows = np.arange(len(material))
        pupil = PlainPupil(head, material.where(rows < _EXAMPLES), material.where(rows >= _EXAMPLES))
        pupils[mesh.hub] = pupil
        plan = Plan(epochs=1, batch=256, rate=1e-3)
        learners.append(Learner(mesh, mesh, {"bench": pupil}, terms=Terms(), plan=plan, seed=number))
    times = []
    for number in range(1, _ROUNDS + 1):
        started = time.perf_counter()
        await learners[0].begin("bench")
        while any(pupil.round < number for pupil in pupils.values()):  # noqa: ASYNC110 -- nothing tells of the others
            await asyncio.sleep(0.001)
        times.append(time.perf_counter() - started)
    for learner in learners:
        await learner.close()
    return times, room.bytes // _ROUNDS
