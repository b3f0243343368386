"""One of this hub's claims on its way to a decision."""

from collections.abc import Collection, Iterable
from enum import Enum

from msgspec import Struct, field

from hub.swarm.arbitration.claims import Key
from hub.swarm.arbitration.waits import Waits


class Stage(Enum):
    """How far a contest has come."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Contest(Struct, kw_only=True):
    """`said` has what each hub said of it: None when that is all, else the strength with which it may still claim; and
    `fresh` when it last did; how long the first word of those that are `timed` took is known.

    `lame` are the seconds in which this hub could not work, so that what others said may wait to be read.
    `owner` is the claim that is taken to answer, `confirmed` once its hub said so; a hub that did not in time is
    `mute` and counts no more. A `late` claim came after its sound was decided, and is told to nobody. A hub that
    `slept` when it should have asked again does not answer.
    A winner tells at the moments `telling`, until all that claimed are among `heard`: they know that it answers.
    """

    key: Key
    began: float
    again: float
    stage: Stage = Stage.OPEN
    decided: float = 0.0
    said: dict[str, float | None] = field(default_factory=dict)
    fresh: dict[str, float] = field(default_factory=dict)
    timed: set[str] = field(default_factory=set)
    owner: Key | None = None
    lame: float = 0.0
    late: bool = False
    slept: bool = False
    confirmed: bool = False
    mute: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    telling: list[float] = field(default_factory=list)

    def hear(self, hub: str, perhaps: float | None, now: float) -> None:
        """A hub says what it has to say of it."""
        self.said[hub], self.fresh[hub] = perhaps, now

    def settled(self, hubs: Iterable[str], best: float) -> bool:
        """Whether nothing that any of these hubs has yet to say can beat strength `best`."""
        return not any(self.waits_for(hub, best) for hub in hubs)

    def waits_for(self, hub: str, best: float) -> bool:
        """Whether this hub has yet to say its last word, and may beat strength `best`."""
        return hub not in self.said or self._may_beat(hub, best)

    def deadline(self, hub: str, others: Collection[str], best: float, waits: Waits) -> float:
        """When hub `hub` decides, whatever the others have said by then."""
        unheard = [other for other in others if other not in self.said]
        if unheard and len(unheard) == len(others):
            return self._at_work + waits.in_turn(sorted((*others, hub)).index(hub), len(others) + 1)
        perhaps = [self.fresh[other] for other in self.said if self._may_beat(other, best)]
        if perhaps:
            return min(max(perhaps) + waits.perhaps + self.lame, self._at_work + waits.longest)
        return self._at_work + waits.unheard

    @property
    def _at_work(self) -> float:
        return self.began + self.lame

    def promised(self, others: Iterable[str]) -> bool:
        """Whether all of these have said something, so that nothing but promises is waited for."""
        return all(other in self.said for other in others)

    def _may_beat(self, hub: str, best: float) -> bool:
        strength = self.said[hub]
        return strength is not None and strength > best


class Decided(Struct, frozen=True):
    """What became of a claim of this hub: whether it answers. It can be told twice, won and then lost to a hub that
    could not be heard.
    """

    key: Key
    won: bool
