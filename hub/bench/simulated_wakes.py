"""Thousands of wake words in a house of hubs, in a time of their own: how many answers each gets.

Every hub has the hub's own council; what lies between them is imagined: messages take up to 3 ms and are lost by
chance, clocks are years apart and known to 2 ms, ears take up to 120 ms longer than the first, one in ten up to 640 ms
(the second stage says yes at the third asking), some hear the sound and do not wake, which is known as late.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from hub.perception.ears.trail import LEVELS
from hub.swarm.arbitration.claims import Answers, Claim, Message, decode, encode, strength
from hub.swarm.arbitration.council import NEVER, Council
from hub.swarm.arbitration.waits import Waits

_ROUND_TRIP_S: Final = 0.003
_EVERY_S: Final = 20.0
"""Between two wake words: the one before is forgotten."""
_DOUBLE_S: Final = 0.3


class Answered(Struct, kw_only=True):
    """Wakes by how often they were answered. `extra` answers, among them those that were `given_way`: given up for
    another as soon as both hubs knew. `late_extra` came later than 300 ms after the first. `standing` wakes had exactly
    one answer in the end.
    """

    wakes: int = 0
    once: int = 0
    never: int = 0
    extra: int = 0
    most_extra: int = 0
    late_extra: int = 0
    standing: int = 0
    given_way: int = 0
    messages: int = 0
    by_best: int = 0
    waits_ms: list[float] = []


class _Hub:
    """A hub in the imagined house."""

    def __init__(self, house: "House", name: str, clock: float) -> None:
        self.clock = clock
        self.hears: float | None = None
        self.woke: float | None = None
        self.number = 0
        self.council = Council(
            name,
            offset=lambda other: house.hubs[other].clock - clock + house.random.uniform(-0.001, 0.001),
            hears=lambda _claim, _ends, without: None if without else self.hears,
            waits=lambda: Waits.of(_ROUND_TRIP_S),
        )


class House:
    """Hubs with messages between them that are lost with the chance `loss`; what `lost` says so is lost always. With
    the chance `slow` ears take up to 640 ms longer.
    """

    def __init__(
        self,
        hubs: int,
        *,
        loss: float,
        seed: int = 0,
        lost: Callable[[Message], bool] = lambda _message: False,
        slow: float = 0.1,
    ) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- a simulation
        self._loss, self._lost, self._slow = loss, lost, slow
        self.hubs: dict[str, _Hub] = {}
        for n in range(hubs):
            self.hubs[f"hub{n}"] = _Hub(self, f"hub{n}", self.random.uniform(-3e8, 3e8))
        for name, hub in self.hubs.items():
            hub.council.live(frozenset(self.hubs) - {name}, hub.clock)
        self._now = 0.0
        self._queue: list[tuple[float, int, str, Callable[[], None]]] = []
        self._order = itertools.count()
        self.found = Answered(waits_ms=[])
        self._answers: list[tuple[float, str]] = []
        self._standing: set[str] = set()

    def wake(self) -> None:
        """One wake word, until nothing more happens."""
        self._now += _EVERY_S
        self._queue, self._answers, self._standing = [], [], set()
        outline = bytes(self.random.choice((0, 10, 40, 90, 120)) for _ in range(LEVELS))
        began, claims = self._now, list[Claim]()
        for name, hub in self.hubs.items():
            hub.hears, hub.woke = None, None
            if self.random.random() < 0.85 or not claims:
                claims.append(self._hears(name, hub, outline))
        self._run(began + 5)
        self._count(claims)

    def _hears(self, name: str, hub: _Hub, outline: bytes) -> Claim:
        hub.number += 1
        loud, presence = self.random.uniform(15, 45), self.random.choice((0.2, 0.35, 0.9))
        hub.hears = strength(1.0, loud, presence)
        at = self._now + hub.clock
        claim = Claim(
            hub=name,
            number=hub.number,
            stream="microphone",
            word="hey_jarvis",
            probability=self.random.uniform(0.7, 0.95),
            energy_db=loud,
            presence=presence,
            onset=at - 0.8,
            ends=at,
            levels=bytes(max(0, level - self.random.randrange(12)) for level in outline),
        )
        late = 0.64 if self.random.random() < self._slow else 0.12
        wakes = self.random.random() < 0.9
        judged = self._woke if wakes else self._slept
        self._at(self._now + self.random.uniform(0, late), name, lambda: judged(hub, claim))
        return claim

    def _slept(self, hub: _Hub, _claim: Claim) -> None:
        hub.hears = None
        hub.council.judged(self._now + hub.clock)

    def _woke(self, hub: _Hub, claim: Claim) -> None:
        hub.woke, hub.hears = self._now, None
        hub.council.woke(claim, self._now + hub.clock)

    def _at(self, moment: float, name: str, do: Callable[[], None]) -> None:
        """At this moment something happens to one hub."""
        heapq.heappush(self._queue, (moment, next(self._order), name, do))

    def _run(self, until: float) -> None:
        due = {name: hub.council.due() - hub.clock for name, hub in self.hubs.items()}
        while True:
            first = min(due, key=due.__getitem__)
            queued = self._queue[0][0] if self._queue else NEVER
            if min(queued, due[first]) > until:
                return
            if queued <= due[first]:
                self._now, _, name, do = heapq.heappop(self._queue)
                do()
            else:
                name = first
                self._now = max(self._now, due[name]) + 1e-6  # the sum of a clock and a moment is rounded
                self.hubs[name].council.tick(self._now + self.hubs[name].clock)
            hub = self.hubs[name]
            self._deliver(name, hub)
            due[name] = hub.council.due() - hub.clock

    def _deliver(self, name: str, hub: _Hub) -> None:
        outbox, hub.council.outbox[:] = list(hub.council.outbox), []
        for to, message in outbox:
            for other in self.hubs if not to else (to,):
                if other != name:
                    self._send(name, other, message)
        news, hub.council.news[:] = list(hub.council.news), []
        for decided in news:
            if decided.won:
                self._answers.append((self._now, name))
                self._standing.add(name)
                if hub.woke is not None:
                    self.found.waits_ms.append((self._now - hub.woke) * 1000)
            elif name in self._standing:
                self._standing.remove(name)
                self.found.given_way += 1

    def _send(self, sender: str, to: str, message: Message) -> None:
        self.found.messages += 1
        if self.random.random() < self._loss or self._lost(message):
            return
        body, receiver = encode(message), self.hubs[to]
        arrives = self._now + min(0.003, self.random.expovariate(2000))
        self._at(arrives, to, lambda: receiver.council.take(sender, decode(body), self._now + receiver.clock))

    def _count(self, claims: list[Claim]) -> None:
        found, woken = self.found, [c for c in claims if self.hubs[c.hub].woke is not None]
        if not woken:
            return
        found.wakes += 1
        times = [moment for moment, _ in self._answers]
        found.once += len(times) == 1
        found.never += not times
        found.standing += len(self._standing) == 1
        extra = max(0, len(times) - 1)
        found.extra += extra
        found.most_extra = max(found.most_extra, extra)
        found.late_extra += sum(moment - times[0] > _DOUBLE_S for moment in times[1:])
        found.by_best += self._standing == {max(woken, key=lambda c: c.rank).hub}


def simulate(
    wakes: int = 10_000, hubs: int = 4, *, loss: float = 0.1, claims_lost: bool = False, seed: int = 0
) -> Answered:
    """What became of so many wake words. `claims_lost`: all claims and what answers them are lost, and only that a hub
    answers reaches the others (but for `loss`).
    """
    house = House(hubs, loss=loss, seed=seed, lost=lambda message: claims_lost and not isinstance(message, Answers))
    for _ in range(wakes):
        house.wake()
    return house.found
