"""A street that is worse: questions and answers get lost and doubled too, and hubs hang."""

import asyncio
import random
from typing import Any

from hub.core.errors import UnavailableError
from tests.swarm.street import Street, StreetMesh


class Lane(Street):
    """A street whose questions and answers get lost and doubled too, and where hubs hang.

    Each way between two hubs has its own luck, and words are late by turns of the loop and not by real time, so that a
    story with a `seed` goes the same way on every machine.
    """

    def __init__(self, *, late_turns: int = 0, seed: int = 0, **given: Any) -> None:
        super().__init__(seed=seed, **given)
        self.seed, self.late_turns = seed, late_turns
        self.ways: dict[tuple[str, str, str], random.Random] = {}
        self.lose_answers = 0  # so many of the next answers are lost
        self.hung: set[str] = set()
        self.asked: list[tuple[str, str, str, bytes]] = []

    def luck(self, sender: str, hub: str, what: str) -> random.Random:
        return self.ways.setdefault((sender, hub, what), random.Random(f"{self.seed} {sender} {hub} {what}"))

    def carry(self, sender: str, hub: str, topic: str, body: bytes) -> None:
        self._random = self.luck(sender, hub, topic)
        super().carry(sender, hub, topic, body)

    async def _deliver(self, sender: str, hub: str, topic: str, body: bytes) -> None:
        for _ in range(self.luck(sender, hub, f"{topic} late").randint(0, self.late_turns)):
            await asyncio.sleep(0)
        if self.open(sender, hub):
            for take in tuple(self.meshes[hub].takes.get(topic, ())):
                take(sender, body)

    async def settled(self) -> None:
        await asyncio.sleep(0)  # who loops on it lets the hubs work
        while self._under_way:
            await asyncio.sleep(0)

    def mesh(self, hub: str) -> "LaneMesh":
        made = LaneMesh(hub, self)
        self.meshes[hub] = made
        self.changed()
        return made

    def open(self, one: str, other: str) -> bool:
        return super().open(one, other) and not {one, other} & self.hung


class LaneMesh(StreetMesh):
    """One hub's end of it."""

    _street: Lane

    async def ask(self, hub: str, topic: str, body: bytes, *, timeout_s: float = 5.0) -> bytes:
        street = self._street
        street.asked.append((self.hub, hub, topic, body))
        chance = street.luck(self.hub, hub, f"{topic} asked")
        if chance.random() < street.loss:
            raise UnavailableError("the question was lost")
        if chance.random() < street.double:
            await super().ask(hub, topic, body, timeout_s=timeout_s)
        answer = await super().ask(hub, topic, body, timeout_s=timeout_s)
        if street.lose_answers or chance.random() < street.loss:
            street.lose_answers = max(0, street.lose_answers - 1)
            raise UnavailableError("the answer was lost")
        return answer
