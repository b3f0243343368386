"""What this home is asked for how often: mild priors for the speech recogniser, so that the common is heard easily.

Only counts are kept, of intents and of things that were spoken of by themselves, never what was said or when. They
halve in thirty days, so that a habit that ended is forgotten.
"""

from collections.abc import Callable, Iterable, Mapping
from math import log
from typing import Any, Final, Protocol

import structlog
from msgspec import Struct, field

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.errors import HearthError
from hub.core.events import IntentMatched
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.speech_grammar import Priors

HALF_LIFE_S: Final = 30 * 86_400.0
LIKELIEST: Final = 3.0
"""The most common is at most this much likelier than what was never said: a rare thing can always be said."""
HALF_WAY: Final = 5.0
"""The count at which half of that is reached: a thing asked for once has hardly a head start."""
EVERY_S: Final = 300.0
"""How often counts are written and the recogniser's priors looked at, in seconds."""
MATERIAL: Final = 0.4
"""A change of a prior (of its natural logarithm) that is worth the second in which a grammar is built anew."""
MOST_INTENTS: Final = 256
MOST_ENTITIES: Final = 512
_LEAST: Final = 0.02  # a count that has faded to this is dropped
_KIND, _KEY = "usage", "spoken"
logger = structlog.get_logger(__name__)


class Used(Struct):
    """Counts as they were `at` (UTC seconds), by intent ("skill.intent") and by entity."""

    at: float = 0.0
    intents: dict[str, float] = field(default_factory=dict)
    entities: dict[str, float] = field(default_factory=dict)


class RowTable(Protocol):
    """Where the counts are kept; `hub.store.home_table.HomeTable` is one."""

    async def all_rows(self, kind: str, shape: Any, only: str = "") -> dict[str, Any]:
        """The rows of a kind by id, decoded as `shape`."""
        ...

    async def set_row(self, kind: str, key: str, value: Any) -> None:
        """Keep one row."""
        ...


class Usage:
    """Counts what is understood. Call `load` once, keep `run` under a supervisor, `close` at the end."""

    def __init__(self, bus: Bus, table: RowTable | None = None, clock: Clock | None = None) -> None:
        self._table = table
        self._clock = clock or SystemClock()
        self._used = Used(at=self._clock.now())
        self._given: tuple[dict[str, float], dict[str, float]] = ({}, {})
        self._unwritten = False
        self._cancel = bus.subscribe(IntentMatched, self._count)

    async def load(self) -> None:
        """Go on from what was counted before the restart."""
        rows = await self._table.all_rows(_KIND, Used, _KEY) if self._table is not None else {}
        if _KEY in rows:
            self._used = rows[_KEY]
            self._fade()

    async def run(self, changed: Callable[[], None]) -> None:
        """Write what was counted, and call `changed` when priors have moved so far that a new grammar is worth it."""
        while True:
            await self._clock.sleep(EVERY_S)
            await self.save()
            if self.moved():
                changed()

    async def close(self) -> None:
        """Stop counting, and write the rest."""
        self._cancel()
        await self.save()

    async def save(self) -> None:
        """Write what was counted since the last time. A store that fails costs counts, and no command."""
        self._fade()
        if self._table is None or not self._unwritten:
            return
        try:
            await self._table.set_row(_KIND, _KEY, self._used)
        except HearthError as error:
            logger.warning("what is asked for how often was not kept", error=str(error))
        else:
            self._unwritten = False

    def priors(self, grammar: HomeGrammar) -> Priors:
        """For the names of this grammar's things and for its intents; none in a home that never was spoken to."""
        self._fade()
        self._given = intents, entities = _weights(self._used.intents), _weights(self._used.entities)
        values: dict[str, float] = {}
        for words, entity in grammar.index.spoken_names:
            if entity in entities:
                name = " ".join(words)
                values[name] = max(values.get(name, 0.0), entities[entity])
        return Priors(intents=intents, values=values)

    def moved(self) -> bool:
        """Whether the priors that were last given out have changed materially since."""
        now = _weights(self._used.intents), _weights(self._used.entities)
        return any(_farthest(old, new) >= MATERIAL for old, new in zip(self._given, now, strict=True))

    def _count(self, event: IntentMatched) -> None:
        if not event.text:
            return  # a gesture: nobody said it
        counts = self._used.intents
        counts[event.name] = counts.get(event.name, 0.0) + 1.0
        if len(event.target) == 1:  # of a group nothing was named
            counts = self._used.entities
            counts[event.target[0]] = counts.get(event.target[0], 0.0) + 1.0
        self._unwritten = True
        if len(self._used.intents) > 2 * MOST_INTENTS or len(self._used.entities) > 2 * MOST_ENTITIES:
            self._fade()

    def _fade(self) -> None:
        now = self._clock.now()
        left = 0.5 ** (max(0.0, now - self._used.at) / HALF_LIFE_S)
        self._used = Used(
            at=now,
            intents=_largest(self._used.intents, left, MOST_INTENTS),
            entities=_largest(self._used.entities, left, MOST_ENTITIES),
        )


def _largest(counts: Mapping[str, float], left: float, most: int) -> dict[str, float]:
    faded = sorted(((count * left, key) for key, count in counts.items()), reverse=True)[:most]
    return {key: count for count, key in faded if count >= _LEAST}


def _weights(counts: Mapping[str, float]) -> dict[str, float]:
    """Counts as `Priors` takes them, beside one for what was never counted: from 0 to `LIKELIEST` - 1."""
    return {key: round((LIKELIEST - 1) * count / (count + HALF_WAY), 3) for key, count in counts.items()}


def _farthest(old: Mapping[str, float], new: Mapping[str, float]) -> float:
    """The largest change of a prior's logarithm."""

    def shares(weights: Mapping[str, float], keys: Iterable[str]) -> dict[str, float]:
        most = 1.0 + max(weights.values(), default=0.0)
        return {key: log((1.0 + weights.get(key, 0.0)) / most) for key in keys}

    keys = {*old, *new, ""}
    before, after = shares(old, keys), shares(new, keys)
    return max(abs(before[key] - after[key]) for key in keys)
