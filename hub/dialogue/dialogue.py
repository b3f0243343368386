"""The dialogue: something heard or meant by gesture comes in, skills carry it out, replies go out."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.entities import Entity, HomeView
from hub.core.events import Hypothesis, Origin, Replied
from hub.core.gestures import uses
from hub.core.settings import GestureSettings
from hub.core.states import StateTable
from hub.dialogue.answering import Turn, answer
from hub.dialogue.conversation import Conversation, Missed, Reading
from hub.dialogue.gestures import Gestures, Made
from hub.dialogue.grammars import Grammars
from hub.dialogue.hearing import Heard, best_reading
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.meanings import Misunderstood
from hub.dialogue.pointing import Pointed, Pointer
from hub.dialogue.ports import Halt, Occupancy, SkillCaller, Undo
from hub.dialogue.replies import Replies
from hub.dialogue.sessions import Sessions
from hub.dialogue.turns import GESTURE, Circumstances, Means
from hub.dialogue.vacancy import Vacancy

__all__ = ("Dialogue", "Turn")

_NOT_SURE: Final = Reading((Missed(Misunderstood(reason="not_sure")),), 0.0)


class Dialogue:
    """The conversations of one home.

    `exposed` says whether voice may mean an entity when it speaks of a group; `on_grammar` is told of every new
    grammar, for the speech recogniser. What was heard with less than `least_confidence` is not acted on, and in a room
    that `occupancy` believes empty it takes more. `pointer` knows what hands point at, `gestures` replace what gestures
    are for otherwise, `states` say what is on. Call `start` before `hear`, and `close` at the end.
    """

    def __init__(
        self,
        bus: Bus,
        home: Callable[[], HomeView],
        skills: SkillCaller,
        *,
        undo: Undo | None = None,
        halt: Halt | None = None,
        exposed: Callable[[Entity], bool] | None = None,
        on_grammar: Callable[[HomeGrammar], None] | None = None,
        least_confidence: float = 0.0,
        pointer: Pointer | None = None,
        gestures: Iterable[GestureSettings] = (),
        states: StateTable | None = None,
        occupancy: Occupancy | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._bus, self._home, self._skills = bus, home, skills
        self._least_confidence = least_confidence
        self._clock = clock or SystemClock()
        self._pointer, self._exposed = pointer, exposed
        self._means = Means(
            bus=bus, skills=skills, replies=Replies(()), undo=undo, halt=halt, pointer=pointer, exposed=exposed
        )
        self._grammars = Grammars(bus, home, skills.words, exposed=exposed, changed=on_grammar)
        self._sessions = Sessions()
        self._uses = uses(gestures)
        self._gestures = Gestures(self._sessions, home, self._clock, states)
        self._vacancy = Vacancy(bus, occupancy, self._clock)

    async def start(self) -> None:
        """Build the grammar of the home's language; from here on it follows the home's changes."""
        self._read_replies()
        self._vacancy.start()
        await self._grammars.start()

    async def close(self) -> None:
        """Stop following the home."""
        self._vacancy.close()
        await self._grammars.close()

    async def reload(self) -> None:
        """Take in the skills' words anew, after one was added or removed."""
        self._read_replies()
        await self._grammars.reload()

    def use_gestures(self, gestures: Iterable[GestureSettings]) -> None:
        """From now on these replace what gestures are for otherwise."""
        self._uses = uses(gestures)

    @property
    def current(self) -> bool:
        """Whether every name that the home has now is understood; False for a moment after it has changed."""
        return self._grammars.current

    def grammar(self, language: str = "") -> HomeGrammar | None:
        """The grammar in service, None before `start`."""
        return self._grammars.grammar(language or self._home().language)

    async def hear(
        self,
        text: str,
        *,
        confidence: float = 1.0,
        alternatives: Sequence[Hypothesis] = (),
        area: str = "",
        person: str = "",
        stream: str = "",
        language: str = "",
        channel: str = "voice",
        causes: tuple[int, ...] = (),
        at: float | None = None,
    ) -> Turn:
        """Understand and answer what was said at `at` (monotonic seconds, default now: what was pointed at then).

        Returns when the skills have answered. Publishes `IntentMatched` for each intent, or `NotUnderstood`, and
        `Replied`. One sentence of a conversation at a time: a second waits for the first. Raises `ManifestError` for a
        language that there are no words for.
        """
        around = Circumstances(
            text=text,
            confidence=confidence,
            area=area,
            person=person,
            stream=stream,
            reply_to=stream,
            language=language or self._home().language,
            channel=channel,
            causes=causes,
        )
        guesses = [Hypothesis(text, confidence), *alternatives]
        return await self._take(guesses, around, stream or f"{area}/{person}", self._pointed(area, at))

    async def gesture(
        self, name: str, *, area: str = "", stream: str = "", causes: tuple[int, ...] = (), at: float | None = None
    ) -> Turn | None:
        """Do what the gesture `name` (DESIGN's names) is for, made in `area` in front of camera `stream` at `at`.

        `causes` has the `GestureMade`. Returns None when it is for nothing, or meant nothing here and now.
        """
        use = self._uses.get(name)
        if use is None:
            return None
        pointed = self._pointed(area, at)
        if not use.say:
            made = Made(area=area, stream=stream, causes=causes, pointed=pointed)
            return await self._gestures.carry_out(use.does, self._means, made)
        language = self._home().language
        around = Circumstances(
            text=use.say, area=area, stream=stream, language=language, channel=GESTURE, causes=causes
        )
        return await self._take([Hypothesis(use.say, 1.0)], around, "", pointed)

    async def announce(
        self,
        text: str,
        *,
        skill: str = "",
        values: Mapping[str, Any] | None = None,
        area: str = "",
        language: str = "",
        causes: tuple[int, ...] = (),
    ) -> None:
        """Say something unasked in `area`: `text`, or with `skill` given its reply of that key and `values`."""
        if skill:
            text = self._means.replies.render(skill, text, values or {}, language or self._home().language)
        if text:
            self._bus.publish(Replied(text=text, origin=Origin(area=area, source=skill), causes=causes))

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _take(
        self, guesses: Sequence[Hypothesis], around: Circumstances, key: str, pointed: Pointed | None
    ) -> Turn:
        """Take the steps of the likeliest of `guesses` that makes sense, in session `key` (empty: that of gestures)."""
        matcher = await self._grammars.matcher(around.language)
        session, lock = self._sessions.of(key) if key else self._sessions.of_gestures(around.area)
        async with lock:
            now = self._clock.monotonic()
            self._sessions.take_up(session, around.area, now)
            session.person = around.person
            conversation = Conversation(matcher)
            heard = best_reading(
                guesses,
                lambda guess: conversation.read(guess, session, around.area, now, pointed),
                matcher.grammar.language.slips.opposites,
            )
            if heard.confidence < self._least(around):
                heard = Heard(heard.text, heard.confidence, _NOT_SURE)
            around = msgspec.structs.replace(around, text=heard.text, confidence=heard.confidence)
            return await answer(self._means, matcher.grammar.home, heard.reading.steps, session, around, now)

    def _least(self, around: Circumstances) -> float:
        more = self._vacancy.more_confidence(around.area, around.stream) if around.channel == "voice" else 0.0
        return self._least_confidence + more

    def _pointed(self, area: str, at: float | None) -> Pointed | None:
        if self._pointer is None:
            return None
        return self._pointer.pointed(area, self._clock.monotonic() if at is None else at)

    def _read_replies(self) -> None:
        self._means = dataclasses.replace(self._means, replies=Replies(self._skills.words()))
