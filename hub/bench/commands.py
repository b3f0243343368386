"""`hearth bench commands`: how many of 82 different commands, each said by four voices, do the right thing.

Every command of config/demo/commands.toml is spoken by flite ("hey jarvis, ...", see `hub.bench.spoken`) to the demo
home and goes the whole way: wake word, recogniser, dialogue, skill, device. Right means the right intent, the right
value on exactly the right entities, and the right answer. Before each command the home is as it starts; the wrong ones
are told on stderr. The voices are heard side by side, each by a hub with ears of its own. A few minutes.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from msgspec import Struct

from hub.bench.measure import Measure, compare
from hub.bench.spoken import VOICES, Sound, spoken
from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.commands import Command
from hub.core.errors import UnavailableError
from hub.core.events import CommandDone, CommandFailed, Event, IntentMatched, Replied, SpeechTranscribed, WakeHeard
from hub.core.paths import HomePaths
from hub.core.settings import Settings

if TYPE_CHECKING:
    from hub.dialogue.dialogue import Dialogue
    from hub.home.dispatch import Dispatcher
    from hub.perception.ears.ears import Ears

TARGET: Final = 98.0
"""Percent of all."""
WAKE_PHRASE: Final = "hey jarvis"
_HEARD: Final = (WakeHeard, SpeechTranscribed, IntentMatched, CommandDone, CommandFailed, Replied)
_TOLD_LAST: Final = "OnOff"  # other traits switch a thing on
_NEVER_TOLD: Final = ("Measure", "Media", "Presence", "Contact")  # Media follows OnOff
_SWEPT: Final = {"timers": "cancel all timers", "alarms": "cancel all alarms"}


class ListeningHub(Protocol):
    """A running hub with ears, as far as it is needed here."""

    @property
    def settings(self) -> Settings:
        """The home's."""
        ...

    @property
    def bus(self) -> Bus:
        """What happens."""
        ...

    @property
    def dispatcher(self) -> "Dispatcher":
        """Takes commands."""
        ...

    @property
    def dialogue(self) -> "Dialogue | None":
        """Answers."""
        ...

    @property
    def ears(self) -> "Ears | None":
        """Hear."""
        ...


StartHub = Callable[[HomePaths], AbstractAsyncContextManager[ListeningHub]]


class SpokenCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of commands.toml: what is said where, and what must come of it. The file's head says it in full."""

    text: str
    area: str
    intent: str
    entities: tuple[str, ...] = ()
    trait: str = ""
    value: bool | int | float | str | None = None
    more: bool = False
    asks: bool = False
    reply: str = ""


def commands() -> list[SpokenCommand]:
    """All commands of the demo home."""
    text = (bundled("config") / "demo" / "commands.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["command"], list[SpokenCommand])


def fault(wanted: SpokenCommand, events: Sequence[Event]) -> str:
    """What was not as `wanted` in what happened; empty when all was."""
    if not any(isinstance(e, WakeHeard) for e in events):
        return "no wake word heard"
    heard = " / ".join(e.text for e in events if isinstance(e, SpeechTranscribed)) or "nothing"
    intents = [e.name for e in events if isinstance(e, IntentMatched)]
    if not intents or intents[0] != wanted.intent:
        return f"heard {heard!r}, understood as {', '.join(intents) or 'nothing'}"
    failed = [f"{e.entity}: {e.reason}" for e in events if isinstance(e, CommandFailed)]
    if failed:
        return f"heard {heard!r}, failed: {'; '.join(failed)}"
    done = {(e.entity, e.trait, e.value) for e in events if isinstance(e, CommandDone)}
    expected = set() if wanted.asks else {(entity, wanted.trait, wanted.value) for entity in wanted.entities}
    if not (expected <= done if wanted.more else expected == done):
        return f"heard {heard!r}, did {_listed(done)} instead of {_listed(expected)}"
    replies = [e for e in events if isinstance(e, Replied)]
    if wanted.asks and not any(e.expects_answer for e in replies):
        return f"heard {heard!r}, did not ask"
    answer = " ".join(e.text for e in replies)
    if wanted.reply not in answer or not answer:
        return f"heard {heard!r}, answered {answer!r}"
    return ""


def _listed(changes: set[tuple[str, str, Any]]) -> str:
    return ", ".join(sorted(f"{entity} {trait} {value}" for entity, trait, value in changes)) or "nothing"


class _Listener:
    """Says commands to one hub, each to the home as it starts."""

    def __init__(self, hub: ListeningHub) -> None:
        self._hub = hub
        self._said = 0
        self._initial = {entity.id: entity.initial for entity in hub.settings.entity}

    async def hear(self, sound: Sound, area: str) -> list[Event]:
        """What happens when `sound` is heard in `area`; afterwards the home is as it was."""
        # imported late: hub.bench is listed by the command line, which must stay light
        from hub.satellites.conversing import conversing

        ears, dialogue = self._hub.ears, self._hub.dialogue
        if ears is None or dialogue is None:
            raise UnavailableError("the hub does not hear", remedy="run `hearth doctor`")
        events: list[Event] = []
        cancel = self._hub.bus.subscribe(_HEARD, events.append)
        self._said += 1  # a stream of its own, so that no conversation goes on
        stream = await ears.open_stream(f"command:{self._said}", area=area, publish=True)
        try:
            async with conversing(stream, dialogue):
                await stream.feed(sound)
                await stream.end()
        finally:
            cancel()
            await stream.close()
        await self._set_back(events, dialogue)
        return events

    async def _set_back(self, events: Sequence[Event], dialogue: "Dialogue") -> None:
        for entity in {e.entity for e in events if isinstance(e, CommandDone | CommandFailed)}:
            values = self._initial.get(entity, {})
            for trait in sorted(values.keys() - set(_NEVER_TOLD), key=lambda trait: trait == _TOLD_LAST):
                back = Command(entity=entity, trait=trait, value=values[trait], channel="cli", confirmed=True)
                await self._hub.dispatcher.send(back)
        skills = {e.name.partition(".")[0] for e in events if isinstance(e, IntentMatched)}
        for skill in sorted(skills & _SWEPT.keys()):
            await dialogue.hear(_SWEPT[skill], stream="sweep", channel="cli")


async def faults(start: StartHub, voice: str, wanted: Sequence[SpokenCommand]) -> dict[str, str]:
    """Let a new demo home hear `wanted` by `voice`; what was wrong, by the text of the command.

    Raises `UnavailableError` without flite, and what `start` raises.
    """
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        shutil.copy(bundled("config") / "demo" / "hearth.toml", folder)
        async with start(HomePaths(Path(folder))) as hub:
            listener = _Listener(hub)
            for command in wanted:
                sound = await spoken(f"{WAKE_PHRASE}, {command.text}", voice)
                wrong = fault(command, await listener.hear(sound, command.area))
                if wrong:
                    found[command.text] = wrong
    return found


async def _all(start: StartHub, wanted: Sequence[SpokenCommand]) -> list[dict[str, str]]:
    """`faults` of every voice, as many at a time as there are cores."""
    turn = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(voice: str) -> dict[str, str]:
        async with turn:
            return await faults(start, voice, wanted)

    return await asyncio.gather(*(one(voice) for voice in VOICES))


def measure(start: StartHub) -> list[Measure]:
    """Percent of right commands by voice and over all; `start` starts a hub that hears over the home it is given."""
    wanted = commands()
    found = asyncio.run(_all(start, wanted))
    measures, right = [], 0
    for voice, wrong in zip(VOICES, found, strict=True):
        for text, why in wrong.items():
            sys.stderr.write(f"{voice}: {text!r}: {why}\n")
        right += len(wanted) - len(wrong)
        share = 100 * (1 - len(wrong) / len(wanted))
        measures.append(compare("commands", f"{len(wanted)} commands by {voice}, right", share, "%"))
    total = len(wanted) * len(VOICES)
    whole = compare("commands", f"{total} spoken commands, right", 100 * right / total, "%", target=TARGET)
    return [*measures, whole]
