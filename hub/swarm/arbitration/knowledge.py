"""What a hub knows of wake words: who claimed them, who answers them, and what it has yet to say."""

from collections.abc import Iterable

from hub.swarm.arbitration.claims import Answers, Claim, Key, Message
from hub.swarm.arbitration.contest import Contest, Stage
from hub.swarm.arbitration.sounds import Sounds


class Knowledge:
    """The claims of the last seconds, this hub's own contests among them."""

    def __init__(self, hub: str) -> None:
        self.hub = hub
        self.alive: frozenset[str] = frozenset()
        self.outbox: list[tuple[str, Message]] = []
        self.sounds = Sounds()
        self.contests: dict[Key, Contest] = {}
        self._answering: dict[Key, Claim] = {}

    def _answer(self, key: Key, now: float) -> Answers:
        contest = self.contests.get(key)
        age = now - contest.decided if contest is not None else 0.0
        return Answers(now=now, claim=self._answering.get(key) or self.sounds[key], age=age)

    def _group(self, key: Key) -> frozenset[Key]:
        """The claims of the sound of this one that were made in time, itself among them."""
        return frozenset(
            k for k in self.sounds.group(key) if k == key or (c := self.contests.get(k)) is None or not c.late
        )

    def _best(self, group: Iterable[Key]) -> float:
        return max(self.sounds[k].strength for k in group)

    def _strongest(self, group: Iterable[Key]) -> Key:
        return max(group, key=lambda k: self.sounds[k].rank)

    def _answered(self, group: Iterable[Key]) -> Key | None:
        found = [key for key in group if key in self._answering]
        return max(found, key=lambda k: self._answering[k].rank, default=None)

    def _send(self, hub: str, message: Message) -> None:
        if self.alive and (not hub or hub in self.alive):
            self.outbox.append((hub, message))

    def _moved(self, key: Key, to: Key) -> None:
        self._answering.pop(key, None)
        for contest in self.contests.values():
            if contest.owner == key:
                contest.stage, contest.owner = Stage.LOST, to
