"""Gestures as words: what each is for, and how it is carried out in the conversations of its area.

A gesture alone never does anything risky. It can confirm what the hub asked about, because then a person who was asked
says yes; and what hearth.toml lets it `say` is asked about first where a voice would be asked.
"""

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from hub.core.clock import Clock
from hub.core.entities import Entity, HomeView
from hub.core.gestures import Does
from hub.core.states import StateTable
from hub.dialogue.answering import Turn, answer
from hub.dialogue.conversation import Act, Own, Step
from hub.dialogue.meanings import Meaning
from hub.dialogue.pointing import Pointed, nearest
from hub.dialogue.sentences import OWN
from hub.dialogue.sessions import Sessions
from hub.dialogue.turns import GESTURE, SELECT, Circumstances, Means
from hub.sdk.intents import Target

_STEPS: Final = {
    ("light", "raise"): ("lights", "brighter", 1),
    ("light", "lower"): ("lights", "dimmer", -1),
    ("media_player", "raise"): ("media", "louder", 1),
    ("media_player", "lower"): ("media", "quieter", -1),
}
"""Kind and motion -> the skill's intent that takes a step, and the step's sign."""


class Made(Struct, frozen=True, kw_only=True):
    """A gesture that was made: where, in front of which camera, because of which events, while what was pointed at."""

    area: str
    stream: str
    causes: tuple[int, ...] = ()
    pointed: Pointed | None = None


class Gestures:
    """Carries gestures out. Without `states` it is not known what is on, and then all that could be is meant."""

    def __init__(
        self, sessions: Sessions, home: Callable[[], HomeView], clock: Clock, states: StateTable | None = None
    ) -> None:
        self._sessions, self._home, self._clock, self._states = sessions, home, clock, states

    async def carry_out(self, does: Does, means: Means, made: Made) -> Turn | None:
        """The turn that the gesture was, None when it meant nothing here and now."""
        if does in ("yes", "no"):
            return await self._answer(means, made, yes=does == "yes")
        if does == "stop":
            return await self._stop(means, made)
        if does in ("raise", "lower"):
            return await self._step(means, made, does)
        if does == "select":
            return await self._select(means, made)
        return None

    async def _answer(self, means: Means, made: Made, *, yes: bool) -> Turn | None:
        """A yes or no to what was asked last in the area; to a question of which one a yes says nothing."""
        asking = self._sessions.asking(made.area, self._clock.monotonic())
        if asking is None:
            return None
        session, lock = asking
        async with lock:
            now = self._clock.monotonic()
            pending = session.asked(now)  # once more: another may have answered while the lock was waited for
            if pending is None:
                return None
            options = pending.question.options
            if yes and len(options) != 1:
                return None
            step: Step = Act(options[0], confirmed=True) if yes else Own("cancelled")
            # As if it had been said: a person was asked. The exposure rules of voice hold.
            around = self._around(made, "voice", (*made.causes, *pending.causes), session.person)
            return await answer(means, self._home(), (step,), session, around, now)

    async def _stop(self, means: Means, made: Made) -> Turn | None:
        """Hush what sounds in the area; when nothing did, pause what plays there. A question stays open: a palm is
        also how a hand says that a gesture is coming.
        """
        if means.halt is not None and await means.halt.stop(area=made.area, stream=""):
            return Turn(text="")
        playing = self._there(means, made, "media_player", "Media", lambda e: self._is(e, "Media", "playing"))
        if not playing:
            return None
        meaning = Meaning(
            skill="media", intent="pause", slots={"action": "paused"}, target=Target(entities=playing, area=made.area)
        )
        return await self._act(means, made, meaning)

    async def _step(self, means: Means, made: Made, does: Literal["raise", "lower"]) -> Turn | None:
        """One step up or down: what was spoken of last, else the lights that are on, else, upwards, all lights."""
        home, now = self._home(), self._clock.monotonic()
        last = [home.entities[e] for e in self._sessions.spoken_of(made.area, now) if e in home.entities]
        able = [e for e in last if (e.kind, does) in _STEPS and "Level" in e.traits]
        chosen = tuple(e.id for e in able if e.kind == able[0].kind)
        if not chosen:
            chosen = self._there(means, made, "light", "Level", lambda e: self._is(e, "OnOff", True))
        if not chosen and does == "raise":
            chosen = self._there(means, made, "light", "Level", lambda _: True)
        if not chosen:
            return None
        skill, intent, sign = _STEPS[chosen[0].partition(".")[0], does]
        meaning = Meaning(skill=skill, intent=intent, slots={"sign": sign}, target=Target(entities=chosen))
        return await self._act(means, made, meaning)

    async def _select(self, means: Means, made: Made) -> Turn | None:
        """What is pointed at is "it" for the next sentence; of two that are about as near neither."""
        known = self._home().entities
        shown = nearest(made.pointed.aims, known.__contains__) if made.pointed is not None else ()
        if made.pointed is None or len(shown) != 1:
            return None
        cause = (made.pointed.event,) if made.pointed.event else ()
        meaning = Meaning(skill=OWN, intent=SELECT, target=Target(entities=(shown[0].entity,)), causes=cause)
        return await self._act(means, made, meaning)

    async def _act(self, means: Means, made: Made, meaning: Meaning) -> Turn:
        """Quietly, in the area's session of gestures: what changes is answer enough."""
        session, lock = self._sessions.of_gestures(made.area)
        async with lock:
            around = self._around(made, GESTURE, made.causes)
            asked = session.pending  # a gesture of its own is no answer: the question stands
            turn = await answer(
                means, self._home(), (Act(meaning),), session, around, self._clock.monotonic(), quiet=True
            )
            session.pending = session.pending or asked
            return turn

    def _there(
        self, means: Means, made: Made, kind: str, trait: str, fits: Callable[[Entity], bool]
    ) -> tuple[str, ...]:
        """The exposed entities of the gesture's area that fit; none where it is not known which area that is."""
        things = self._home().in_area(made.area) if made.area else ()
        exposed = means.exposed or (lambda entity: entity.exposed is not False)
        return tuple(e.id for e in things if e.kind == kind and trait in e.traits and exposed(e) and fits(e))

    def _is(self, entity: Entity, trait: str, value: bool | str) -> bool:
        return self._states is None or self._states.value(entity.id, trait) == value

    def _around(self, made: Made, channel: str, causes: tuple[int, ...], person: str = "") -> Circumstances:
        language = self._home().language
        return Circumstances(
            text="",
            area=made.area,
            person=person,
            stream=made.stream,
            language=language,
            channel=channel,
            causes=causes,
        )
