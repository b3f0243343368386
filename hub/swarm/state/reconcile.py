"""Reconciling: what a hub answers to each message about the shared state, given what it has. Nothing is sent here."""

from typing import Final

from hub.swarm.state.cells import BUCKETS, Cell
from hub.swarm.state.messages import MOST_LISTED, Buckets, Dead, Delta, Entry, Listing, Message, Want, parted
from hub.swarm.state.replica import Replica, Verdict
from hub.swarm.state.stamps import Stamp

_MOST_BUCKETS: Final = 32
"""Of those that differ, listed at once; the next round lists others, for they are taken in turn."""
_MOST_RANGES: Final = 8


class Reconciler:
    """Answers for one replica. A long partition is made up in several rounds, none of them large."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._turn = 0

    def buckets(self) -> Buckets:
        """The hashes of this hub's buckets."""
        return Buckets(self._replica.hashes())

    def listings(self, said: Buckets) -> list[Message]:
        """What this hub has in the buckets that differ."""
        hashes = self._replica.hashes()
        turned = [(bucket + self._turn) % BUCKETS for bucket in range(BUCKETS)]
        differing = [bucket for bucket in turned if hashes[bucket] != said.hashes[bucket]][:_MOST_BUCKETS]
        if differing:
            self._turn = differing[-1] + 1
        found: list[Message] = []
        for bucket in differing:
            after = ""
            for _ in range(_MOST_RANGES):
                keys, upto = self._replica.listing(bucket, after, MOST_LISTED)
                found.append(Listing(bucket, after, upto, tuple(self._entry(key) for key in keys)))
                if not upto:
                    break
                after = upto
        return found

    def compare(self, said: Listing) -> list[Message]:
        """What the other lacks, what this hub lacks, and what is dead."""
        give: list[Cell] = []
        want: list[str] = []
        dead: list[tuple[str, Stamp]] = []
        theirs = {entry.key: entry for entry in said.entries}
        for key, entry in theirs.items():
            here = self._replica.raw(key)
            if here is None:
                if self._replica.judge(Cell(key, entry.stamp)) is Verdict.DEAD:
                    dead.append((key, entry.stamp))
                else:
                    want.append(key)
            elif self._replica.condemned(key) and entry.stamp <= here.stamp:
                dead.append((key, entry.stamp))
            elif entry.print != self._replica.fingerprint(key):
                # Where the stamps are equal too (a restored backup, or a liar), both ways: the value decides.
                want += [key] if entry.stamp >= here.stamp else []
                give += [here] if entry.stamp <= here.stamp else []
        keys, _ = self._replica.listing(said.bucket, said.after, 8 * MOST_LISTED)
        lacking = [key for key in keys if key not in theirs and not (said.upto and key > said.upto)]
        give += [cell for key in lacking if (cell := self._replica.raw(key)) is not None]
        found: list[Message] = [Delta(part, relayed=True) for part in parted(give)]
        found += [Want(tuple(want))] if want else []
        found += [Dead(tuple(dead))] if dead else []
        return found

    def wanted(self, said: Want) -> list[Message]:
        """The cells that were asked for."""
        cells = [cell for key in said.keys if (cell := self._replica.raw(key)) is not None]
        return [Delta(part, relayed=True) for part in parted(cells)]

    def _entry(self, key: str) -> Entry:
        cell = self._replica.raw(key)
        assert cell is not None
        return Entry(key, cell.stamp, self._replica.fingerprint(key))
