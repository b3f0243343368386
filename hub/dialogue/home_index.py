"""The home as the grammar needs it: names in tries, entities by area and kind. Rebuilt whenever the home changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Final

from hassil.numbers import get_rbnf_engine

from hub.core.entities import Entity, HomeView
from hub.dialogue.language import Language
from hub.dialogue.lists import WordTrie
from hub.dialogue.references import Named, Selector
from hub.dialogue.words import spoken, words_of
from hub.sdk.locale import TargetFilter

_MAX_NAMES: Final = 24
"""Names of one thing that are listened for."""
Words = tuple[str, ...]


def _merged(values: list[Any]) -> list[Any]:
    return [tuple(values)]


def _joined(values: list[Any]) -> list[Any]:
    return [tuple(item for value in values for item in value)]


class Fitting:
    """The entities that a `TargetFilter` lets through; those that groups may mean also by area and kind.

    `everywhere`: a kind without a place means the whole home, wherever the speaker is.
    """

    def __init__(self, entities: Iterable[Entity], exposed: Callable[[Entity], bool], everywhere: bool) -> None:
        self.everywhere = everywhere
        self.by_id = {entity.id: entity for entity in entities}
        self.areas = {entity.area for entity in self.by_id.values() if entity.area}
        self._groups: dict[tuple[str | None, str], list[Entity]] = defaultdict(list)
        for entity in filter(exposed, self.by_id.values()):
            for area in (entity.area, None):
                self._groups[area, entity.kind].append(entity)
                self._groups[area, ""].append(entity)

    def group(self, areas: tuple[str, ...] | None, selectors: tuple[Selector, ...] = ()) -> list[Entity]:
        """The entities of `areas` (None: of the whole home) that one of `selectors` selects (none: all of them)."""
        found: dict[str, Entity] = {}
        for area in (None,) if areas is None else areas:
            if not selectors:
                found.update((e.id, e) for e in self._groups.get((area, ""), ()))
            for selector in selectors:
                kind = self._groups.get((area, selector.kind), ())
                found.update((e.id, e) for e in kind if not selector.classes or selector.selects(e))
        return list(found.values())


class HomeIndex:
    """Names and things of one home in one language.

    `exposed` says whether an entity is meant when a group of things is spoken of ("all", "everything", "the lights").
    """

    def __init__(self, home: HomeView, language: Language, exposed: Callable[[Entity], bool]) -> None:
        self.home = home
        self.exposed = exposed
        self._language = language
        self.names = WordTrie(_merged)
        self.areas = WordTrie(_merged)
        self.area_kinds = WordTrie()
        self.floors = WordTrie()
        self.floor_adverbs = WordTrie()
        self.people = WordTrie()
        self.kinds = WordTrie(_merged)
        self.spoken_names: list[tuple[Words, str]] = []  # for the grammar that is shown to recognisers
        self.floor_areas: dict[str, tuple[str, ...]] = {f: tuple(a.id for a in v) for f, v in home.floors().items()}
        self._fitting: dict[TargetFilter, Fitting] = {}
        self._kind_words: set[Words] = set()
        self._add_kinds()
        area_words = self._add_areas()
        self._add_floors()
        for person in home.people.values():
            for name in (person.name, *person.aliases)[:_MAX_NAMES]:
                self.people.add(spoken(name), person.id)
        for entity in home.entities.values():
            self._add_entity(entity, area_words.get(entity.area, ()))

    def fitting(self, wanted: TargetFilter) -> Fitting:
        """The entities that `wanted` lets through."""
        found = self._fitting.get(wanted)
        if found is None:
            able = (e for e in self.home.entities.values() if fits(e, wanted))
            found = self._fitting[wanted] = Fitting(able, self.exposed, wanted.everywhere)
        return found

    def _add_kinds(self) -> None:
        for noun in self._language.kinds:
            for many, texts in ((False, noun.one), (True, noun.many)):
                for text in texts:
                    words = tuple(words_of(text))
                    self._kind_words.add(words)
                    self.kinds.add(words, Selector(noun.kind, noun.classes, many, words[-1]))

    def _add_areas(self) -> dict[str, tuple[Words, ...]]:
        found: dict[str, tuple[Words, ...]] = {}
        for area in self.home.areas.values():
            names = tuple(w for n in area.spoken_names(self._language.language)[:_MAX_NAMES] if (w := spoken(n)))
            found[area.id] = names
            for words in names:
                self.areas.add(words, area.id)
                if len(words) == 1 and self._language.compounds:
                    self._add_compounds(words[0], area.id)
        return found

    def _add_compounds(self, area_word: str, area: str) -> None:
        """ "Küche" and "Licht" also come as one word, "Küchenlicht"."""
        for noun in self._language.kinds:
            for many, texts in ((False, noun.one), (True, noun.many)):
                for text in texts:
                    selector = Selector(noun.kind, noun.classes, many, words_of(text)[-1])
                    for link in self._language.compounds:
                        for word in words_of(area_word + link + text.replace(" ", "")):
                            self.area_kinds.add((word,), ((area,), (selector,)))

    def _add_floors(self) -> None:
        for floor in self.floor_areas:
            words = self._language.floors.get(floor.casefold().strip())
            for noun in (floor, *(words.nouns if words else ())):
                self.floors.add(spoken(noun), floor)
            for adverb in words.adverbs if words else ():
                self.floor_adverbs.add(spoken(adverb), floor)

    def _add_entity(self, entity: Entity, area_names: tuple[Words, ...]) -> None:
        whole, short = Named(entity.id), Named(entity.id, short=True)
        for name in entity.spoken_names(self._language.language)[:_MAX_NAMES]:
            for words in self._variants(name):
                self.names.add(words, whole)
                self.spoken_names.append((words, entity.id))
                for area in area_names:
                    rest = words[len(area) :]
                    if rest and words[: len(area)] == area and rest not in self._kind_words:
                        self.names.add(rest, short)

    def _variants(self, name: str) -> list[Words]:
        """How a written name may be spoken: "Light 2" as "light two", "TV" as "t v"."""
        words = spoken(name)
        if not words:
            return []
        variants = [words]
        if any(word.isdecimal() and len(word) <= 4 for word in words):
            engine = get_rbnf_engine(self._language.language)
            said = (engine.format_number(int(w)).text if w.isdecimal() and len(w) <= 4 else w for w in words)
            variants.append(tuple(words_of(" ".join(said))))
        capitals = {w.casefold() for w in name.split() if w.isalpha() and w.isupper() and 2 <= len(w) <= 4}
        if capitals:
            variants.append(tuple(c for word in words for c in (word if word in capitals else (word,))))
        return variants


def fits(entity: Entity, wanted: TargetFilter) -> bool:
    """Whether `entity` is of one of the kinds and device classes, and has all the traits."""
    return (
        (not wanted.kinds or entity.kind in wanted.kinds)
        and all(trait in entity.traits for trait in wanted.traits)
        and (not wanted.device_classes or entity.device_class in wanted.device_classes)
    )
