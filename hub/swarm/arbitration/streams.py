"""The streams of this hub that listen for wake words."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from hub.core.events import WakeHeard
from hub.perception.ears.trail import Outline
from hub.swarm.arbitration import offers
from hub.swarm.arbitration.claims import Claim, Key, probability, strength
from hub.swarm.arbitration.ear import Ear, Place
from hub.swarm.arbitration.likeness import alike
from hub.swarm.arbitration.offers import Offered
from hub.swarm.arbitration.sounds import Sounds

_LOUD_DB: Final = 6.0
"""A stream that did not rise this far over its floor did not hear what another heard."""
_LATER_S: Final = 0.24
"""Ears that hear the like notice a word in one of the next three steps of 80 ms, or not at all; what they have noticed
by then, their second stage may confirm 0.6 s later.
"""
_SAME_S: Final = 1.5
"""A word is noticed at most this long after another hub noticed it: scores peak late in noise."""


class Streams:
    """The ears of one hub by stream; at most one of each name."""

    def __init__(
        self,
        hub: str,
        presence: Callable[[str], float],
        monotonic: Callable[[], float],
        judged: Callable[[], None],
    ) -> None:
        """`judged` is called when a stream that might have claimed (`hears`) can no more."""
        self._hub, self._presence, self._monotonic, self._judged = hub, presence, monotonic, judged
        self._ears: dict[str, Ear] = {}

    def __iter__(self) -> Iterator[Ear]:
        return iter(tuple(self._ears.values()))

    def __bool__(self) -> bool:
        return bool(self._ears)

    def add(self, ear: Ear) -> None:
        """A stream listens."""
        self._ears[ear.stream] = ear

    def remove(self, ear: Ear) -> None:
        """It listens no more."""
        if self._ears.get(ear.stream) is ear:
            del self._ears[ear.stream]

    def get(self, stream: str) -> Ear | None:
        """The ear of a stream, None when it does not listen."""
        return self._ears.get(stream)

    def claimed(self, key: Key) -> Ear | None:
        """The ear that made a claim, None when it has moved on."""
        return next((ear for ear in self._ears.values() if ear.key == key), None)

    def claim(self, ear: Ear, wake: WakeHeard, number: int, sounds: Sounds) -> Claim:
        """What an ear claims for a wake word that it heard."""
        outline = self._outline(ear, wake, sounds)
        return Claim(
            hub=self._hub,
            number=number,
            stream=ear.stream,
            word=wake.word,
            probability=round(probability(wake.score), 4),
            energy_db=outline.energy_db,
            presence=round(self._presence(ear.area), 4),
            onset=outline.onset,
            ends=outline.ends,
            levels=outline.levels,
        )

    def _outline(self, ear: Ear, wake: WakeHeard, sounds: Sounds) -> Outline:
        """The loudness at the time of a claim of the same sound, where there is one: ears differ in when they notice a
        word, and outlines are best compared at one time.
        """
        own = ear.trail.outline(wake.t)
        for key, ends in sounds.near(wake.word, own.ends, _SAME_S):
            before = any(k[0] == self._hub and sounds[k].stream == ear.stream for k in sounds.group(key))
            there = ear.trail.at(ends)
            if not before and alike(sounds[key].levels, there.levels, 0.0):
                return there
        return own

    def hears(self, claim: Claim, ends: float, without: frozenset[str]) -> float | None:
        """The strength with which a stream that hears the like, and is none of these, may yet claim (see `council`)."""
        now, found = self._monotonic(), list[float]()
        for ear in self._ears.values():
            if ear.stream in without or claim.word not in ear.words or ear.muted(now):
                continue
            there = ear.trail.at(ends)
            alike_here = there.energy_db >= _LOUD_DB and alike(claim.levels, there.levels, 0.0)
            if alike_here and not ear.judged(ends + _LATER_S, self._judged):
                found.append(strength(1.0, there.energy_db, self._presence(ear.area)))
        return max(found, default=None)

    def over(self, key: Key) -> None:
        """The turn of a claim is over: who lost to it hears again."""
        for ear in self._ears.values():
            if ear.place is Place.MUTED and ear.owner == key:
                ear.free()

    def moved(self, key: Key, to: Key) -> None:
        """Claim `to` is answered in place of `key`."""
        for ear in self._ears.values():
            if ear.place is Place.MUTED and ear.owner == key and ear.key != to:
                ear.lose(to, self._monotonic())

    def left(self, alive: frozenset[str]) -> None:
        """Only these other hubs can be reached: the turns of all others are over."""
        for ear in self._ears.values():
            if ear.place is Place.MUTED and ear.owner is not None and ear.owner[0] not in {*alive, self._hub}:
                ear.free()

    async def offer(self, key: Key) -> Offered:
        """The best that streams of this hub kept of the sound of claim `key`, once they are done."""
        ears = [e for e in self._ears.values() if e.place is Place.MUTED and e.owner == key and e.claim is not None]
        kept = await asyncio.gather(*(ear.offer(offers.WAIT_S) for ear in ears))
        made = [Offered(e.claim.key, c) for e, c in zip(ears, kept, strict=True) if e.claim is not None]
        return offers.best(made) or Offered((self._hub, 0))
