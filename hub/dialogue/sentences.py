"""All sentences of the skills and of the dialogue in one language, compiled once: the home's names come in later."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from hassil.errors import HassilError
from hassil.expression import Expression, ListReference, Sentence
from hassil.intents import IntentData
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError
from msgspec import Struct, field

from hub.core.errors import ManifestError
from hub.dialogue.automaton import MAX_STEPS, Compiler, State, vocabulary
from hub.dialogue.language import Language, Phrase
from hub.dialogue.lattice import WordSource
from hub.dialogue.lists import ClockDigits, Numbers, Phrases, WordTrie, number_words
from hub.dialogue.references import MAKERS
from hub.dialogue.walk import Capture
from hub.dialogue.words import words_of
from hub.sdk.locale import IntentWords, Locale, SkillWords, TargetFilter

OWN: Final = "dialogue"
"""The "skill" of the sentences that people say to the dialogue itself."""
_MAX_SENTENCE: Final = 2000
_SLOT = re.compile(r"(?<!\\)\{([^{}]*)\}")
_RULE = re.compile(r"(?<!\\)<([^<>]*)>")
_RANGE = re.compile(r"(\d{1,6})\.\.(\d{1,6})(?:,\d{1,4})?$")
_FIRST_TARGET = re.compile(r"^\{target")
_BUILT_IN: Final = {"area": "area_phrase", "place": "place", "person": "person", "kind": "kind"}
_DECIMAL: Final = frozenset({"degrees"})


class SentenceMeaning(Struct, frozen=True, kw_only=True):
    """What one template means: an intent, slots that it sets, and which filter its {target} has (-1: it has none)."""

    skill: str
    intent: str
    template: str
    slots: dict[str, Any] = field(default_factory=dict)
    filter: int = -1

    @property
    def name(self) -> str:
        """ "skill.intent"."""
        return f"{self.skill}.{self.intent}"


class Block(Struct, frozen=True):
    """One intent's sentences as hassil data, for recognisers."""

    name: str
    data: IntentData


class _Read(NamedTuple):
    """A skill's parsed templates, one meaning to an expression."""

    skill: str
    blocks: list[Block]
    meanings: list[SentenceMeaning]
    expressions: list[Expression]


class Sentences:
    """The compiled sentences of one language.

    `problems` tells, skill by skill, what had to be left out; the rest works.
    """

    def __init__(self, language: Language, skills: Iterable[SkillWords]) -> None:
        self.language = language
        self.filters: list[TargetFilter] = [TargetFilter()]
        self.meanings: list[SentenceMeaning] = []
        self.problems: dict[str, str] = {}
        self.blocks: list[Block] = []
        self.rules = _rules(language)
        self.lists: dict[str, dict[str, Any]] = {}  # the skills' lists, for recognisers
        self.sources: dict[str, WordSource] = language_sources(language)
        read = [
            part for skill in skills if (locale := skill.locales.get(language.language))
            and (part := self._read(skill.skill, locale)) is not None
        ]  # fmt: skip
        self.start = self._start(read)
        self._own_first = len(self.meanings)
        self.own_start = Compiler(self.rules).compile(self._add_own())

    def meaning(self, final: int) -> SentenceMeaning:
        """What the skills' sentence `final` of the automaton means."""
        return self.meanings[final]

    def own_meaning(self, final: int) -> SentenceMeaning:
        """What the dialogue's own sentence `final` means."""
        return self.meanings[self._own_first + final]

    def vocabulary(self) -> set[str]:
        """Every word that stands in a sentence or a list, the home's names aside."""
        words = vocabulary(self.start) | vocabulary(self.own_start)
        for source in self.sources.values():
            if isinstance(source, WordTrie | Phrases | Numbers):
                words |= source.vocabulary()
        return words

    def _read(self, skill: str, locale: Locale) -> "_Read | None":
        """One skill's templates, or None and a problem."""
        try:
            return _Read(skill, *self._parse(_Scope(skill, locale, self), locale.intents))
        except (ManifestError, HassilError, ParseError, AssertionError, ValueError, RecursionError) as error:
            self._leave_out(skill, error)
            return None

    def _start(self, read: "list[_Read]") -> State:
        """The automaton of all that was read; a skill that cannot be compiled is found and left out."""
        steps = MAX_STEPS * max(1, len(read))
        try:
            start = Compiler(self.rules, steps).compile([e for part in read for e in part.expressions])
        except ManifestError:
            read = [part for part in read if self._compiles(part)]
            start = Compiler(self.rules, steps).compile([e for part in read for e in part.expressions])
        self.blocks = [block for part in read for block in part.blocks]
        self.meanings = [meaning for part in read for meaning in part.meanings]
        return start

    def _compiles(self, part: "_Read") -> bool:
        try:
            Compiler(self.rules).compile(part.expressions)
        except ManifestError as error:
            self._leave_out(part.skill, error)
            return False
        return True

    def _leave_out(self, skill: str, error: Exception) -> None:
        self.problems[skill] = f"locale {self.language.language}: {str(error)[:300]}"

    def _parse(
        self, scope: "_Scope", intents: Mapping[str, IntentWords]
    ) -> tuple[list[Block], list[SentenceMeaning], list[Expression]]:
        blocks: list[Block] = []
        meanings: list[SentenceMeaning] = []
        expressions: list[Expression] = []
        for intent, words in intents.items():
            number = self._filter(words.target)
            templates = (*words.sentences, *words.typed)
            whole = IntentData(sentence_texts=[scope.rewrite(t, number) for t in templates], slots=words.slots)
            for sentence, template in zip(whole.sentences, templates, strict=True):
                meaning = scope.meaning(intent, words, template, number)
                for reference in sentence.expression.list_references(self.rules):  # type: ignore[attr-defined]
                    scope.check(reference)
                meanings.append(meaning)
                expressions.append(sentence.expression)
            if words.sentences:
                heard = [_FIRST_TARGET.sub("{first_target", t) for t in whole.sentence_texts[: len(words.sentences)]]
                blocks.append(Block(f"{scope.skill}.{intent}", IntentData(sentence_texts=heard, slots=words.slots)))
        return blocks, meanings, expressions

    def _filter(self, wanted: TargetFilter) -> int:
        if wanted not in self.filters:
            self.filters.append(wanted)
        return self.filters.index(wanted)

    def _add_own(self) -> list[Expression]:
        scope = _Scope(OWN, Locale(language=self.language.language), self)
        intents = {name: _own_words(ways) for name, ways in self.language.sentences.items()}
        blocks, meanings, expressions = self._parse(scope, intents)
        self.blocks.extend(blocks)
        self.meanings.extend(meanings)
        return expressions


class _Scope:
    """One skill's private lists and expansions, and the rewriting of its templates to the names they get here."""

    def __init__(self, skill: str, locale: Locale, sentences: Sentences) -> None:
        self.skill, self._locale, self._sentences = skill, locale, sentences
        rules: dict[str, Sentence] = {}
        for name, text in locale.expansions.items():
            if not words_of(text):
                continue
            rules[self._rule(name)] = parse_sentence(self.rewrite(text, -1))
        sentences.rules.update(rules)
        for name, values in locale.lists.items():
            self._add_list(f"{skill}__{name}", values)

    def meaning(self, intent: str, words: IntentWords, template: str, target: int) -> SentenceMeaning:
        """What `template` of `intent` means."""
        number = target if any(m[1] == "target" for m in _SLOT.finditer(template)) else -1
        return SentenceMeaning(skill=self.skill, intent=intent, template=template, slots=words.slots, filter=number)

    def rewrite(self, text: str, target: int) -> str:
        """`text` with every list and expansion under the name that it has among all skills."""
        if len(text) > _MAX_SENTENCE:
            raise ManifestError("a sentence is too long", remedy=f"at most {_MAX_SENTENCE} characters")

        def slot(match: re.Match[str]) -> str:
            name, _, slot_name = match[1].partition(":")
            return "{" + f"{self._list(name, target)}:{slot_name or name}" + "}"

        return _RULE.sub(lambda m: f"<{self._rule(m[1])}>", _SLOT.sub(slot, text))

    def check(self, reference: ListReference) -> None:
        """Raise `ManifestError` when the list is not known."""
        name = reference.list_name
        if name in self._sentences.sources or name.startswith("target_") or name in _HOME_LISTS:
            return
        match = _RANGE.match(name)
        if match is None:
            raise ManifestError(f"unknown list {{{name}}}", remedy="define it under lists:")
        words = number_words(*_numbers_of(self._sentences.language))
        self._sentences.sources[name] = Numbers(words, int(match[1]), int(match[2]))

    def _list(self, name: str, target: int) -> str:
        if name == "target":
            if target < 0:
                raise ManifestError("{target} inside an expansion", remedy="write it in the sentence")
            return f"target_{target}"
        if name in self._locale.lists:
            return f"{self.skill}__{name}"
        return _BUILT_IN.get(name, name)

    def _rule(self, name: str) -> str:
        return f"{self.skill}__{name}" if name in self._locale.expansions else name

    def _add_list(self, name: str, values: Mapping[str, Any]) -> None:
        expressions = [parse_sentence(self.rewrite(text, -1)).expression for text in values]
        start = Compiler(self._sentences.rules).compile(expressions)
        sets = [{"value": value} for value in values.values()]
        self._sentences.sources[name] = Phrases(start, sets, _listed)
        self._sentences.lists[name] = dict(zip((self.rewrite(t, -1) for t in values), values.values(), strict=True))


_HOME_LISTS: Final = frozenset({"name", "area", "area_only", "floor", "floor_adverb", "kind", "area_kind", "person"})


def _own_words(ways: Iterable[str | Phrase]) -> IntentWords:
    phrases = [way if isinstance(way, Phrase) else Phrase(say=way) for way in ways]
    return IntentWords(
        sentences=tuple(way.say for way in phrases if not way.typed),
        typed=tuple(way.say for way in phrases if way.typed),
    )


def _listed(_captures: tuple[Capture, ...], said: Mapping[str, Any]) -> Any:
    return said["value"]


def _rules(language: Language) -> dict[str, Sentence]:
    rules = {name: parse_sentence(text) for name, text in language.rules.items()}
    rules["in_area"] = parse_sentence("{place:area}")
    return rules


def _numbers_of(language: Language) -> tuple[str, tuple[tuple[str, str], ...]]:
    return language.language, tuple(language.number_spellings.items())


def language_sources(language: Language) -> dict[str, WordSource]:
    """The lists that a language brings: numbers, fixed words and phrases, by name."""
    words = number_words(*_numbers_of(language))
    sources: dict[str, WordSource] = {"clock_digits": ClockDigits()}
    for name, (low, high) in language.numbers.items():
        sources[name] = Numbers(words, low, high, decimals=name in _DECIMAL)
    for name, values in language.lists.items():
        trie = WordTrie()
        for text, value in values.items():
            trie.add(words_of(text), value)
        sources[name] = trie
    rules = _rules(language)
    for phrase, make in MAKERS.items():
        ways = language.ways(phrase)
        start = Compiler(rules).compile([parse_sentence(way.say).expression for way in ways])
        sources[phrase] = Phrases(start, [way.set for way in ways], make)
    return sources
