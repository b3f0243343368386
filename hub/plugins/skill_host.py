"""The host of skills: loads them, tells what they understand, calls them."""

import asyncio

import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.errors import HearthError, NotFoundError
from hub.core.events import PluginFailed
from hub.plugins.broker import PortBroker, granted_ports
from hub.plugins.channel import Channel, memory_pair
from hub.plugins.discovery import Found, FoundSkill
from hub.plugins.hub_side import HubSide
from hub.plugins.loader import load_skill
from hub.plugins.messages import CallIntent, CallTimer
from hub.plugins.plugin_side import PluginSide
from hub.plugins.ports import HubPorts
from hub.sdk.context import StoredTimer
from hub.sdk.intents import CallContext, IntentAnswer, IntentCall
from hub.sdk.locale import SkillWords
from hub.sdk.manifest import SkillManifest

log = structlog.get_logger(__name__)


class _Running(Struct):
    found: FoundSkill
    side: HubSide
    channel: Channel
    tasks: tuple["asyncio.Task[None]", ...]


class SkillHost:
    """Runs skills. A broken one is reported as `PluginFailed` and left out; the rest works.

    Each skill sits behind a channel and sees the hub through messages only. A handler has `deadline_s` seconds of its
    own time; time that the hub spends on its port requests does not count.
    """

    def __init__(self, bus: Bus, *, clock: Clock | None = None, deadline_s: float = 5.0, language: str = "en") -> None:
        self._bus = bus
        self._clock = clock or SystemClock()
        self._deadline_s = deadline_s
        self._language = language
        self._skills: dict[str, _Running] = {}

    def start(self, found: Found[FoundSkill], ports: HubPorts) -> None:
        """Load and start every skill that was found. Needs a running event loop."""
        for broken in found.broken:
            self._report(broken.plugin, str(broken.error))
        for skill in found.plugins:
            try:
                self._start(skill, ports)
            except HearthError as error:
                self._report(skill.manifest.id, str(error))

    def words(self) -> list[SkillWords]:
        """What the skills that run understand and reply, by language."""
        return [running.found.words for running in self._skills.values()]

    def manifests(self) -> list[SkillManifest]:
        """The skills that run."""
        return [running.found.manifest for running in self._skills.values()]

    async def call(self, call: IntentCall) -> IntentAnswer:
        """Let a skill answer an intent. Never raises for the skill's trouble: that is the answer's `error`."""
        running = self._skills.get(call.skill)
        if running is None:
            return _missing(call.skill)
        return await running.side.call(lambda number: CallIntent(id=number, call=call), call.context)

    async def ring(self, skill: str, timer: StoredTimer, causes: tuple[int, ...] = ()) -> IntentAnswer:
        """Call the handler of a timer that came due. Raises `NotFoundError` when the skill does not run."""
        running = self._skills.get(skill)
        if running is None:
            raise NotFoundError(f"the skill {skill} does not run", remedy="install or mend it; the timer is kept")
        context = CallContext(area=timer.area, language=self._language, channel="skill", causes=causes)
        answer = await running.side.call(lambda number: CallTimer(id=number, timer=timer, context=context), context)
        if answer.error is not None:
            log.warning("a timer's handler failed", skill=skill, handler=timer.handler, error=answer.error)
        return answer

    async def close(self) -> None:
        """Stop every skill; handlers that still run are cancelled."""
        for skill in tuple(self._skills):
            await self._stop(skill)

    def _start(self, found: FoundSkill, ports: HubPorts) -> None:
        manifest = found.manifest
        skill = load_skill(found)
        here, there = memory_pair()
        broker = PortBroker(manifest.id, manifest.grant, ports)
        side = HubSide(manifest.id, here, broker, self._deadline_s, lambda text: self._lost(manifest.id, text))
        plugin = PluginSide(manifest.id, skill, granted_ports(manifest.grant), there, self._clock)
        loop = asyncio.get_running_loop()
        tasks = (
            loop.create_task(side.run(), name=f"hub-side:{manifest.id}"),
            loop.create_task(plugin.run(), name=f"plugin-side:{manifest.id}"),
        )
        self._skills[manifest.id] = _Running(found, side, here, tasks)

    async def _stop(self, skill: str) -> None:
        running = self._skills.pop(skill)
        running.channel.close()
        await asyncio.gather(*running.tasks, return_exceptions=True)

    def _lost(self, skill: str, text: str) -> None:
        self._skills.pop(skill, None)
        self._report(skill, text)

    def _report(self, plugin: str, error: str) -> None:
        log.error("a skill is left out", skill=plugin, error=error)
        self._bus.publish(PluginFailed(plugin=plugin, error=error))


def _missing(skill: str) -> IntentAnswer:
    error = NotFoundError(f"there is no skill {skill[:80]!r}", remedy="`hearth skill list` lists what there is")
    return IntentAnswer(error=error.to_wire())
