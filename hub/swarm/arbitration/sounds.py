"""Which claims are of one sound: every hub's claims, put into this hub's time."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from hub.swarm.arbitration.claims import MOST_CLAIMS, Claim, Key
from hub.swarm.arbitration.likeness import ONSET_S, alike

FORGET_S: Final = 10.0
_MOST_OF_HUB: Final = 64


class Placed(Struct, frozen=True):
    """A claim, where its word began and its outline ends in this hub's monotonic seconds, and when it came to know
    it.
    """

    claim: Claim
    onset: float
    ends: float
    at: float


class Sounds:
    """The claims of the last seconds, in groups of the same sound. Groups hold together through any of their claims."""

    def __init__(self) -> None:
        self._placed: dict[Key, Placed] = {}
        self._same: dict[Key, set[Key]] = {}

    def __contains__(self, key: Key) -> bool:
        return key in self._placed

    def __getitem__(self, key: Key) -> Claim:
        return self._placed[key].claim

    def place(self, claim: Claim, offset: float, now: float) -> None:
        """Take in a claim of a hub whose clock is `offset` seconds ahead of this one's; a known one is ignored."""
        if claim.key in self._placed:
            return
        self._forget(claim.hub, now)
        placed = Placed(claim, claim.onset - offset, claim.ends - offset, now)
        same = {key for key, other in self._placed.items() if _same_sound(placed, other)}
        self._placed[claim.key], self._same[claim.key] = placed, same
        for key in same:
            self._same[key].add(claim.key)

    def group(self, key: Key) -> frozenset[Key]:
        """The claims of the sound of this one, itself among them."""
        found, ahead = {key}, [key]
        while ahead:
            fresh = self._same.get(ahead.pop(), set()) - found
            found |= fresh
            ahead += fresh
        return frozenset(found)

    def near(self, word: str, ends: float, within_s: float) -> list[tuple[Key, float]]:
        """Claims of a word, the first known first, with where their outlines end: next to `ends` (own seconds)."""
        found = [p for p in self._placed.values() if p.claim.word == word and abs(p.ends - ends) <= within_s]
        return [(p.claim.key, p.ends) for p in sorted(found, key=lambda p: p.at)]

    def ends(self, key: Key) -> float:
        """Where the outline of a known claim ends, in this hub's seconds."""
        return self._placed[key].ends

    def claims(self, keys: Iterable[Key]) -> tuple[Claim, ...]:
        """The claims of these names that are known, the strongest first, as many as a message takes."""
        known = [self._placed[key].claim for key in keys if key in self._placed]
        return tuple(sorted(known, key=lambda c: c.rank, reverse=True)[:MOST_CLAIMS])

    def _forget(self, hub: str, now: float) -> None:
        old = [k for k, p in self._placed.items() if now - p.at > FORGET_S]
        of_hub = [k for k in self._placed if k[0] == hub]
        for key in {*old, *of_hub[: max(0, len(of_hub) - _MOST_OF_HUB)]}:
            del self._placed[key]
            for other in self._same.pop(key):
                self._same.get(other, set()).discard(key)


def _same_sound(one: Placed, other: Placed) -> bool:
    a, b = one.claim, other.claim
    if a.word != b.word or abs(one.onset - other.onset) > ONSET_S:
        return False
    # Both ways round gives the same, in whatever order hubs came to know the two.
    return alike(a.levels, b.levels, other.ends - one.ends)
