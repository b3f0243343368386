"""Taking a turn: the steps that a sentence asks for, one after the other, and what is said about each."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.entities import Entity, HomeView
from hub.core.errors import CommandTimeoutError, HearthError, PluginError
from hub.core.events import IntentMatched, NotUnderstood, Origin
from hub.dialogue.conversation import ANSWER_SECONDS, Act, Missed, Own, Pending, Question, Session, Step
from hub.dialogue.meanings import Meaning, Misunderstood
from hub.dialogue.placing import Placing
from hub.dialogue.pointing import Pointer
from hub.dialogue.ports import Halt, SkillCaller, Undo
from hub.dialogue.replies import Replies
from hub.dialogue.sentences import OWN
from hub.sdk.intents import CallContext, IntentAnswer, IntentCall
from hub.sdk.summary import told_apart

SKILL_SECONDS: Final = 30.0
"""How long a skill may take to answer."""
CONFIRM: Final = "confirmation_required"
DENIED: Final = "denied"
GESTURE: Final = "gesture"
SELECT: Final = "select"
_UNDO: Final = Meaning(skill=OWN, intent="undo")
_NAMED: Final = 6  # a question does not read out more names than this
_RISKY_KINDS: Final = frozenset({"lock", "alarm", "valve", "siren"})
_RISKY_CLASSES: Final = frozenset({"garage", "door", "gate"})
log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Means:
    """What turns are taken with; `exposed` says what voice and gesture may touch."""

    bus: Bus
    skills: SkillCaller
    replies: Replies
    undo: Undo | None = None
    halt: Halt | None = None
    pointer: Pointer | None = None
    exposed: Callable[[Entity], bool] | None = None


class Circumstances(Struct, frozen=True, kw_only=True):
    """How a sentence reached the hub. Replies go back on the stream `reply_to`, or where there is none to the area."""

    text: str
    confidence: float = 1.0
    area: str = ""
    person: str = ""
    stream: str = ""
    reply_to: str = ""
    language: str = "en"
    channel: str = "voice"
    causes: tuple[int, ...] = ()


class TurnTaker:
    """Takes the steps of one sentence; what came of it is in its public fields."""

    def __init__(self, means: Means, home: HomeView, around: Circumstances) -> None:
        self._means, self._home, self._around = means, home, around
        self._bus, self._skills, self._words = means.bus, means.skills, means.replies
        self._origin = Origin(area=around.area, source=around.stream)
        self.replies: list[str] = []
        self.intents: list[Meaning] = []
        self.ids: list[int] = []
        self.missed: list[int] = []
        self.reason = ""
        self.ok = True
        self._alone = True  # whether the sentence asks for one thing

    async def take(self, steps: Iterable[Step], session: Session, now: float) -> None:
        """Take all steps; the session then knows what was spoken of and asked."""
        steps = tuple(steps)
        self._alone = len(steps) == 1
        if not all(isinstance(step, Missed) for step in steps):
            session.pending = None  # what was not understood is no answer: the question stands
            session.heard_at = now
        for step in steps:
            if isinstance(step, Act):
                await self._act(step, session, now)
            elif isinstance(step, Question):
                self._ask(step, session, now)
            elif isinstance(step, Own):
                await self._own(step.what, session, now)
            else:
                self._missed(step.why)

    # -- skills ----------------------------------------------------------------------------------------------------

    async def _act(self, act: Act, session: Session, now: float) -> None:
        meaning = act.meaning
        if meaning.cost > 0 and not act.confirmed and self._risky(meaning):
            self._ask(Question(key="did_you_mean", options=(meaning,)), session, now)
            return
        if meaning.skill == OWN:
            await self._own_act(act, session, now)
            return
        if act.instead:
            await self._take_back_instead(session)
        event = self._matched(meaning)
        session.last, session.acted = meaning, event if self._alone else 0
        if meaning.target:
            session.entities = meaning.target.entities
        answer = await self._answer(meaning, event, act.confirmed)
        code = (answer.error or {}).get("code", "")
        if code == CONFIRM or (code == DENIED and self._may_be_asked(meaning)):
            self._ask(Question(key="confirm", options=(meaning,)), session, now)
        elif answer.error is not None:
            self._failed(answer.error)
        else:
            said = answer.text or self._render(meaning.skill, answer)
            self._say(said)

    async def _answer(self, meaning: Meaning, event: int, confirmed: bool) -> IntentAnswer:
        around = self._around
        call = IntentCall(
            skill=meaning.skill,
            intent=meaning.intent,
            slots=meaning.slots,
            target=meaning.target,
            context=CallContext(
                area=around.area,
                person=around.person,
                language=around.language,
                text=meaning.said or around.text,
                channel=around.channel,
                causes=(*around.causes, *meaning.causes, event),
                confirmed=confirmed,
            ),
        )
        try:
            async with asyncio.timeout(SKILL_SECONDS):
                return await self._skills.call(call)
        except TimeoutError:
            error: HearthError = CommandTimeoutError(f"{meaning.name} did not answer in {SKILL_SECONDS:g} s")
        except HearthError as raised:
            error = raised
        except Exception as raised:
            log.exception("skill call failed", intent=meaning.name)
            error = PluginError(f"{meaning.name} failed: {type(raised).__name__}")
        return IntentAnswer(error=error.to_wire())

    def _matched(self, meaning: Meaning) -> int:
        event = IntentMatched(
            name=meaning.name,
            slots=meaning.slots,
            target=meaning.target.entities if meaning.target else (),
            text=meaning.said or self._around.text,
            confidence=round(self._around.confidence * max(0.0, 1.0 - meaning.cost / 2), 3),
            origin=self._origin,
            causes=(*self._around.causes, *meaning.causes),
        )
        self._bus.publish(event)
        self.intents.append(meaning)
        self.ids.append(event.id)
        return event.id

    def _render(self, skill: str, answer: IntentAnswer) -> str:
        if not answer.reply:
            return self._own_words("done")
        return self._words.render(skill, answer.reply, answer.values, self._around.language)

    def _risky(self, meaning: Meaning) -> bool:
        """Whether a sentence that had to be mended is asked about, whatever the exposure rules say of the command."""
        entities = [self._home.entities.get(e) for e in meaning.target or ()]
        return any(e and (e.kind in _RISKY_KINDS or e.device_class in _RISKY_CLASSES) for e in entities)

    def _may_be_asked(self, meaning: Meaning) -> bool:
        """Whether what a gesture may not do by itself may be asked about: voice could do it, with a yes."""
        exposed = self._means.exposed
        entities = [self._home.entities.get(e) for e in meaning.target or ()]
        return self._around.channel == GESTURE and all(e and (exposed is None or exposed(e)) for e in entities)

    # -- questions, and what is said to the dialogue itself ---------------------------------------------------------

    def _ask(self, question: Question, session: Session, now: float) -> None:
        session.pending = Pending(question, now + ANSWER_SECONDS, (*self._around.causes, *self.ids))
        targets = [option.target.entities if option.target is not None else () for option in question.options]
        common = set.intersection(*map(set, targets)) if len(targets) > 1 else set()  # what is meant in any case
        called = self._called({e for target in targets for e in target})
        texts = (", ".join(called[e] for e in target if e not in common and e in called) for target in targets)
        names = [text or option.said for text, option in zip(texts, question.options, strict=True)]
        key = question.key
        if key == "which" and len(names) > _NAMED:
            key, names = "which_of_many", []
        self._say(self._own_words(key, names=names, sentence=question.options[0].said))

    async def _own(self, what: str, session: Session, now: float) -> None:
        if what == "undo":
            await self._take_back(session, now, confirmed=False)
        elif what == "stop":
            halt = self._means.halt
            stopped = halt is not None and await halt.stop(area=self._around.area, stream=self._around.stream)
            if not stopped:
                self._say(self._own_words("cancelled"))
        elif what == "repeat":
            self._say(session.said or self._own_words("nothing_to_repeat"))
        elif what == "thanks":
            self._say(self._own_words("welcome"))
        elif what == "nothing_asked":
            self._missed(Misunderstood(reason="nothing_asked"))
        else:
            self._say(self._own_words("cancelled"))

    async def _own_act(self, act: Act, session: Session, now: float) -> None:
        meaning = act.meaning
        if meaning.intent == _UNDO.intent:
            await self._take_back(session, now, confirmed=act.confirmed)
            return
        self._matched(meaning)
        if meaning.target:
            session.last, session.entities = None, meaning.target.entities
        if meaning.intent == SELECT:
            return
        key = ""
        try:
            key = await Placing(self._means.pointer).carry_out(meaning)
        except HearthError as error:
            self._failed(error.to_wire())
        if key:
            self._say(self._own_words(key, names=self._names(meaning.target or ())))

    async def _take_back(self, session: Session, now: float, *, confirmed: bool) -> None:
        around = self._around
        event = self._matched(_UNDO)
        undo = self._means.undo
        if undo is None:
            self._say(self._own_words("nothing_to_undo"))
            return
        try:
            done = await undo.undo(
                area=around.area, channel=around.channel, causes=(*around.causes, event), confirmed=confirmed
            )
        except HearthError as error:
            if error.code == CONFIRM:
                question = Question(key="confirm", options=(Meaning(skill=OWN, intent="undo", said=around.text),))
                self._ask(question, session, now)
            else:
                self._failed(error.to_wire())
            return
        failed = [result for result in done if not result.ok]
        if failed:
            self._failed({"code": failed[0].code, "message": failed[0].reason})
        else:
            self._say(self._own_words("undone" if done else "nothing_to_undo"))

    async def _take_back_instead(self, session: Session) -> None:
        """Take back the one thing that was done last; what is risky stays as it is, and is not asked about."""
        undo, around = self._means.undo, self._around
        if undo is None or not session.acted:
            return
        with contextlib.suppress(HearthError):
            await undo.undo(
                area=around.area, channel=around.channel, causes=around.causes, confirmed=False, turn=session.acted
            )

    # -- words -----------------------------------------------------------------------------------------------------

    def _missed(self, why: Misunderstood) -> None:
        self.reason = self.reason or why.reason
        event = NotUnderstood(
            text=self._around.text, reason=why.reason, origin=self._origin, causes=self._around.causes
        )
        self._bus.publish(event)
        self.missed.append(event.id)
        area = self._home.areas.get(why.area)
        names = ", ".join(self._names(why.entities[:_NAMED])) or why.name
        seeing = self._means.pointer is not None
        self._say(self._own_words(why.reason, name=names, area=area.name if area else "", seeing=seeing))

    def _failed(self, error: dict[str, str]) -> None:
        self.ok = False
        code = error.get("code", "")
        self.reason = self.reason or code or "error"
        key = code if self._words.has_own(code, self._around.language) else "error"
        self._say(self._own_words(key, message=error.get("message", "")))

    def _own_words(self, key: str, **values: Any) -> str:
        return self._words.own(key, self._around.language, **values)

    def _names(self, entities: Iterable[str]) -> list[str]:
        found = (self._home.entities.get(entity) for entity in entities)
        language = self._around.language
        return [e.names.get(language, (e.name,))[0] for e in found if e is not None]

    def _called(self, entities: Iterable[str]) -> dict[str, str]:
        found = (self._home.entities.get(entity) for entity in entities)
        return told_apart((e for e in found if e is not None), self._home.areas.values(), self._around.language)

    def _say(self, text: str) -> None:
        if text and text not in self.replies:
            self.replies.append(text)
