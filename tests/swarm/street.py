"""A street for hubs in one process: messages that are lost, doubled, late and out of order, and walls between hubs."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

from hub.core.errors import UnavailableError
from hub.swarm.ports import Answer, Take

_STEP_S: Final = 0.0005


class Street:
    """Carries messages between `StreetMesh`es. `loss` and `double` are chances, `late_s` the longest delay."""

    def __init__(self, *, loss: float = 0.0, double: float = 0.0, late_s: float = 0.0, seed: int = 0) -> None:
        self.loss, self.double, self.late_s = loss, double, late_s
        self.meshes: dict[str, StreetMesh] = {}
        self.walls: set[frozenset[str]] = set()
        self._random = random.Random(seed)
        self._under_way: set[asyncio.Task[None]] = set()

    def mesh(self, hub: str) -> "StreetMesh":
        """A new hub on the street."""
        made = self.meshes[hub] = StreetMesh(hub, self)
        self.changed()
        return made

    def wall(self, one: str, other: str, *, up: bool = True) -> None:
        """Put a wall between two hubs, or take it down."""
        (self.walls.add if up else self.walls.discard)(frozenset({one, other}))
        self.changed()

    def remove(self, hub: str) -> None:
        """A hub dies."""
        self.meshes.pop(hub)
        self.changed()

    def open(self, one: str, other: str) -> bool:
        """Whether one reaches the other."""
        return other in self.meshes and one in self.meshes and frozenset({one, other}) not in self.walls

    def changed(self) -> None:
        """Tell all who is alive."""
        for mesh in tuple(self.meshes.values()):
            mesh.tell_alive()

    def carry(self, sender: str, hub: str, topic: str, body: bytes) -> None:
        """Send a message on its way, or lose it, or double it."""
        if not self.open(sender, hub) or self._random.random() < self.loss:
            return
        for _ in range(1 + (self._random.random() < self.double)):
            task = asyncio.get_running_loop().create_task(self._deliver(sender, hub, topic, body))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _deliver(self, sender: str, hub: str, topic: str, body: bytes) -> None:
        await asyncio.sleep(self._random.random() * self.late_s)
        if self.open(sender, hub):
            for take in tuple(self.meshes[hub].takes.get(topic, ())):
                take(sender, body)

    async def settled(self) -> None:
        """Return when nothing is under way. It always gives way: who loops on it lets the hubs work meanwhile."""
        await asyncio.sleep(_STEP_S)
        while self._under_way:
            await asyncio.sleep(_STEP_S)


class StreetMesh:
    """One hub's end of the street."""

    def __init__(self, hub: str, street: Street) -> None:
        self.hub = hub
        self._street = street
        self.takes: dict[str, list[Take]] = {}
        self._answers: dict[str, Answer] = {}
        self._watchers: list[Callable[[frozenset[str]], None]] = []
        self._told: frozenset[str] = frozenset()

    def alive(self) -> frozenset[str]:
        return frozenset(
            other for other in self._street.meshes if other != self.hub and self._street.open(self.hub, other)
        )

    def tell_alive(self) -> None:
        alive = self.alive()
        if alive != self._told:
            self._told = alive
            for changed in tuple(self._watchers):
                changed(alive)

    async def send(self, topic: str, body: bytes, *, to: str = "") -> None:
        for hub in (to,) if to else tuple(self._street.meshes):
            if hub != self.hub:
                self._street.carry(self.hub, hub, topic, body)

    def listen(self, topic: str, take: Take) -> Callable[[], None]:
        self.takes.setdefault(topic, []).append(take)
        return lambda: self.takes[topic].remove(take)

    async def ask(self, hub: str, topic: str, body: bytes, *, timeout_s: float = 5.0) -> bytes:
        if not self._street.open(self.hub, hub):
            raise UnavailableError(f"{hub} cannot be reached")
        other = self._street.meshes[hub]
        if topic not in other._answers:
            raise UnavailableError(f"{hub} does not answer {topic}")
        return await asyncio.wait_for(other._answers[topic](self.hub, body), timeout_s)

    def answer(self, topic: str, answer: Answer) -> Callable[[], None]:
        self._answers[topic] = answer
        return lambda: self._answers.pop(topic, None) and None

    def watch(self, changed: Callable[[frozenset[str]], None]) -> Callable[[], None]:
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    async def give(self, hub: str, name: str, body: bytes, *, timeout_s: float = 30.0) -> bytes:
        return await self.ask(hub, f"bulk {name}", body, timeout_s=timeout_s)

    def take(self, name: str, answer: Answer) -> Callable[[], None]:
        return self.answer(f"bulk {name}", answer)
