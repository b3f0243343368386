"""One round at the hub that leads it: takes updates, refuses what it must, and merges what the members let pass."""

from collections.abc import Callable

from msgspec import Struct

from hub.core.errors import HearthError
from hub.learning.federated.aggregate import Rule, clipped, merge
from hub.learning.federated.checks import Update, UpdateRefusedError, check_update
from hub.learning.federated.gate import voted_out
from hub.learning.federated.messages import CONFLICT, OK, UNUSABLE, Receipt, Roster
from hub.learning.federated.scores import Scores
from hub.learning.network import Weights


class TooFewMembersError(HearthError):
    """Fewer hubs take part than a round needs, so that one's update would show in the sum."""

    code = "too_few_members"


class Terms(Struct, frozen=True):
    """What a household wants of its rounds.

    `least_members`: with fewer hubs nothing is sent, and each learns alone. 2 is possible where every hub's own
    settings say so: each of two can then work the other's update out of the sum. `deadline_s` is how long the hub that
    leads waits for updates, and members for it. With `gate` members vote on each other's updates. `most_norm` is the
    longest update that is used; with `clip` one that is more than twice as long as the middle one is shortened.
    """

    least_members: int = 3
    deadline_s: float = 30.0
    rule: Rule = "mean"
    int8: bool = True
    gate: bool = True
    most_norm: float = 100.0
    clip: bool = True

    def __post_init__(self) -> None:
        if self.least_members < 2:
            raise ValueError("a round of one is none")


class Collected(Struct, frozen=True):
    """The updates that came in time, shortened where they were long, by member."""

    members: tuple[str, ...]
    updates: list[Weights]
    weights: tuple[float, ...]


class Merged(Struct, frozen=True):
    """One update of those that counted; `out` were voted to do harm."""

    change: Weights
    counted: tuple[str, ...]
    out: tuple[str, ...]


class Collector:
    """The updates of a round. `own_examples` caps what a claim counts; `identity` says who stands behind a hub's id:
    whoever has many ids has one update.
    """

    def __init__(
        self,
        roster: Roster,
        shapes: tuple[tuple[int, ...], ...],
        terms: Terms,
        *,
        own_examples: int,
        scores: Scores | None = None,
        identity: Callable[[str], str] = lambda hub: hub,
    ) -> None:
        self.roster = roster
        self._shapes, self._terms, self._own = shapes, terms, own_examples
        self._scores = scores or Scores()
        self._identity = identity
        self._updates: dict[str, Update] = {}
        self._known: set[str] = set()
        self._tried: set[str] = set()
        self._closed = False

    @property
    def full(self) -> bool:
        """Whether every member has sent what it had."""
        return self._tried >= set(self.roster.members)

    def absent(self, hub: str) -> None:
        """A member that has gone, or does not send: nobody waits for it. It may still come until the round closes."""
        self._tried.add(hub)

    def take(self, sender: str, body: bytes) -> Receipt:
        """Take a hub's update. The receipt's code is 200, 409 (not now) or 422 (no update; its score falls)."""
        if sender not in self.roster.members:
            return Receipt(CONFLICT, "this hub is not on the round's roster")
        if self._closed:
            return Receipt(CONFLICT, "the round is over")
        who = self._identity(sender)
        if who in self._known:
            return Receipt(CONFLICT, "there is an update of this hub already")
        self._tried.add(sender)
        if not self._scores.heard(sender):
            return Receipt(CONFLICT, "too many of this hub's updates could not be used")
        try:
            update = check_update(
                body, self.roster, self._shapes, most_weight=self._own, most_norm=self._terms.most_norm
            )
        except UpdateRefusedError as error:
            if error.status == UNUSABLE:
                self._scores.lower(sender)
            return Receipt(error.status, error.message)
        self._known.add(who)
        self._updates[sender] = update
        return Receipt(OK)

    def close(self) -> Collected:
        """Take no more; the updates. Raises `TooFewMembersError` when too few have come to hide each other."""
        self._closed = True
        self._scores.passed()
        if len(self._updates) < self._terms.least_members:
            raise TooFewMembersError(
                f"updates of {len(self._updates)} hubs have come, {self._terms.least_members} are needed",
                remedy="the round is given up; nothing has changed",
            )
        members = tuple(sorted(self._updates))
        updates = [self._updates[m].change for m in members]
        if self._terms.clip:
            updates = clipped(updates, most=self._terms.most_norm)
        return Collected(members, updates, tuple(self._updates[m].weight for m in members))

    def merge(self, collected: Collected, votes: dict[str, frozenset[str]]) -> Merged:
        """One update of those that were not voted out. Raises `TooFewMembersError` when all were."""
        out = voted_out(votes, collected.members) if self._terms.gate else frozenset()
        left = [n for n, member in enumerate(collected.members) if member not in out]
        for member in collected.members:
            (self._scores.lower if member in out else self._scores.raise_)(member)
        if not left:
            raise TooFewMembersError("no update makes the head better", remedy="the round is given up")
        updates, weights = [collected.updates[n] for n in left], [collected.weights[n] for n in left]
        merged = merge(updates, weights, self._terms.rule)
        return Merged(merged, tuple(collected.members[n] for n in left), tuple(sorted(out)))
