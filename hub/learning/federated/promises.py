"""What a hub checks before it lets its update be added to others': that the sum will not tell it apart."""

from typing import Final

from hub.core.clock import Clock
from hub.core.errors import HearthError
from hub.learning.federated.messages import Roster, rendezvous

_REMEMBERED_S: Final = 24 * 3600.0


class RosterRefusedError(HearthError):
    """A round is asked for whose sum would show one hub's update, or by a hub that does not lead it."""

    code = "roster_refused"


class Promises:
    """The rosters that this hub has sent an update for.

    Two sums that differ in one member give that member's update away (differencing). So: one roster a round, never
    fewer than `least` members, and for a day no second roster on the same head that differs in one member.
    """

    def __init__(self, hub: str, least: int, clock: Clock) -> None:
        self._hub, self._least, self._clock = hub, least, clock
        self._given: dict[tuple[str, int], Roster] = {}
        self._members: dict[tuple[str, str], list[tuple[float, frozenset[str]]]] = {}

    def check(self, sender: str, roster: Roster, alive: frozenset[str]) -> None:
        """Raise `RosterRefusedError` unless this hub may take part. `alive` are the hubs that it can reach itself."""
        members = frozenset(roster.members)
        if self._hub not in members or len(members) != len(roster.members):
            raise RosterRefusedError("the roster names hubs twice, or not this one")
        if len(members) < self._least:
            remedy = f"{self._least} hubs are needed, or every hub's consent to fewer"
            raise RosterRefusedError(f"a sum of {len(members)} hubs would show each one's update", remedy=remedy)
        known = alive | {self._hub}
        if not members <= known:
            raise RosterRefusedError("the roster names hubs that are not of this home, or not there")
        self._check_order(sender, roster, known)
        self._check_history(roster, members)

    def _check_order(self, sender: str, roster: Roster, known: frozenset[str]) -> None:
        if not set(roster.order) <= {*roster.members, sender} or len(set(roster.order)) != len(roster.order):
            raise RosterRefusedError("hubs shall lead that are not on the roster")
        if sender != rendezvous(roster.round, known)[0] or roster.order[:1] != (sender,):
            raise RosterRefusedError(f"round {roster.round} is led by another hub")

    def _check_history(self, roster: Roster, members: frozenset[str]) -> None:
        before = self._given.get((roster.kind, roster.round))
        if before is not None and before != roster:
            raise RosterRefusedError(f"round {roster.round} has another roster already")
        for _, others in self._recent(roster):
            if len(members ^ others) == 1:
                remedy = "wait a day, or until the head has changed"
                raise RosterRefusedError("two sums would differ in one hub and show its update", remedy=remedy)

    def given(self, roster: Roster) -> None:
        """An update was sent for this roster."""
        self._given[roster.kind, roster.round] = roster
        kept = self._recent(roster)
        self._members[roster.kind, roster.base] = [*kept, (self._clock.monotonic(), frozenset(roster.members))]
        while len(self._given) > 64:
            del self._given[next(iter(self._given))]
        while len(self._members) > 64:
            del self._members[next(iter(self._members))]

    def _recent(self, roster: Roster) -> list[tuple[float, frozenset[str]]]:
        since = self._clock.monotonic() - _REMEMBERED_S
        return [entry for entry in self._members.get((roster.kind, roster.base), ()) if entry[0] >= since]
