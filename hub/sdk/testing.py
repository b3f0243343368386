"""A home in memory, to try a skill in: `SkillHome(folder, entities, states)`, then `await home.ask("on", ...)`.

The skill is loaded from its folder, gets exactly the ports that its manifest asks for, and answers in rendered text.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.core.commands import CommandResult
from hub.core.entities import Area, Entity
from hub.core.errors import GrantError, PluginError, ValueRefusedError
from hub.core.events import Value
from hub.core.traits import parse_value
from hub.core.whereabouts import Whereabouts
from hub.sdk.context import Context, StoredTimer
from hub.sdk.events import SkillEvent
from hub.sdk.intents import CallContext, IntentCall, Reply, Target
from hub.sdk.json_values import plain
from hub.sdk.locale import Locale, read_locale
from hub.sdk.manifest import SkillManifest, read_manifest
from hub.sdk.memory_web import MemoryWeb
from hub.sdk.plugin_module import load_handlers
from hub.sdk.setting import Value as Chosen
from hub.sdk.setting import chosen_or_default
from hub.sdk.skill import Skill
from hub.sdk.slots import arguments_for, timer_arguments
from hub.sdk.speech import speech_filters

MORNING = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_PORT_OF_GRANT = {
    **dict.fromkeys(("home.read", "home.control", "home.people"), "home"),
    **{port: port for port in ("say", "clock", "store", "fetch")},
}


class MemoryHome:
    """The `home` port over dictionaries; who is where is set as `here`.

    Entities in `broken` (id -> code) fail their commands with that code.
    """

    def __init__(
        self, entities: Iterable[Entity], states: Mapping[str, dict[str, Value]], areas: Iterable[Area]
    ) -> None:
        self._entities = {e.id: e for e in entities}
        self._states = {e: dict(s) for e, s in states.items()}
        self._areas = list(areas)
        self.broken: dict[str, str] = {}
        self.unreachable: set[str] = set()
        self.may_control = True
        self.may_know_people = True
        self.here = Whereabouts()
        self.commands: list[tuple[str, str, Value]] = []

    async def entities(self, *, kind: str = "", area: str = "", trait: str = "") -> list[Entity]:
        """The entities that fit all that is given."""
        return [
            e
            for e in self._entities.values()
            if kind in ("", e.kind) and area in ("", e.area) and (not trait or trait in e.traits)
        ]

    async def areas(self) -> list[Area]:
        """All areas."""
        return self._areas

    async def states(self, entity: str) -> dict[str, Value]:
        """What was given, as the commands changed it."""
        return dict(self._states.get(entity, {}))

    async def away(self) -> frozenset[str]:
        """What `unreachable` is set to."""
        return frozenset(self.unreachable)

    async def whereabouts(self) -> Whereabouts:
        """What `here` is set to; `GrantError` when the manifest does not ask for people."""
        if not self.may_know_people:
            raise GrantError("this skill was not granted home.people", remedy="ask for it in skill.toml")
        return self.here

    async def command(self, target: Target | str, trait: str, value: Value) -> list[CommandResult]:
        """Note the command and carry it out at once; `GrantError` when the manifest does not ask for control."""
        if not self.may_control:
            raise GrantError("this skill was not granted home.control", remedy="ask for it in skill.toml")
        results = []
        for number, name in enumerate((target,) if isinstance(target, str) else target.entities):
            entity = self._entities[name]
            if trait not in entity.traits:
                continue
            code = self.broken.get(name, "")
            try:
                value = parse_value(trait, value, entity.traits[trait])
            except ValueRefusedError as error:
                code = error.code
            self.commands.append((name, trait, value))
            if not code:
                self._states.setdefault(name, {})[trait] = value
            results.append(CommandResult(command=number, entity=name, trait=trait, value=value, ok=not code, code=code))
        return results


class MemoryClock:
    """The `clock` port; time moves when `SkillHome.wait` is called."""

    def __init__(self, now: datetime, handlers: Iterable[str] = ()) -> None:
        self._now = now
        self._handlers = frozenset(handlers)
        self._timers: list[StoredTimer] = []
        self._made = 0

    def now(self) -> datetime:
        """The time that it is set to."""
        return self._now

    def move(self, to: datetime) -> None:
        """Set the time."""
        self._now = to

    async def after(self, delay: timedelta, handler: str, **arguments: Any) -> StoredTimer:
        """Keep a timer."""
        return await self.at(self._now + delay, handler, **arguments)

    async def at(self, when: datetime, handler: str, **arguments: Any) -> StoredTimer:
        """Keep a timer; raises `ValueRefusedError` when the skill has no such handler."""
        if handler not in self._handlers:
            remedy = f'decorate a function with @skill.timer("{handler}")'
            raise ValueRefusedError(f"there is no timer handler {handler!r}", remedy=remedy)
        self._made += 1
        timer = StoredTimer(
            id=f"t{self._made}",
            handler=handler,
            due=when.timestamp(),
            arguments=plain(arguments),
            created=self._now.timestamp(),
        )
        self._timers.append(timer)
        self._timers.sort(key=lambda t: t.due)
        return timer

    async def cancel(self, timer: str) -> bool:
        """Forget a timer."""
        kept = [t for t in self._timers if t.id != timer]
        found, self._timers = len(kept) < len(self._timers), kept
        return found

    async def timers(self) -> list[StoredTimer]:
        """The timers that have not come due."""
        return list(self._timers)


class MemoryStore:
    """The `store` port over a dictionary."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    async def get(self, key: str) -> Any:
        """The value, or None."""
        return self.values.get(key)

    async def set(self, key: str, value: Any) -> None:
        """Keep it, as the JSON that it comes back as; `TypeError` when it is none."""
        self.values[key] = plain(value)

    async def delete(self, key: str) -> None:
        """Forget it."""
        self.values.pop(key, None)


class SkillHome:
    """A skill's folder, loaded into a home in memory."""

    def __init__(
        self,
        folder: Path,
        entities: Iterable[Entity] = (),
        states: Mapping[str, dict[str, Value]] | None = None,
        *,
        areas: Iterable[Area] = (),
        now: datetime = MORNING,
    ) -> None:
        self.manifest = read_manifest(folder / "skill.toml", SkillManifest)
        self.locales = {p.stem: read_locale(p) for p in sorted((folder / "locale").glob("*.yaml"))}
        self.skill = load_skill(folder)
        self.home = MemoryHome(entities, states or {}, areas)
        granted = {g.port for g in self.manifest.grant}
        self.home.may_control, self.home.may_know_people = "home.control" in granted, "home.people" in granted
        self.clock = MemoryClock(now, self.skill.timers)
        self.store = MemoryStore()
        self.web = MemoryWeb(self.manifest)
        self.said: list[str] = []
        self.settings = chosen_or_default(self.manifest.setting, {})

    async def ask(
        self,
        intent: str,
        *target: str,
        area: str = "",
        language: str = "en",
        phrase: str = "",
        slots: Mapping[str, Any] | None = None,
    ) -> str:
        """The rendered answer to `intent` about the entities `target`; the intent's own slots are filled in."""
        __tracebackhide__ = True  # of pytest: what an author looks for is not here
        words = self.locales[language].intents[intent]
        call = IntentCall(
            skill=self.manifest.id,
            intent=intent,
            slots={**(slots or {}), **words.slots},
            target=Target(target, phrase) if target or phrase else None,
            context=CallContext(area=area, language=language),
        )
        handler = self.skill.intents[intent]
        return self._render(await handler(self._context(call.context), **arguments_for(handler, call)), language)

    async def wait(self, delay: timedelta, language: str = "en") -> None:
        """Move the clock on, calling the timers that come due, in order."""
        __tracebackhide__ = True
        end = self.clock.now() + delay
        while due := [t for t in await self.clock.timers() if t.due <= end.timestamp()]:
            timer = due[0]
            self.clock.move(datetime.fromtimestamp(timer.due, end.tzinfo))
            await self.clock.cancel(timer.id)
            handler = self.skill.timers[timer.handler]
            context = self._context(CallContext(language=language, area=timer.area))
            await handler(context, **timer_arguments(handler, timer.arguments))
        self.clock.move(end)

    async def happens(self, event: SkillEvent, language: str = "en") -> None:
        """Call the skill's handler of this event. Raises `GrantError` for one that the manifest does not ask for."""
        __tracebackhide__ = True
        name = type(event).__name__
        if not any(grant.port == "events" and name in grant.only for grant in self.manifest.grant):
            raise GrantError(f"this skill is not told of {name}", remedy="ask for it with an `events` grant")
        context = CallContext(area=event.origin.area, language=language, channel="skill", causes=(event.id,))
        await self.skill.events[name](self._context(context), event)

    def _context(self, call: CallContext) -> Context:
        async def say(text: str, *, area: str = "") -> None:
            self.said.append(self._render(text, call.language))

        ports = {"home": self.home, "say": say, "clock": self.clock, "store": self.store, "fetch": self.web}
        granted = {_PORT_OF_GRANT[g.port] for g in self.manifest.grant if g.port in _PORT_OF_GRANT}
        return Context({name: port for name, port in ports.items() if name in granted}, call, self.settings)

    def _render(self, text: Any, language: str) -> str:
        __tracebackhide__ = True
        if not isinstance(text, Reply):
            return str(text or "")
        return render_reply(self.locales[language], text)


class Home(Protocol):
    """What a test gets as `home`: a home with the demo home's things and the one skill, that understands sentences."""

    home: MemoryHome
    clock: MemoryClock
    store: MemoryStore
    web: MemoryWeb
    said: list[str]
    settings: dict[str, Chosen]

    async def say(self, sentence: str, *, area: str = "living_room", language: str = "en") -> str:
        """Say it; the skill's answer in words. Fails the test when the sentence means anything else."""
        ...

    def expect(self, reply: str) -> None:
        """Fail the test unless this was the last answer."""
        ...

    async def wait(self, delay: timedelta, language: str = "en") -> None:
        """Let time pass; the timers that come due are called."""
        ...

    async def happens(self, event: SkillEvent, language: str = "en") -> None:
        """Tell the skill of an event."""
        ...


def render_reply(locale: Locale, reply: Reply) -> str:
    """The reply in words; an unknown key or variable is an error here, so that tests see it."""
    __tracebackhide__ = True
    if str(reply) not in locale.replies:
        raise PluginError(f"no reply {str(reply)!r} in {locale.language}", remedy="add it under replies: in the locale")
    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
    environment.filters.update(speech_filters(locale.language))
    values = plain(reply.values)  # as what they reach the hub
    try:
        text = environment.from_string(locale.replies[reply]).render(values)
    except Exception as error:  # a filter can raise anything
        place = f"locale/{locale.language}.yaml, the reply {str(reply)!r}"
        remedy = f"it was given {values}"
        raise PluginError(f"{type(error).__name__}: {error}", place=place, remedy=remedy) from error
    return " ".join(text.split())


def load_skill(folder: Path) -> Skill:
    """The object `skill` of the folder's skill.py, loaded as the hub loads it; raises `PluginError` with the line."""
    return load_handlers(folder / "skill.py", folder.resolve().name)
