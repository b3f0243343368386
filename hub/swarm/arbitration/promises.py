"""What a hub owes to the claims of others: to claim too, to decline, or to promise that it will do one of the two.

A promise says that a stream here hears the like and may yet claim. It is kept as soon as ears have judged what they
heard (`Hears` says so), at the latest when its time is over.
"""

from collections.abc import Callable

from msgspec import Struct

from hub.swarm.arbitration.claims import Claim, Key, Say
from hub.swarm.arbitration.contest import Contest
from hub.swarm.arbitration.knowledge import Knowledge
from hub.swarm.arbitration.waits import Waits

Hears = Callable[[Claim, float, frozenset[str]], float | None]
"""For another's claim whose outline ends at this moment (own clock): the strength with which a stream of this hub that
hears the like, and is none of these, may yet claim. None: no stream does."""


class Promise(Struct, frozen=True):
    """Until when this hub claims or declines what another asked about, and who asked."""

    until: float
    asker: str
    strength: float


class Promises(Knowledge):
    """The part of a hub's seat that answers when others claim."""

    def __init__(self, hub: str, *, hears: Hears, waits: Callable[[], Waits]) -> None:
        super().__init__(hub)
        self._hears, self._waits = hears, waits
        self._promises: dict[Key, Promise] = {}
        self._declined: set[Key] = set()

    def _promised(self) -> list[float]:
        """When promises are over."""
        return [promise.until for promise in self._promises.values()]

    def _claimed(self, group: frozenset[Key]) -> None:
        """A stream of this hub has claimed a sound of which this was promised."""
        for key in group & self._promises.keys():
            del self._promises[key]

    def _keep_promises(self, now: float) -> None:
        """Decline where no stream may claim any more, and where the time is over."""
        for key, promise in tuple(self._promises.items()):
            heard = key in self.sounds and self._hears(self.sounds[key], self.sounds.ends(key), frozenset()) is not None
            if promise.until <= now or not heard:
                self._decline(self._claimants(key) | {promise.asker}, key, now)

    def _reply(self, sender: str, claim: Claim, again: bool, now: float) -> None:
        group = self._group(claim.key)
        owner = self._answered(group)
        if owner is not None and owner != claim.key:
            self._send(sender, self._answer(owner, now))
            return
        own = [self.contests[key] for key in group if key in self.contests]
        if own:
            if again:  # else what all were told when it woke was this hub's word
                self._tell(min(own, key=lambda c: c.began), sender, asks=0, now=now)
            return
        may = self._hears(claim, self.sounds.ends(claim.key), frozenset())
        promised = self._promises.get(claim.key)
        late = not self._declined.isdisjoint(group) or (promised is not None and promised.until <= now)
        if may is None or late or may <= self._best(group):
            self._decline({sender}, claim.key, now)
            return
        if promised is None:
            promised = self._promises[claim.key] = Promise(now + self._waits().promise, sender, may)
        word = Say(now=now, claims=self.sounds.claims(group), about=claim.key, perhaps=promised.strength)
        for hub in sorted(self._claimants(claim.key) | {sender}):  # all who claim wait for it
            self._send(hub, word)

    def _claimants(self, key: Key) -> set[str]:
        return {hub for hub, _ in self._group(key)}

    def _decline(self, hubs: set[str], key: Key, now: float) -> None:
        self._promises.pop(key, None)
        self._declined.add(key)
        word = Say(now=now, claims=self.sounds.claims(self._group(key)), about=key)
        for hub in sorted(hubs):
            self._send(hub, word)

    def _tell(self, contest: Contest, hub: str, *, asks: int, now: float) -> None:
        claims = self.sounds.claims(self._group(contest.key))
        perhaps = contest.said.get(self.hub)
        self._send(hub, Say(now=now, claims=claims, asks=asks, about=contest.key, perhaps=perhaps))
