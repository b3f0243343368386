"""The dialogue: something heard comes in, its intents are carried out by skills, replies go out."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.entities import Entity, HomeView
from hub.core.events import Hypothesis, Origin, Replied
from hub.dialogue.conversation import Conversation, Missed, Reading, Session
from hub.dialogue.grammars import Grammars
from hub.dialogue.hearing import Heard, best_reading
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.meanings import Meaning, Misunderstood
from hub.dialogue.ports import Halt, SkillCaller, Undo
from hub.dialogue.replies import Replies
from hub.dialogue.turns import Circumstances, TurnTaker

_SESSIONS: Final = 256
"""Conversations remembered at a time; the one unused longest is forgotten first."""
log = structlog.get_logger(__name__)


class Turn(Struct, frozen=True, kw_only=True):
    """How one sentence was answered. `reason` is the code of what went wrong, empty when understood.

    `ok` is False when a skill or command failed; `ids` are the `IntentMatched` events, whose commands name them as
    causes.
    """

    text: str
    replies: tuple[str, ...] = ()
    intents: tuple[Meaning, ...] = ()
    reason: str = ""
    ok: bool = True
    expects_answer: bool = False
    ids: tuple[int, ...] = ()

    @property
    def reply(self) -> str:
        """All replies in one line."""
        return " ".join(self.replies)


class Dialogue:
    """The conversations of one home.

    `exposed` says whether voice may mean an entity when it speaks of a group; `on_grammar` is told of every new
    grammar, for the speech recogniser. What was heard with less than `least_confidence` is not acted on. Call `start`
    before `hear`, and `close` at the end.
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
        clock: Clock | None = None,
    ) -> None:
        self._bus, self._home, self._skills = bus, home, skills
        self._least_confidence = least_confidence
        self._undo, self._halt = undo, halt
        self._clock = clock or SystemClock()
        self._replies = Replies(())
        self._grammars = Grammars(bus, home, skills.words, exposed=exposed, changed=on_grammar)
        self._sessions: OrderedDict[str, tuple[Session, asyncio.Lock]] = OrderedDict()

    async def start(self) -> None:
        """Build the grammar of the home's language; from here on it follows the home's changes."""
        self._replies = Replies(self._skills.words())
        await self._grammars.start()

    async def close(self) -> None:
        """Stop following the home."""
        await self._grammars.close()

    async def reload(self) -> None:
        """Take in the skills' words anew, after one was added or removed."""
        self._replies = Replies(self._skills.words())
        await self._grammars.reload()

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
    ) -> Turn:
        """Understand and answer what was said; returns when the skills have answered.

        Publishes `IntentMatched` for each intent, or `NotUnderstood`, and `Replied`. One sentence of a conversation
        at a time: a second waits for the first. Raises `ManifestError` for a language that there are no words for.
        """
        language = language or self._home().language
        matcher = await self._grammars.matcher(language)
        session, lock = self._session(stream or f"{area}/{person}")
        async with lock:
            now = self._clock.monotonic()
            conversation = Conversation(matcher)
            heard = best_reading(
                [Hypothesis(text, confidence), *alternatives],
                lambda guess: conversation.read(guess, session, area, now),
                matcher.grammar.language.slips.opposites,
            )
            if heard.confidence < self._least_confidence:
                heard = Heard(heard.text, heard.confidence, Reading((Missed(Misunderstood(reason="not_sure")),), 0.0))
            around = Circumstances(
                text=heard.text,
                confidence=heard.confidence,
                area=area,
                person=person,
                stream=stream,
                language=language,
                channel=channel,
                causes=causes,
            )
            taker = TurnTaker(
                self._bus, matcher.grammar.home, self._skills, self._replies, self._undo, self._halt, around
            )
            await taker.take(heard.reading.steps, session, now)
            turn = Turn(
                text=heard.text,
                replies=tuple(taker.replies),
                intents=tuple(taker.intents),
                reason=taker.reason,
                ok=taker.ok,
                expects_answer=session.pending is not None,
                ids=tuple(taker.ids),
            )
            if turn.reply:
                session.said = turn.reply
                origin = Origin(area=area, source=stream)
                answered = turn.ids or causes
                self._bus.publish(
                    Replied(
                        text=turn.reply,
                        stream=stream,
                        expects_answer=turn.expects_answer,
                        origin=origin,
                        causes=answered,
                    )
                )
            return turn

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
            text = self._replies.render(skill, text, values or {}, language or self._home().language)
        if text:
            self._bus.publish(Replied(text=text, origin=Origin(area=area, source=skill), causes=causes))

    def _session(self, key: str) -> tuple[Session, asyncio.Lock]:
        found = self._sessions.get(key)
        if found is None:
            found = self._sessions[key] = (Session(), asyncio.Lock())
        self._sessions.move_to_end(key)
        while len(self._sessions) > _SESSIONS:
            oldest = next(iter(self._sessions))
            if self._sessions[oldest][1].locked():
                break
            del self._sessions[oldest]
        return found
