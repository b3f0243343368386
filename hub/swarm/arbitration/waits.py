"""How long a hub waits for others, from the round trips it has measured."""

from typing import Final

from msgspec import Struct

LEAST_S: Final = 0.030
MOST_S: Final = 0.080
PERHAPS_S: Final = 0.140
"""A hub that says it hears the like, and louder, is waited for longer than one that says nothing: ears notice a word in
steps of 80 ms, so that the right hub is often one step behind a wrong one."""
_LEAST_RETRY_S: Final = 0.008


class Waits(Struct, frozen=True, kw_only=True):
    """Seconds. `unheard`: for hubs that have said nothing; `perhaps`: for those that may still claim; `promise`: within
    which a hub that said so claims or declines; `again`: between two askings.
    """

    unheard: float
    perhaps: float
    promise: float
    again: float

    @staticmethod
    def of(round_trip_s: float, answer_s: float = 0.0) -> "Waits":
        """`round_trip_s` is the slowest of the live hubs', `answer_s` the slowest of their last answers to a claim."""
        on_the_way = min(max(1.5 * round_trip_s + 0.003, 0.005), 0.020)
        unheard = min(max(LEAST_S, 6 * round_trip_s + 0.010, 1.5 * answer_s + 0.010), MOST_S)
        again = max(_LEAST_RETRY_S, min(2 * round_trip_s, unheard / 3))
        return Waits(unheard=unheard, perhaps=PERHAPS_S, promise=PERHAPS_S - on_the_way, again=again)

    def in_turn(self, place: int, hubs: int) -> float:
        """For a hub that heard of nobody: one after the other, so that the first to answer can tell the rest."""
        return self.unheard + place * (MOST_S - self.unheard) / max(hubs, 1)
