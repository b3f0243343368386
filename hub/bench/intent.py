"""`hearth bench intent`: from words to intent and entities, at 500 and 5,000 names.

Beside it, in the same run, hassil's own `recognize_best` over the same grammar, and for slips gazetteer-matcher's
`GazetteerMatcher` over the same home. Home Assistant 2026.11 on a machine like this takes 2.3 ms for "turn on the
kitchen light" and 36 to 45 ms for a slip or paraphrase at 500 names.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hub.bench.measure import Measure, compare
from hub.core.bundled import bundled
from hub.core.entities import Area, Entity, HomeView
from hub.core.errors import ManifestError
from hub.core.traits import PLAIN_CONFIG
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.meanings import Understood
from hub.dialogue.sentences import Sentences
from hub.dialogue.targets import Surroundings
from hub.sdk.locale import SkillWords, read_locale

SIZES = (500, 5_000)
HIT_MS, SLIP_MS = 0.3, 5.0
HIT = "turn on the kitchen light"
SLIPS = (
    "turn on the kichen light",
    "trun off the office lamp",
    "could you maybe turn on the kitchen light for me again",
)
REFERENCE_HIT = "Home Assistant 2026.11 (reference: 2.3 ms)"
REFERENCE_SLIP = "Home Assistant 2026.11 (reference: 36 to 45 ms)"
_REPEATS = 200
_AREAS = (
    "kitchen", "living room", "bedroom", "bathroom", "hallway", "office", "garage", "attic", "cellar", "garden",
    "nursery", "guest room", "laundry room", "dining room", "library", "workshop", "pantry", "balcony", "porch", "gym",
)  # fmt: skip
_PLACES = (
    "", "corner", "window", "shelf", "ceiling", "wall", "desk", "reading", "floor", "mirror", "cabinet", "entrance",
    "left", "right", "small", "big", "old", "new", "blue", "round", "north", "south", "upper", "lower", "middle",
)  # fmt: skip
_NOUNS = (("light", "light"), ("lamp", "light"), ("fan", "fan"), ("plug", "switch"), ("spot", "light"))


def made_home(names: int) -> HomeView:
    """A home of `names` entities whose names repeat words as real ones do: "office window lamp", "gym old spot 2"."""
    areas = {name.replace(" ", "_"): Area(id=name.replace(" ", "_"), name=name) for name in _AREAS}
    entities: dict[str, Entity] = {}
    for number, name, kind, area in _made_names():
        if len(entities) >= names:
            break
        traits = dict.fromkeys(("OnOff", "Level"), PLAIN_CONFIG)
        entity = Entity(id=f"{kind}.made_{number}", name=name, area=area, traits=traits)
        entities[entity.id] = entity
    return HomeView(areas=areas, entities=entities)


def _made_names() -> Iterator[tuple[int, str, str, str]]:
    number = 0
    for lap in range(1, 100):
        for place in _PLACES:
            for noun, kind in _NOUNS:
                for area in _AREAS:
                    words = (area, place, noun, str(lap) if lap > 1 else "")
                    yield number, " ".join(filter(None, words)), kind, area.replace(" ", "_")
                    number += 1


def bundled_words(language: str = "en") -> list[SkillWords]:
    """The words of the bundled skills; one that is broken is left out here."""
    found: list[SkillWords] = []
    for path in sorted(Path(bundled("skills")).glob(f"*/locale/{language}.yaml")):
        try:
            found.append(SkillWords(skill=path.parent.parent.name, locales={language: read_locale(path)}))
        except ManifestError:
            continue
    return found


def milliseconds(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """The median time of one `work()`."""
    times: list[float] = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2] * 1e3


def _hassil(grammar: HomeGrammar, text: str) -> float:
    from hassil.recognize import recognize_best

    intents = grammar.intents
    if recognize_best(text, intents, language="en") is None:
        raise AssertionError("hassil does not know the sentence")
    return milliseconds(lambda: recognize_best(text, intents, language="en"), 10)


def _gazetteer(home: HomeView, text: str) -> float:
    from gazetteer_matcher import GazetteerMatcher

    matcher = GazetteerMatcher(
        home={
            "areas": {a.id: {"name": a.name} for a in home.areas.values()},
            "floors": {},
            "entities": {e.id: {"name": e.name, "domain": e.kind, "area": e.area} for e in home.entities.values()},
        }
    )
    return milliseconds(lambda: matcher.interpret(text), 5)


def _matched(matcher: Matcher, text: str) -> Callable[[], object]:
    around = Surroundings()
    outcome = matcher.match(text, around)
    if not isinstance(outcome, Understood) or not outcome.sure:
        raise AssertionError(f"{text!r} was not understood: {outcome}")

    def match() -> object:
        matcher.mender.forget()  # every slip as if heard for the first time
        return matcher.match(text, around)

    return match


def measure() -> list[Measure]:
    """Median milliseconds of a hit, of the slowest slip, and of rebuilding, by number of names."""
    sentences = Sentences(load_language("en"), bundled_words())
    measures: list[Measure] = []
    for names in SIZES:
        home = made_home(names)
        rebuild = milliseconds(lambda home=home: Matcher(HomeGrammar(home, sentences)).mender, 3)  # type: ignore[misc]
        matcher = Matcher(HomeGrammar(home, sentences))
        hit = milliseconds(_matched(matcher, HIT))
        slip = max(milliseconds(_matched(matcher, text), 50) for text in SLIPS)
        peer = _hassil(matcher.grammar, HIT)
        measures += [
            compare(
                "intent", f"hit at {names} names", hit, "ms", peer=peer, lower_is_better=True, target=HIT_MS,
                peer_name="hassil recognize_best, same grammar",
            ),
            compare(
                "intent", f"slip or paraphrase at {names} names", slip, "ms", peer=_gazetteer(home, SLIPS[0]),
                peer_name="gazetteer-matcher, same home", lower_is_better=True, target=SLIP_MS,
            ),
            compare("intent", f"grammar rebuilt at {names} names", rebuild, "ms", lower_is_better=True),
        ]  # fmt: skip
    measures += [
        compare("intent", "hit beside Home Assistant", measures[0].ours, "ms", peer_name=REFERENCE_HIT,
                lower_is_better=True, target=2.3),
        compare("intent", "slip beside Home Assistant", measures[1].ours, "ms", peer_name=REFERENCE_SLIP,
                lower_is_better=True, target=36.0),
    ]  # fmt: skip
    return measures
