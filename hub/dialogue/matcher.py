"""From words to meaning: exactly by the grammar, else with slips mended, else the name that is not known."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

import msgspec

from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.lattice import Lattice
from hub.dialogue.lists import Anything
from hub.dialogue.meanings import Meaning, Misunderstood, Outcome, Understood, Which
from hub.dialogue.pointing import ALIKE
from hub.dialogue.references import Place, Reference
from hub.dialogue.sentences import SentenceMeaning
from hub.dialogue.slips import DROPPED, LIMIT, MARGIN, SURE, WordMender
from hub.dialogue.targets import (
    NO_AREA,
    NO_REFERENT,
    NOTHING_THERE,
    ONE_AREA,
    UNSUPPORTED,
    WHICH,
    Resolved,
    Surroundings,
)
from hub.dialogue.walk import Found, cheapest, exact
from hub.dialogue.words import MAX_TEXT, MAX_WORDS, words_of
from hub.sdk.intents import Target

NOT_UNDERSTOOD: Final = "not_understood"
UNKNOWN_NAME: Final = "unknown_name"
TOO_LONG: Final = "too_long"
_REASONS: Final = (WHICH, NO_AREA, ONE_AREA, NO_REFERENT, UNSUPPORTED, NOTHING_THERE)
_MOST_OPTIONS: Final = 12
_RANK_COST: Final = 4  # ranks above this are guesses that a bent sentence does not carry


class _Reading(msgspec.Struct, frozen=True):
    meaning: Meaning
    resolved: Resolved


class Matcher:
    """Matches sentences against one home's grammar. Made anew with it."""

    def __init__(self, grammar: HomeGrammar) -> None:
        self.grammar = grammar
        self._polite = [tuple(words_of(text)) for text in grammar.language.polite]
        self._polite.sort(key=len, reverse=True)

    @cached_property
    def mender(self) -> WordMender:
        """What mends slips towards this grammar's words."""
        index = self.grammar.index
        words = self.grammar.sentences.vocabulary()
        for trie in (index.names, index.areas, index.area_kinds, index.floors, index.floor_adverbs, index.people):
            words |= trie.vocabulary()
        return WordMender(self.grammar.language.slips, words | index.kinds.vocabulary())

    def words(self, text: str) -> list[str] | Misunderstood:
        """The words of `text`, politeness kept, or why they will not be looked at."""
        if len(text) > MAX_TEXT:
            return Misunderstood(reason=TOO_LONG)
        words = words_of(text)
        if not words:
            return Misunderstood(reason=NOT_UNDERSTOOD)
        return words if len(words) <= MAX_WORDS else Misunderstood(reason=TOO_LONG)

    def match(self, text: str, around: Surroundings) -> Outcome:
        """What `text` means, said in `around`: one command, exactly or with slips mended."""
        words = self.words(text)
        if isinstance(words, Misunderstood):
            return words
        return self.literally(words, around) or self.mended(self.without_politeness(words), around)

    def literally(self, words: list[str], around: Surroundings) -> Outcome | None:
        """What the words mean by the grammar, with or without the politeness around them; None: no sentence."""
        whole = self.exactly(words, around)
        if isinstance(whole, Understood | Which):
            return whole
        plain = self.without_politeness(words)
        again = self.exactly(plain, around) if plain != words else None
        return again if again is not None else whole

    def exactly(self, words: list[str], around: Surroundings) -> Outcome | None:
        """What the words mean by the grammar alone; None when they are no sentence of it."""
        if not words:
            return None
        lattice = self.grammar.lattice(words)
        readings = self._readings(exact(self.grammar.sentences.start, lattice, 0, whole=True), lattice, around)
        return self._decide(readings) if readings else None

    def mended(self, words: list[str], around: Surroundings) -> Outcome:
        """What the words mean once slips are mended; a coin toss is asked about, never acted on."""
        plain = self.without_filler(words)
        if plain != words:
            outcome = self.exactly(plain, around)
            if isinstance(outcome, Understood | Which):
                return outcome
        words = plain
        start = self.grammar.sentences.start
        lattice = self.grammar.lattice(self.mender.split(words), self.mender)
        found = cheapest(start, lattice, 0, whole=True, limit=LIMIT + MARGIN)
        readings = [r for r in self._readings(found, lattice, around) if r.meaning.rank < _RANK_COST]
        best = self._cheapest_outcome(readings)
        if isinstance(best, Which) or (isinstance(best, Understood) and best.meaning.cost < DROPPED):
            return best
        unknown = self._unknown_name(words)
        if unknown is not None:
            return unknown
        return best if best is not None else Misunderstood(reason=NOT_UNDERSTOOD)

    def own(self, words: list[str]) -> list[tuple[str, Found]]:
        """The dialogue's own sentences that the words are: (intent, slots as found)."""
        if not words:
            return []
        found = exact(self.grammar.sentences.own_start, self.grammar.lattice(words), 0, whole=True)
        own = self.grammar.sentences.own_meaning
        return [(own(final).intent, way) for way in found for final in way.final]

    def without_politeness(self, words: list[str]) -> list[str]:
        """`words` without "could you please ... thank you" around them."""
        return _trimmed(words, self._polite)

    def without_filler(self, words: list[str]) -> list[str]:
        """`words` without politeness and without "um, well, maybe ... again" around them."""
        return _trimmed(words, [*self._polite, *((word,) for word in self.grammar.language.slips.filler)])

    # -- from ways through the automaton to meanings -------------------------------------------------------------

    def _readings(self, ways: Iterable[Found], lattice: Lattice, around: Surroundings) -> list[_Reading]:
        found: list[_Reading] = []
        for way in ways:
            for final in way.final:
                found.append(self._reading(self.grammar.sentences.meaning(final), way, lattice, around))
        return found

    def _reading(self, sentence: SentenceMeaning, way: Found, lattice: Lattice, around: Surroundings) -> _Reading:
        slots: dict[str, Any] = dict(sentence.slots)
        phrase: tuple[Reference, ...] | None = None
        place: Place | None = None
        said, several = "", False
        literal = way.end
        for capture in way.captures:
            literal -= capture.end - capture.start
            value = capture.value
            if capture.slot == "target":
                phrase, said = value, " ".join(lattice.words[capture.start : capture.end])
                if len(value) == 1 and value[0].it:
                    literal += capture.end - capture.start  # "it" is a word of the language, not a name of the home
            elif isinstance(value, Place):
                place = value
                areas = self.grammar.resolver.areas_of(value, around) or ()
                if len(areas) == 1:
                    slots[capture.slot] = areas[0]
                elif sentence.filter < 0 and not (value.here and not areas):
                    several = True  # a floor is no area
            else:
                slots[capture.slot] = value[0].kind if capture.slot == "kind" and value else value
        wanted = self.grammar.sentences.filters[max(sentence.filter, 0)]
        resolved = Resolved(rank=0, reason=ONE_AREA if several else "")
        target = None
        if phrase is not None:
            resolved = self.grammar.resolver.resolve(phrase, wanted, around, place)
            target = Target(entities=resolved.entities, phrase=said, area=str(slots.get("area", "")))
        meaning = Meaning(
            skill=sentence.skill,
            intent=sentence.intent,
            slots=slots,
            target=target,
            wanted=wanted,
            said=" ".join(lattice.words),
            cost=way.cost,
            literal=literal,
            rank=resolved.rank,
            causes=(resolved.cause,) if resolved.cause else (),
        )
        return _Reading(meaning, resolved)

    def _decide(self, readings: list[_Reading]) -> Outcome:
        good = sorted(
            (r for r in readings if not r.resolved.reason),
            key=lambda r: (_merit(r), r.meaning.target is not None, r.resolved.off),
        )
        if good:
            best = _about_it(good)
            options = [best]
            for reading in good[1:]:
                rival = reading.meaning
                aims = set(rival.target or ()), set(best.target or ())
                clear = reading.resolved.off >= good[0].resolved.off + ALIKE  # another thing is clearly pointed at
                if _merit(reading) == _merit(good[0]) and all(aims) and aims[0] != aims[1] and not clear:
                    options.append(rival)
            return Which(tuple(options)) if len(options) > 1 else Understood(best)
        bad = min(readings, key=_failure)
        return self._explain(bad)

    def _explain(self, bad: _Reading) -> Outcome:
        resolved, target = bad.resolved, bad.meaning.target
        if resolved.reason == WHICH and len(resolved.candidates) <= _MOST_OPTIONS:
            return Which(tuple(aimed(bad.meaning, (*resolved.besides, e)) for e in resolved.candidates))
        area = resolved.place.areas[0] if resolved.place and resolved.place.areas else ""
        return Misunderstood(
            reason=resolved.reason,
            name=target.phrase if target is not None else "",
            entities=resolved.candidates,
            area=area,
        )

    def _cheapest_outcome(self, readings: list[_Reading]) -> Outcome | None:
        good = sorted(
            (r.meaning for r in readings if not r.resolved.reason), key=lambda m: (m.cost, -m.literal, m.rank)
        )
        if not good or good[0].cost > LIMIT:
            return None
        best = good[0]
        rivals: list[Meaning] = []
        for other in good[1:]:
            close = other.cost < best.cost + MARGIN and other.rank <= best.rank
            if close and not any(other.same_as(known) for known in (best, *rivals)):
                rivals.append(other)
        if not rivals:
            return Understood(best, sure=best.cost <= SURE and len(best.said.split()) > 1)
        named = [m for m in (best, *rivals) if m.name == best.name and m.slots == best.slots]
        if len(named) == len(rivals) + 1 and len(named) <= _MOST_OPTIONS:
            return Which(tuple(named))
        return Misunderstood(reason=NOT_UNDERSTOOD)

    def _unknown_name(self, words: list[str]) -> Misunderstood | None:
        """The words where a name should be, when all the rest is a sentence."""
        numbers = range(len(self.grammar.sentences.filters))
        anything = {f"target_{n}": Anything() for n in numbers}
        lattice = self.grammar.lattice(words, None, **anything)
        ways = exact(self.grammar.sentences.start, lattice, 0, whole=True)
        names = [c.value for way in ways for c in way.captures if c.slot == "target" and way.end - _length(c) > 1]
        return Misunderstood(reason=UNKNOWN_NAME, name=min(names, key=len)) if names else None


def _trimmed(words: list[str], phrases: list[tuple[str, ...]]) -> list[str]:
    start, end = 0, len(words)
    trimmed = True
    while trimmed:
        trimmed = False
        for phrase in phrases:
            size = len(phrase)
            if size < end - start and tuple(words[start : start + size]) == phrase:
                start, trimmed = start + size, True
            elif size < end - start and tuple(words[end - size : end]) == phrase:
                end, trimmed = end - size, True
    return words[start:end]


def _merit(reading: _Reading) -> tuple[int, int, int, int]:
    """How good an exact reading is, the best first. "Everything" is whichever skill it means the most things for."""
    meaning = reading.meaning
    most = len(meaning.target) if reading.resolved.everything and meaning.target is not None else 0
    return -meaning.literal, meaning.rank, reading.resolved.total, -most


def _about_it(good: list[_Reading]) -> Meaning:
    """The best; where it is as good a sentence with what was spoken of as without ("make it brighter"), with it."""
    best = good[0].meaning
    ties = (r.meaning for r in good[1:] if _merit(r) == _merit(good[0]))
    same = (tie for tie in ties if best.target is None and tie.target and tie.name == best.name)
    return next(same, best)


def _failure(reading: _Reading) -> tuple[int, int, bool, int]:
    """How telling a failed reading is, the best to explain first."""
    resolved, meaning = reading.resolved, reading.meaning
    return _REASONS.index(resolved.reason), -meaning.literal, not resolved.candidates, meaning.rank


def _length(capture: Any) -> int:
    return int(capture.end - capture.start)


def aimed(meaning: Meaning, entities: tuple[str, ...]) -> Meaning:
    """`meaning`, about these entities."""
    phrase = meaning.target.phrase if meaning.target is not None else ""
    return msgspec.structs.replace(meaning, target=Target(entities=entities, phrase=phrase))
