"""A conversation: what was asked and said last, and what the next sentence means because of it.

Reading a sentence changes nothing; it gives the steps to take. Taking them is the dialogue's business.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct, field

from hub.dialogue.correcting import corrections
from hub.dialogue.excepting import excepting
from hub.dialogue.matcher import NOT_UNDERSTOOD, UNKNOWN_NAME, Matcher, aimed
from hub.dialogue.meanings import Meaning, Misunderstood, Outcome, Understood, Which
from hub.dialogue.placing import place_words
from hub.dialogue.pointing import Pointed, nearest
from hub.dialogue.references import Place, Reference
from hub.dialogue.targets import Surroundings
from hub.dialogue.walk import Found
from hub.dialogue.words import words_of

ANSWER_SECONDS: Final = 30.0
"""How long a question waits for its answer."""
MEMORY_SECONDS: Final = 180.0
""" How long "it" and "and the bedroom" are understood."""
_MOST_COMMANDS: Final = 3
_SHARED_WORDS: Final = 3  # words of a first command that a second may leave out: "turn the lamp off and the fan on"


class Act(Struct, frozen=True):
    """Do this; `instead` of what was done last, which is then taken back where that can be."""

    meaning: Meaning
    confirmed: bool = False
    instead: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """Ask, and take the answer: a yes does `options[0]`, a choice one of them."""

    key: str
    options: tuple[Meaning, ...]


class Own(Struct, frozen=True):
    """Something said to the dialogue itself: undo, stop, repeat, cancel..."""

    what: str


class Missed(Struct, frozen=True):
    """Not understood, and why."""

    why: Misunderstood


Step = Act | Question | Own | Missed


class Reading(Struct, frozen=True):
    """What a sentence leads to, and how good a reading of it that is (0: none, 1: exact)."""

    steps: tuple[Step, ...]
    quality: float


class Pending(Struct, frozen=True):
    """A question that was asked, and until when (monotonic seconds) an answer is taken for one.

    `causes` are the events that it was asked because of.
    """

    question: Question
    until: float
    causes: tuple[int, ...] = ()


class Session(Struct):
    """One conversation: of an area, a stream or a person. Only the dialogue changes it.

    `area` and `person` are where and by whom it was last spoken in; `acted` is the event of the one thing that was done
    last.
    """

    area: str = ""
    person: str = ""
    pending: Pending | None = None
    last: Meaning | None = None
    entities: tuple[str, ...] = ()
    acted: int = 0
    said: str = ""
    heard_at: float = field(default=float("-inf"))

    def asked(self, now: float) -> Pending | None:
        """The question that waits for an answer at `now`."""
        return self.pending if self.pending is not None and now <= self.pending.until else None

    def spoken_of(self, now: float) -> tuple[str, ...]:
        """What "it" is at `now`."""
        return self.entities if now - self.heard_at < MEMORY_SECONDS else ()


class Conversation:
    """Reads sentences as a session's next."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def read(self, text: str, session: Session, area: str, now: float, pointed: Pointed | None = None) -> Reading:
        """The steps that `text` asks for, heard in `area` at `now` (monotonic seconds) while a hand `pointed`."""
        words = self._matcher.words(text)
        if isinstance(words, Misunderstood):
            return Reading((Missed(words),), 0.0)
        last = session.last if now - session.heard_at < MEMORY_SECONDS else None
        around = Surroundings(area=area, last=session.spoken_of(now), pointed=pointed)
        own = self._matcher.own(self._matcher.without_politeness(words)) or self._matcher.own(words)
        pending = session.asked(now)
        answer = self._answer(pending.question, own, around) if pending is not None else None
        if answer is not None:
            return answer
        whole = self._matcher.literally(words, around)
        if isinstance(whole, Understood | Which):
            return _reading((whole,))
        placing = place_words(self._matcher.grammar, own, " ".join(words), around)
        if placing is not None:
            return _reading((placing,))
        for step in (self._own(own), self._follow_up(own, last, around)):
            if step is not None:
                return step
        plain = self._matcher.without_politeness(words)
        less = excepting(self._matcher, plain, around)
        if less is not None:
            return _reading((less,))
        several = self._several(plain, around, _MOST_COMMANDS)
        if several is not None:
            return _reading(several)
        return _reading((whole or self._matcher.mended(plain, around),))

    def _answer(self, question: Question, own: list[tuple[str, Found]], around: Surroundings) -> Reading | None:
        intents = {intent for intent, _ in own}
        options = question.options
        if intents & {"no", "cancel"}:
            return Reading((Own("cancelled"),), 1.0)
        if "yes" in intents and len(options) == 1:
            return Reading((Act(options[0], confirmed=True),), 1.0)
        if len(options) < 2:
            return None
        if "choose_all" in intents and all(o.name == options[0].name for o in options):
            everything = dict.fromkeys(e for o in options if o.target for e in o.target)
            return Reading((Act(aimed(options[0], tuple(everything))),), 1.0)
        for intent, way in own:
            chosen = self._chosen(options, way, around) if intent == "choose" else []
            if len(chosen) == 1:
                return Reading((Act(chosen[0]),), 1.0)
        return None

    def _chosen(self, options: tuple[Meaning, ...], way: Found, around: Surroundings) -> list[Meaning]:
        home = self._matcher.grammar.home
        named: set[str] = set()
        areas: set[str] = set()
        for capture in way.captures:
            for said in capture.value if isinstance(capture.value, tuple) else (capture.value,):
                if isinstance(said, Place):
                    areas.update(said.areas)
                elif isinstance(said, Reference) and said.that and around.aims:
                    offered = {e for o in options for e in o.target or ()}
                    named.update(aim.entity for aim in nearest(around.aims, offered.__contains__))
                elif isinstance(said, Reference):
                    named.update(n.entity for n in said.named)
                    areas.update(said.place.areas if said.place else ())
                elif isinstance(said, str):
                    areas.add(said)
        by_name = [o for o in options if o.target and named.intersection(o.target)]
        if by_name:
            return by_name
        return [o for o in options if o.target and any(home.entities[e].area in areas for e in o.target)]

    def _own(self, own: list[tuple[str, Found]]) -> Reading | None:
        for intent, _ in own:
            if intent in ("undo", "stop", "repeat", "cancel", "thanks"):
                return Reading((Own(intent),), 1.0)
        if any(intent in ("yes", "no") for intent, _ in own):
            return Reading((Own("nothing_asked"),), 0.3)
        return None

    def _follow_up(self, own: list[tuple[str, Found]], last: Meaning | None, around: Surroundings) -> Reading | None:
        """ "and the bedroom": what was done last, with another target or in another place."""
        if last is None:
            return None
        kinds = tuple({e.partition(".")[0] for e in last.target}) if last.target else ()
        near = msgspec.structs.replace(around, kinds=kinds)
        meant = corrections(self._matcher.grammar, own, last, lambda said: self._again(last, said, near), near)
        if meant:
            alone = len(meant) == 1
            return Reading((Act(meant[0], instead=True) if alone else Question(key="which", options=meant),), 1.0)
        for intent, way in own:
            if intent != "follow_up":
                continue
            for capture in way.captures:
                meaning = self._again(last, capture.value, near)
                if meaning is not None:
                    return Reading((Act(meaning),), 1.0)
        return None

    def _again(self, last: Meaning, said: Any, around: Surroundings) -> Meaning | None:
        if last.target is None or not last.target.entities:
            place = said if isinstance(said, Place) else _bare_place(said)
            areas = self._matcher.grammar.resolver.areas_of(place, around) or ()
            if "area" not in last.slots or len(areas) != 1:
                return None
            return msgspec.structs.replace(last, slots={**last.slots, "area": areas[0]})
        phrase = (Reference(place=said, bare=True),) if isinstance(said, Place) else said
        resolved = self._matcher.grammar.resolver.resolve(phrase, last.wanted, around)
        return None if resolved.reason else aimed(last, resolved.entities)

    def _several(self, words: list[str], around: Surroundings, most: int) -> tuple[Outcome, ...] | None:
        """Two or more commands in one sentence, split only where each part is a sentence of its own."""
        if most < 2:
            return None
        for conjunction in self._matcher.grammar.language.conjunctions:
            joint = words_of(conjunction)
            for i in range(1, len(words) - len(joint)):
                if words[i : i + len(joint)] != joint:
                    continue
                found = self._halves(words[:i], words[i + len(joint) :], around, most)
                if found is not None:
                    return found
        return None

    def _halves(self, left: list[str], right: list[str], around: Surroundings, most: int) -> tuple[Outcome, ...] | None:
        first = self._literally(left, around)
        if not isinstance(first, Understood | Which):
            return None
        spoken_of = first.meaning.target if isinstance(first, Understood) else None
        last = spoken_of.entities if spoken_of else around.last
        then = msgspec.structs.replace(around, last=last)
        for shared in range(min(_SHARED_WORDS, len(left) - 1) + 1):
            second = self._literally(left[:shared] + right, then)
            if isinstance(second, Understood | Which):
                return (first, second)
        rest = self._several(right, then, most - 1)
        return None if rest is None else (first, *rest)

    def _literally(self, words: list[str], around: Surroundings) -> Outcome | None:
        outcome = self._matcher.literally(words, around)
        return outcome if isinstance(outcome, Understood | Which) else excepting(self._matcher, words, around)


def _bare_place(said: Any) -> Place | None:
    if isinstance(said, tuple) and len(said) == 1 and isinstance(said[0], Reference):
        return said[0].place
    return None


def _reading(outcomes: tuple[Outcome, ...]) -> Reading:
    steps: list[Step] = []
    quality = 1.0
    for outcome in outcomes:
        if isinstance(outcome, Understood) and outcome.sure:
            steps.append(Act(outcome.meaning))
            quality = min(quality, 1.0 - outcome.meaning.cost / 2)
        elif isinstance(outcome, Understood):
            steps.append(Question(key="did_you_mean", options=(outcome.meaning,)))
            quality = min(quality, 0.4)
        elif isinstance(outcome, Which):
            steps.append(Question(key="which", options=outcome.options))
            quality = min(quality, 0.8)
        else:
            steps.append(Missed(outcome))
            quality = 0.0 if outcome.reason in (NOT_UNDERSTOOD, UNKNOWN_NAME) else 0.1
    return Reading(tuple(steps), quality)
