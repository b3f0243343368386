"""A dialogue with skills and undo that write down what they were asked."""

from collections.abc import Sequence
from typing import Any

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.commands import CommandResult
from hub.core.entities import HomeView
from hub.core.errors import ConfirmationRequiredError
from hub.core.events import Event, IntentMatched, NotUnderstood, PluginFailed, Replied
from hub.dialogue.dialogue import Dialogue
from hub.sdk.intents import IntentAnswer, IntentCall
from hub.sdk.locale import SkillWords
from tests.dialogue.conftest import make_home, make_skills


class Skills:
    """Answers every call; unlocking needs a yes."""

    def __init__(self, words: Sequence[SkillWords]) -> None:
        self._words = words
        self.calls: list[IntentCall] = []
        self.answers: dict[str, IntentAnswer | Exception] = {}

    def words(self) -> Sequence[SkillWords]:
        return self._words

    async def call(self, call: IntentCall) -> IntentAnswer:
        self.calls.append(call)
        name = f"{call.skill}.{call.intent}"
        if name == "locking.unlock" and not call.context.confirmed:
            return IntentAnswer(error=ConfirmationRequiredError("ask first").to_wire())
        answer = self.answers.get(name, IntentAnswer(text=f"{call.intent} done"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def did(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(f"{c.skill}.{c.intent}", c.target.entities if c.target is not None else ()) for c in self.calls]


class Undo:
    def __init__(self) -> None:
        self.asked: list[bool] = []
        self.turns: list[int] = []
        self.risky = False
        self.results: list[CommandResult] = []

    async def undo(
        self, *, area: str, channel: str, causes: tuple[int, ...], confirmed: bool, turn: int = 0
    ) -> list[CommandResult]:
        self.turns.append(turn)
        self.asked.append(confirmed)
        if self.risky and not confirmed:
            raise ConfirmationRequiredError("risky")
        return self.results


class Halt:
    def __init__(self) -> None:
        self.stopped: list[str] = []

    async def stop(self, *, area: str, stream: str) -> bool:
        self.stopped.append(area)
        return True


class House:
    """A dialogue, and all around it."""

    def __init__(
        self, home: HomeView | None = None, words: Sequence[SkillWords] | None = None, least_confidence: float = 0.0
    ) -> None:
        self.home = home or make_home()
        self.bus, self.clock = Bus(), FakeClock()
        self.skills, self.undo, self.halt = Skills(make_skills() if words is None else words), Undo(), Halt()
        self.events: list[Event] = []
        self.bus.subscribe((IntentMatched, NotUnderstood, Replied, PluginFailed), self.events.append)
        self.dialogue = Dialogue(
            self.bus,
            lambda: self.home,
            self.skills,
            undo=self.undo,
            halt=self.halt,
            clock=self.clock,
            least_confidence=least_confidence,
        )

    async def __aenter__(self) -> "House":
        await self.dialogue.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.dialogue.close()

    async def say(self, *texts: str, **more: Any) -> list[str]:
        return [(await self.dialogue.hear(text, **more)).reply for text in texts]
