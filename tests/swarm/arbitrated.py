"""Hubs on a street whose streams hear made-up sounds, and answer what is theirs."""

import asyncio
from collections.abc import Sequence

import numpy as np

from hub.core.events import WakeHeard
from hub.perception.ears.trail import Trail
from hub.swarm.arbitration.arbiter import Arbiter
from tests.swarm.street import Street

WORD = "hey_jarvis"
JUDGED_S = 0.2


def sound(seed: int, gain: float = 1.0) -> np.ndarray:
    """Two seconds of a quiet room in which, at its end, somebody speaks for 0.8 s: each seed in a way of its own."""
    random = np.random.default_rng(seed)
    steps = np.repeat(random.choice((0.02, 0.1, 0.4, 1.0), 16), 800)
    voice = np.concatenate((np.zeros(19_200), steps)) * random.standard_normal(32_000) * 8000 * gain
    room = np.random.default_rng().standard_normal(32_000) * 12
    return np.clip(voice + room, -32768, 32767).astype(np.int16)


class Stream:
    """One stream of a hub."""

    def __init__(self, arbiter: Arbiter, name: str, area: str, words: Sequence[str] = (WORD,)) -> None:
        self.arbiter, self.name = arbiter, name
        self.trail = Trail()
        self.judged_s = JUDGED_S
        self.after: list[bool] = []
        self.leave = arbiter.attend(name, area, words, self.trail, self.judged, self.after.append)

    async def judged(self, t: float) -> None:
        """As ears do: what they noticed is judged some steps later."""
        await asyncio.sleep(self.judged_s)

    def hear(self, samples: np.ndarray) -> None:
        self.trail.hear(samples)

    async def woke(self, word: str = WORD, score: float = 0.9) -> bool:
        t = self.trail.seconds
        return await self.arbiter.mine(self.name, WakeHeard(stream=self.name, word=word, score=score, t=t))


class Houses:
    """Hubs of one home, each with a stream called `microphone` in an area of its own name."""

    def __init__(self, hubs: Sequence[str], street: Street | None = None, **presence: float) -> None:
        self.street = street or Street(late_s=0.001)
        self.presence = presence
        self.arbiters = {hub: self._arbiter(hub) for hub in hubs}
        self.streams = {hub: Stream(arbiter, "microphone", hub) for hub, arbiter in self.arbiters.items()}
        self._running: dict[str, asyncio.Task[None]] = {}

    def _arbiter(self, hub: str) -> Arbiter:
        return Arbiter(hub, lambda area: self.presence.get(area, 0.35), self.street.mesh(hub))

    async def __aenter__(self) -> "Houses":
        self._running = {hub: asyncio.create_task(arbiter.run()) for hub, arbiter in self.arbiters.items()}
        await asyncio.sleep(0.05)  # until the clocks are known; arbitration works before, by arrival
        return self

    async def __aexit__(self, *_: object) -> None:
        for hub in tuple(self._running):
            await self.stop(hub)

    async def stop(self, hub: str) -> None:
        """The hub's arbiter stops."""
        task = self._running.pop(hub)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def hear(self, seed: int, **gains: float) -> list[str]:
        """Let these hubs hear and notice one sound; returns who answers."""
        for hub, gain in gains.items():
            self.streams[hub].hear(sound(seed, gain))
        answers = await asyncio.gather(*(self.streams[hub].woke() for hub in gains))
        return [hub for hub, mine in zip(gains, answers, strict=True) if mine]

    async def settled(self) -> None:
        """Until what was said has arrived."""
        await asyncio.sleep(0.02)
        await self.street.settled()
