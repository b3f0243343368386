"""How long a hub waits for others, from the round trips it has measured."""

from typing import Final

from msgspec import Struct

LEAST_S: Final = 0.030
MOST_S: Final = 0.080
PERHAPS_S: Final = 0.140
"""A hub that says it hears the like, and louder, is waited for until it has said nothing for this long: ears notice a
word in steps of 80 ms and confirm what they noticed, so that the right hub is often a step behind a wrong one."""
LONGEST_S: Final = 1.2
"""And no longer than this: within it every ear has judged what it noticed, unless its machine cannot keep up."""
_LEAST_RETRY_S: Final = 0.008


class Waits(Struct, frozen=True, kw_only=True):
    """Seconds. `unheard`: for hubs that have said nothing; `perhaps`: for those that may still claim, from their last
    word on, and `longest` in all; `promise`: within which a hub that said so claims or declines; `again`: between two
    askings, and `patient` when nothing but promises is waited for.
    """

    unheard: float
    perhaps: float
    longest: float
    promise: float
    again: float
    patient: float

    @staticmethod
    def of(round_trip_s: float, answer_s: float = 0.0) -> "Waits":
        """`round_trip_s` is the slowest of the live hubs', `answer_s` the slowest of their last answers to a claim: a
        machine whose ears are at work is three times as slow as usual when it matters.
        """
        on_the_way = min(max(1.5 * round_trip_s + 0.003, 0.005), 0.020)
        unheard = min(max(LEAST_S, 6 * round_trip_s + 0.010, 3 * answer_s + 0.010), MOST_S)
        again = max(_LEAST_RETRY_S, min(2 * round_trip_s, unheard / 3))
        return Waits(
            unheard=unheard,
            perhaps=PERHAPS_S,
            longest=LONGEST_S,
            promise=LONGEST_S - on_the_way,
            again=again,
            patient=max(again, PERHAPS_S / 4),
        )

    def in_turn(self, place: int, hubs: int) -> float:
        """For a hub that heard of nobody: one after the other, so that the first to answer can tell the rest."""
        return self.unheard + place * (MOST_S - self.unheard) / max(hubs, 1)
