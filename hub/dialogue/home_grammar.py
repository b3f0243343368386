"""The compact grammar of one home: the skills' sentences, compiled once, over lists of this home's names.

Matching never writes out "template times name": names stand in tries, kinds and areas combine in phrases. The same
grammar is there as hassil objects (`intents`, `slot_lists`, `expansion_rules`) for a speech recogniser to walk.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from hassil.expression import Sentence, TextChunk
from hassil.intents import Intent, Intents, RangeSlotList, SlotList, TextSlotList, TextSlotValue
from hassil.parse_expression import parse_sentence

from hub.core.entities import Entity, HomeView
from hub.dialogue.home_index import Fitting, HomeIndex
from hub.dialogue.language import SHARE, Language
from hub.dialogue.lattice import Lattice, Mender, Span, WordSource
from hub.dialogue.lists import TrieNode, WordTrie
from hub.dialogue.references import Selector
from hub.dialogue.sentences import Sentences
from hub.dialogue.targets import Resolver


def _never_hidden(entity: Entity) -> bool:
    return entity.exposed is not False


class _Alias:
    """A list that reads as another."""

    def __init__(self, name: str) -> None:
        self._name = name

    def spans(self, lattice: Lattice, at: int) -> list[Span]:
        """The other list's values."""
        return lattice.spans(self._name, at)


class HomeGrammar:
    """What can be said to one home in one language. Immutable: a changed home gets a new one.

    `exposed` says which entities are meant by groups ("all lights"); by name everything can be spoken of.
    """

    def __init__(self, home: HomeView, sentences: Sentences, exposed: Callable[[Entity], bool] = _never_hidden) -> None:
        self.home = home
        self.sentences = sentences
        self.index = HomeIndex(home, sentences.language, exposed)
        self.resolver = Resolver(self.index)
        self.sources: dict[str, WordSource] = {**sentences.sources, **self._home_sources()}

    @property
    def language(self) -> Language:
        """The language that it is in."""
        return self.sentences.language

    def lattice(self, words: Sequence[str], mender: Mender | None = None, **instead: WordSource) -> Lattice:
        """`words` to be matched; `instead` replaces lists by name."""
        return Lattice(words, {**self.sources, **instead} if instead else self.sources, mender)

    def _home_sources(self) -> dict[str, WordSource]:
        index = self.index
        found: dict[str, WordSource] = {
            "name": index.names,
            "area": index.areas,
            "area_only": index.areas,
            "floor": index.floors,
            "floor_adverb": index.floor_adverbs,
            "kind": index.kinds,
            "area_kind": index.area_kinds,
            "person": index.people,
        }
        for number in range(len(self.sentences.filters)):
            found[f"target_{number}"] = _Alias("target")
        return found

    # -- as hassil objects ---------------------------------------------------------------------------------------

    @cached_property
    def intents(self) -> Intents:
        """Every intent's sentences as hassil's `Intents`, with `slot_lists` and `expansion_rules` in it."""
        found: dict[str, Intent] = {}
        for block in self.sentences.blocks:
            found.setdefault(block.name, Intent(name=block.name)).data.append(block.data)
        return Intents(
            language=self.language.language,
            intents=found,
            slot_lists=self.slot_lists,
            expansion_rules=self.expansion_rules,
        )

    @property
    def expansion_rules(self) -> dict[str, Sentence]:
        """The named pieces of sentences."""
        return self.sentences.rules

    @cached_property
    def slot_lists(self) -> dict[str, SlotList]:
        """Every list that the sentences refer to; names are plain text in it, never template syntax."""
        lists: dict[str, SlotList] = {}
        spelled = self.language.language
        for name, (low, high) in self.language.numbers.items():
            lists[name] = RangeSlotList(name, low, high, words_language=spelled)
        for name, values in self.language.lists.items():
            lists[name] = _texts(name, ((text, value) for text, value in values.items()))
        for name, values in self.sentences.lists.items():
            lists[name] = TextSlotList(name, [_template(text, value) for text, value in values.items()])
        index = self.index
        for name, trie in (("area", index.areas), ("floor", index.floors), ("floor_adverb", index.floor_adverbs)):
            lists[name] = _trie(name, trie)
        lists["kind"] = _trie("kind", index.kinds)
        lists["name"] = _texts("name", ((" ".join(words), entity) for words, entity in index.spoken_names))
        lists["person"] = _trie("person", index.people)
        for phrase in self.language.phrases:
            if phrase not in ("target", "one"):
                lists[phrase] = self._phrase(phrase, phrase, {})
        for number, wanted in enumerate(self.sentences.filters):
            self._targets(number, index.fitting(wanted), lists)
        return lists

    def _targets(self, number: int, fitting: Fitting, lists: dict[str, SlotList]) -> None:
        """The lists that `{target}` of filter `number` is made of: only what this home has and the filter lets in.

        `{first_target_...}` is what a sentence may begin with.
        """
        index = self.index
        entities = fitting.by_id.values()
        areas = fitting.areas
        floors = {floor for floor, inside in index.floor_areas.items() if areas.intersection(inside)}

        def here(selector: Selector) -> bool:
            return any(selector.selects(entity) for entity in entities)

        names = [(words, entity) for words, entity in index.spoken_names if entity in fitting.by_id]
        narrowed: dict[str, TextSlotList] = {
            "name": _texts("name", ((" ".join(words), entity) for words, entity in names)),
            "kind": _trie("kind", index.kinds, lambda many: any(here(s) for s in many)),
            "area_kind": _trie("area_kind", index.area_kinds, lambda v: v[0][0] in areas and any(map(here, v[1]))),
            "area": _trie("area", index.areas, lambda ids: any(i in areas for i in ids)),
            "floor": _trie("floor", index.floors, lambda floor: floor in floors),
            "floor_adverb": _trie("floor_adverb", index.floor_adverbs, lambda floor: floor in floors),
        }
        narrowed["area_only"] = narrowed["area"]
        rename: dict[str, str] = {}
        for name, values in narrowed.items():
            rename[name] = f"{name}_{number}"
            lists[rename[name]] = values
        rename["place"] = f"place_{number}"
        lists[rename["place"]] = self._phrase("place", rename["place"], rename)
        for first in (False, True):
            one, target = f"{'first_' * first}one_{number}", f"{'first_' * first}target_{number}"
            lists[one] = self._phrase("one", one, rename, first=first)
            lists[target] = self._phrase("target", target, {**rename, "one": one}, first=first)
            if not fitting.by_id:
                lists[one], lists[target] = TextSlotList(one, []), TextSlotList(target, [])

    def _phrase(self, phrase: str, name: str, rename: Mapping[str, str], *, first: bool = False) -> TextSlotList:
        ways = [way for way in self.language.ways(phrase) if not way.typed and (way.begins or not first)]
        values = [_template(_renamed(way.say, rename), phrase) for way in ways]
        for way, value in zip(ways, values, strict=True):
            value.metadata = {SHARE: way.share}
        return TextSlotList(name, values)


def _renamed(template: str, rename: Mapping[str, str]) -> str:
    for old, new in rename.items():
        template = template.replace("{" + old + "}", "{" + f"{new}:{old}" + "}")
    return template


def _template(text: str, value: Any) -> TextSlotValue:
    return TextSlotValue(text_in=parse_sentence(text).expression, value_out=value)


def _texts(name: str, values: Iterable[tuple[str, Any]]) -> TextSlotList:
    return TextSlotList(name, [TextSlotValue(text_in=TextChunk(text), value_out=value) for text, value in values])


def _trie(name: str, trie: WordTrie, keep: Callable[[Any], bool] = lambda _: True) -> TextSlotList:
    found: list[tuple[str, Any]] = []
    stack: list[tuple[TrieNode, tuple[str, ...]]] = [(trie.root, ())]
    while stack:
        node, words = stack.pop()
        for value in trie.join(node.values) if node.values else ():
            if keep(value):
                found.append((" ".join(words), value))
        stack.extend((follow, (*words, word)) for word, follow in node.next.items())
    return _texts(name, sorted(found, key=lambda item: item[0]))
