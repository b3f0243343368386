"""What the hub believes of one area: is somebody there, and how many.

Every source (a sensor, a camera, a microphone, a person) has one sign in the belief: how much more likely what it
says is with somebody there than with nobody, as a logarithm. The belief's log-odds are those of a room that nothing is
known of, plus all signs: Bayes' rule for sources that err independently of each other. A source that repeats itself
replaces its own sign, so it cannot talk the belief up; and because no sign grows beyond a bound, a whole evening of
signs is forgotten as fast as one.

Signs fade by their half-life toward what the source's silence means. A room is in use from one threshold on, and no
longer below another, lower one: what lies between changes nothing.
"""

import math
from typing import Final

from msgspec import Struct

PRIOR: Final = 0.35
"""The probability that somebody is in a room that nothing is known of."""
IN_USE: Final = 0.7
EMPTY: Final = 0.25
STRONGEST: Final = 6.0
"""No sign says more than this (403 to 1), and neither do all together."""
AGAINST: Final = -3.0
"""All signs against together say no more: what many do not see may sit in the corner that none of them covers."""
_FADED: Final = 0.3
"""Without a source that would speak up, signs that are worth less are none."""
_NEWS: Final = 0.5
"""A sign for somebody that rises by so much tells of a coming, not of a staying."""
_HORIZON_S: Final = 4 * 3600.0
_RESOLUTION_S: Final = 0.05
FOREVER: Final = math.inf


def log_odds(probability: float) -> float:
    """The natural logarithm of the odds of a probability between 0 and 1."""
    return math.log(probability / (1.0 - probability))


_PRIOR_ODDS: Final = log_odds(PRIOR)
_IN_USE_ODDS: Final = log_odds(IN_USE)
_EMPTY_ODDS: Final = log_odds(EMPTY)


class Sign(Struct, frozen=True, kw_only=True):
    """What one source says of an area. All logarithms are natural, all times seconds.

    `strength` is the logarithm of the likelihood ratio, above 0 for somebody; it holds for `hold_s` from `since` on and
    then goes to `rest`, half of the way every `half_life_s`. The source is `live` until then: it would speak up if
    somebody came. `lag_s`: how long it takes to notice somebody, in which its saying nobody is worth nothing.
    `people` that it sees at once; `who` it is, where it knows one person.
    """

    strength: float
    since: float
    rest: float = 0.0
    hold_s: float = 0.0
    half_life_s: float = 60.0
    live: float = -FOREVER
    lag_s: float = 0.0
    people: int = 1
    who: str = ""

    def at(self, time: float) -> float:
        """How strong it is at a time not before `since`."""
        age = time - self.since - self.hold_s
        if age <= 0.0 or self.strength == self.rest:
            return self.strength
        return self.rest + (self.strength - self.rest) * math.exp2(-age / self.half_life_s)


class Belief:
    """One area. Times are seconds of one clock, given by the caller; one that went back counts as no time passed."""

    def __init__(self) -> None:
        self._signs: dict[str, Sign] = {}
        self._came = -FOREVER
        self._now = -FOREVER
        self._somebody: bool | None = None

    # -- telling ---------------------------------------------------------------------------------------------------

    def tell(self, source: str, sign: Sign, at: float) -> None:
        """A source says something new; it replaces what it said before. A sign that is no number says nothing."""
        at = self._time(at)
        if not (math.isfinite(sign.strength) and math.isfinite(sign.rest) and sign.half_life_s > 0.0):
            return
        before = self._signs.get(source)
        worth = 0.0 if before is None else max(0.0, before.at(at))
        if sign.strength >= worth + _NEWS:
            self._came = at
        self._signs[source] = _bounded(sign, at)

    def forget(self, source: str, at: float) -> None:
        """A source is no more, or speaks of another area now."""
        self._time(at)
        self._signs.pop(source, None)

    def lose(self, source: str, at: float, half_life_s: float) -> None:
        """A source fell silent for good, without a word: what it said fades away, and its silence means nothing."""
        at = self._time(at)
        sign = self._signs.get(source)
        if sign is not None:
            self._signs[source] = Sign(
                strength=sign.at(at), since=at, half_life_s=half_life_s, people=sign.people, who=sign.who
            )

    def doubt(self, at: float) -> None:
        """A way in or out was opened: what was only remembered is worth half. What is being sensed stays."""
        at = self._time(at)
        for source, sign in self._signs.items():
            if at - sign.since >= sign.hold_s:
                self._signs[source] = _halved(sign, at)

    # -- asking ----------------------------------------------------------------------------------------------------

    def sign(self, source: str, at: float) -> float:
        """How strong a source's sign is now; 0 for one that said nothing."""
        found = self._signs.get(source)
        return 0.0 if found is None else found.at(self._time(at))

    def __contains__(self, source: str) -> bool:
        return source in self._signs

    def log_odds(self, at: float) -> float:
        """The logarithm of the odds that somebody is there."""
        return self._odds(self._time(at))

    def probability(self, at: float) -> float:
        """How likely somebody is there, 0 to 1 and neither of the two."""
        return 1.0 / (1.0 + math.exp(-self.log_odds(at)))

    def somebody(self, at: float) -> bool | None:
        """Whether somebody is there; None when nothing tells. What it says depends on what it said last."""
        at = self._time(at)
        self._somebody = self._decide(at, self._somebody)
        return self._somebody

    def people(self, at: float) -> int:
        """How many are there: the most that one source sees or that are known by name, never a sum of the two."""
        if not self.somebody(at):
            return 0
        return self._count(self._now)

    def next_change(self, at: float) -> float:
        """When `somebody` or `people` will change if nothing more is told; infinite for never (or in many hours)."""
        at = self._time(at)
        now = self.somebody(at)
        count = self._count(at)

        def same(time: float) -> bool:
            return self._decide(time, now) == now and (not now or self._count(time) == count)

        low, step = at, 0.5
        while same(high := at + step):
            low, step = high, step * 1.5
            if step > _HORIZON_S:
                return FOREVER
        while high - low > _RESOLUTION_S and low < (middle := low + (high - low) / 2) < high:
            low, high = (middle, high) if same(middle) else (low, middle)
        return high

    # -- inside ----------------------------------------------------------------------------------------------------

    def _time(self, at: float) -> float:
        if at > self._now and math.isfinite(at):
            self._now = at
        elif self._now == -FOREVER:
            self._now = 0.0
        return self._now

    def _odds(self, at: float) -> float:
        speaks_for, against = 0.0, 0.0
        for sign in self._signs.values():
            strength = sign.at(at)
            if strength >= 0.0:
                speaks_for += strength
            elif not (sign.since <= self._came and at < self._came + sign.lag_s):
                against += strength
        odds = _PRIOR_ODDS + speaks_for + max(against, AGAINST)
        return min(max(odds, -STRONGEST), STRONGEST)

    def _decide(self, at: float, before: bool | None) -> bool | None:
        odds = self._odds(at)
        if odds >= _IN_USE_ODDS:
            return True
        if odds <= _EMPTY_ODDS:
            return False
        live = any(sign.live > at for sign in self._signs.values())
        if not live and all(abs(sign.at(at)) < _FADED for sign in self._signs.values()):
            return None
        return before

    def _count(self, at: float) -> int:
        """How many there are if anybody is."""
        there = [sign for sign in self._signs.values() if sign.at(at) >= _IN_USE_ODDS]
        known = len({sign.who for sign in there if sign.who})
        return max([1, known, *(sign.people for sign in there)])


def _bounded(sign: Sign, at: float) -> Sign:
    strength = min(max(sign.strength, -STRONGEST), STRONGEST)
    return Sign(
        strength=strength,
        since=at,
        rest=min(max(sign.rest, -STRONGEST), STRONGEST),
        hold_s=max(sign.hold_s, 0.0),
        half_life_s=sign.half_life_s,
        live=sign.live,
        lag_s=sign.lag_s,
        people=max(sign.people, 1),
        who=sign.who,
    )


def _halved(sign: Sign, at: float) -> Sign:
    return Sign(
        strength=sign.at(at) / 2,
        since=at,
        rest=sign.rest,
        half_life_s=sign.half_life_s,
        live=sign.live,
        lag_s=sign.lag_s,
        people=sign.people,
        who=sign.who,
    )
