"""The home's sentence templates as a grammar for the speech recogniser, without ever writing out a sentence.

Two passes of the same minimisation: first over the templates with their slots closed, so that "turn on {name}" of
five skills is one path; then with the slots opened, each list's own minimal automaton standing in for its name.
"""

from collections.abc import Callable, Iterable, Mapping
from math import log

from hassil import IntentData, Intents, ListReference, RangeSlotList, Sentence, SlotList, TextSlotList
from hassil.intents import TextSlotValue
from hassil.numbers import get_rbnf_engine
from msgspec import Struct

from hub.core.errors import ManifestError
from hub.dialogue.language import SHARE
from hub.dialogue.template_paths import SLOT, TemplatePaths, cost_of, plain_words
from hub.perception.speech.automaton import Arc, Automaton, minimal
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.pronounce import pronunciations

_MAX_RANGE = 10_000
_TENS, _FIVES = 30.0, 6.0
_NOTHING: Automaton = Automaton((), {})

Place = int | tuple[str, int, int]
"""A state of the templates' automaton, or (slot label, state inside its list, state after it)."""


class Priors(Struct, frozen=True, kw_only=True):
    """How often this home used what: counts by intent and by spoken value of a slot ("kitchen light").

    A value never used counts as `unseen`, so that nothing becomes unsayable. `hub.dialogue.usage` fills them. Of the
    number lists named in `round_numbers`, tens are said more often than fives, and those more often than the rest.
    """

    intents: dict[str, float] = {}
    values: dict[str, float] = {}
    unseen: float = 1.0
    round_numbers: frozenset[str] = frozenset()

    def number_costs(self, name: str | None, numbers: Iterable[int | float]) -> dict[int | float, int]:
        """-1000 ln of how often each of the numbers of list `name` is said."""
        plain = name not in self.round_numbers
        weights = {n: 1.0 if plain else _TENS if n % 10 == 0 else _FIVES if n % 5 == 0 else 1.0 for n in numbers}
        total = sum(weights.values())
        return {n: cost_of(weight / total) for n, weight in weights.items()}

    def cost(self, counts: Mapping[str, float], key: str) -> int:
        """-1000 ln of the count against the largest; 0 where nothing has been counted."""
        if not counts:
            return 0
        most = max(counts.values()) + self.unseen
        return round(-1000 * log((counts.get(key, 0.0) + self.unseen) / most))


def speech_grammar(
    intents: Intents,
    slot_lists: Mapping[str, SlotList] | None = None,
    expansion_rules: Mapping[str, Sentence] | None = None,
    *,
    language: str = "en",
    priors: Priors | None = None,
    joiner: str = "",
    pronounce: Callable[[Iterable[str], str], dict[str, tuple[str, ...]]] = pronunciations,
) -> SpeechGrammar:
    """What can be said to this home. `slot_lists` and `expansion_rules` stand before the intents' own.

    Wildcard slots cannot be spoken by a grammar: paths through them are left out. `joiner` ("and") lets a second
    command follow. Raises `ManifestError` for a template that names an expansion that is not there.
    """
    automaton = sentence_automaton(intents, slot_lists, expansion_rules, language=language, priors=priors)
    words = {word for arcs in automaton.arcs for word, _, _ in arcs} | ({joiner} if joiner else set())
    return SpeechGrammar.of(automaton, pronounce(words, language), language=language, joiner=joiner)


def sentence_automaton(
    intents: Intents,
    slot_lists: Mapping[str, SlotList] | None = None,
    expansion_rules: Mapping[str, Sentence] | None = None,
    *,
    language: str = "en",
    priors: Priors | None = None,
) -> Automaton:
    """The minimal automaton of all sentences of all intents."""
    builder = _Builder(language, priors or Priors())
    for name, intent in intents.intents.items():
        cost = builder.priors.cost(builder.priors.intents, name)
        for data in intent.data:
            scope = _Scope(
                data,
                {**intents.slot_lists, **data.slot_lists, **(slot_lists or {})},
                {**intents.expansion_rules, **data.expansion_rules, **(expansion_rules or {})},
            )
            builder.add(scope, cost, f"intent {name}")
    return builder.automaton()


class _Scope(Struct, frozen=True, eq=False):
    """What names mean in one block of sentences."""

    data: IntentData
    lists: Mapping[str, SlotList]
    rules: Mapping[str, Sentence]


class _Builder:
    def __init__(self, language: str, priors: Priors) -> None:
        self.priors = priors
        self._language = language
        self._templates = TemplatePaths()
        self._lists: dict[str, tuple[SlotList, _Scope]] = {}
        self._opened: dict[str, Automaton] = {}
        self._opening: list[str] = []

    def add(self, scope: _Scope, cost: int, place: str) -> None:
        """The sentences of one block."""
        for sentence in scope.data.sentences:
            try:
                self._templates.add(sentence.expression, scope.rules, lambda ref: self._key(ref, scope), cost)
            except ManifestError as error:
                raise ManifestError(error.message, place=f"{place}: {sentence.text}", remedy=error.remedy) from None

    def automaton(self) -> Automaton:
        """All that was added, slots opened."""
        return self._with_slots_open(minimal(0, self._templates.arcs, self._templates.final))

    def _key(self, reference: ListReference, scope: _Scope) -> str | None:
        """The name of a list as this block may use it; lists that hold the same values under it share one."""
        inline = reference.get_inline_range()
        values = scope.lists.get(reference.list_name) if inline is None else RangeSlotList(reference.list_name, *inline)
        if isinstance(values, RangeSlotList):
            span = f"{values.start}..{values.stop},{values.step}"
            key = f"{values.name},{span},{values.fraction_type},{values.words_language}"
        elif isinstance(values, TextSlotList):
            narrowed = any(value.context for value in values.values)
            wanted = f"{scope.data.requires_context} {scope.data.excludes_context}" if narrowed else ""
            key = f"{id(values)} {wanted}"
        else:
            return None
        self._lists.setdefault(key, (values, scope))
        return key

    def _with_slots_open(self, templates: Automaton) -> Automaton:
        """The same automaton with each slot's own words in its place."""
        if not any(SLOT in label for arcs in templates.arcs for label, _, _ in arcs):
            return templates

        def arcs(place: Place) -> list[Arc[Place]]:
            if isinstance(place, tuple):
                label, inside, after = place
                return self._inside(label, inside, after, 0)
            found: list[Arc[Place]] = []
            for label, target, cost in templates.arcs[place]:
                if SLOT in label:
                    found.extend(self._inside(label, 0, target, cost))
                else:
                    found.append((label, target, cost))
            return found

        start: Place = 0
        return minimal(start, arcs, lambda place: templates.finals.get(place) if isinstance(place, int) else None)

    def _inside(self, label: str, state: int, after: int, paid: int) -> list[Arc[Place]]:
        opened = self._open(label)
        if not opened.arcs:
            return []
        found: list[Arc[Place]] = []
        paid += opened.least if state == 0 else 0
        for word, target, cost in opened.arcs[state]:
            if opened.arcs[target]:
                found.append((word, (label, target, after), paid + cost))
            end = opened.finals.get(target)
            if end is not None:
                found.append((word, after, paid + cost + end))
        return found

    def _open(self, label: str) -> Automaton:
        opened = self._opened.get(label)
        if opened is None:
            if label in self._opening:
                raise ManifestError("a list contains itself", remedy="break the circle of {names}")
            self._opening.append(label)
            prefix, key, suffix = label.split(SLOT)
            values, scope = self._lists[key]
            if isinstance(values, RangeSlotList):
                opened = _range_words(values, self._language, self.priors)
            else:
                opened = self._text_words(values, scope)
            if prefix or suffix:
                opened = _attached(opened, prefix, suffix)
            self._opened[label] = opened
            self._opening.pop()
        return opened

    def _text_words(self, values: SlotList, scope: _Scope) -> Automaton:
        """The values of a list, which may name further lists."""
        assert isinstance(values, TextSlotList)
        paths = TemplatePaths()
        shares = [(value.metadata or {}).get(SHARE, 1.0) for value in values.values]
        spoken = [plain_words(getattr(value.text_in, "text", "")).strip() for value in values.values]
        # A list of which nothing was counted costs nothing: only names are weighed against each other.
        counts = self.priors.values if any(text in self.priors.values for text in spoken) else {}
        for value, share, text in zip(values.values, shares, spoken, strict=True):
            if _allowed(value, scope.data):
                cost = self.priors.cost(counts, text) + cost_of(share / sum(shares))
                paths.add(value.text_in, scope.rules, lambda ref: self._key(ref, scope), cost)
        return self._with_slots_open(minimal(0, paths.arcs, paths.final))


def _allowed(value: TextSlotValue, data: IntentData) -> bool:
    """Whether this value may stand in this block's slot. What the value does not speak of is left to the matcher."""
    context = value.context or {}
    return all(_agrees(context[key], wanted) for key, wanted in data.requires_context.items() if key in context) and (
        not any(_agrees(context[key], banned) for key, banned in data.excludes_context.items() if key in context)
    )


def _agrees(actual: object, wanted: object) -> bool:
    if isinstance(wanted, Mapping):
        wanted = wanted.get("value")
    if wanted is None:
        return True
    wanted_values = set(wanted) if isinstance(wanted, list | set | tuple) else {wanted}
    actual_values = set(actual) if isinstance(actual, list | set | tuple) else {actual}
    return bool(wanted_values & actual_values)


def _range_words(values: RangeSlotList, language: str, priors: Priors) -> Automaton:
    """The numbers of a range as the matcher spells them."""
    if not values.words:
        return _NOTHING
    numbers = list(values.get_numbers())
    if len(numbers) > _MAX_RANGE:
        raise ManifestError(f"a range of {len(numbers)} numbers", remedy=f"at most {_MAX_RANGE}")
    engine = get_rbnf_engine(values.words_language or language)
    costs = priors.number_costs(values.name, numbers)
    spoken = {
        tuple(text.replace("-", " ").split()): costs[number]
        for number in numbers
        for text in engine.format_number(number).text_by_ruleset.values()
    }
    return _of_word_lists(spoken)


def _of_word_lists(sentences: Mapping[tuple[str, ...], int]) -> Automaton:
    """The automaton of sentences that are given one by one, each with its cost."""
    trie: list[dict[str, int]] = [{}]
    ends: dict[int, int] = {}
    for sentence, cost in sentences.items():
        state = 0
        for word in sentence:
            target = trie[state].setdefault(word, len(trie))
            if target == len(trie):
                trie.append({})
            state = target
        ends[state] = cost
    return minimal(0, lambda s: [(word, t, 0) for word, t in trie[s].items()], ends.get)


def _attached(inner: Automaton, prefix: str, suffix: str) -> Automaton:
    """The same words with text grown onto the first and the last of them ("{area}licht")."""
    if not inner.arcs:
        return inner

    def arcs(state: int) -> list[Arc[int]]:
        found: list[Arc[int]] = []
        paid = inner.least if state == 0 else 0
        for word, target, cost in inner.arcs[state]:
            grown = prefix + word if state == 0 else word
            if inner.arcs[target]:
                found.append((grown, target, paid + cost))
            end = inner.finals.get(target)
            if end is not None:
                found.append((grown + suffix, -1, paid + cost + end))
        return found

    return minimal(0, lambda s: arcs(s) if s >= 0 else [], lambda s: 0 if s == -1 else None)
