"""The host of skills: loads them, tells what they understand, calls them."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

import structlog

from hub.core.bus import Bus
from hub.core.clock import Clock, SystemClock
from hub.core.errors import HearthError, NotFoundError, SealError
from hub.core.events import PluginFailed
from hub.plugins.cage.cages import Cages
from hub.plugins.discovery import Found, FoundSkill
from hub.plugins.messages import CallIntent, CallTimer, ToPlugin
from hub.plugins.ports.broker import PortBroker
from hub.plugins.ports.event_feed import EventFeed
from hub.plugins.ports.hub_ports import HubPorts
from hub.plugins.skills.caged_skill import CagedSkill
from hub.plugins.skills.condition import Condition
from hub.plugins.skills.housed_skill import HousedSkill
from hub.sdk.context import StoredTimer
from hub.sdk.intents import CallContext, IntentAnswer, IntentCall
from hub.sdk.locale import SkillWords
from hub.sdk.manifest import SkillManifest

log = structlog.get_logger(__name__)


class _Running(Protocol):
    """A skill that runs, wherever that is."""

    found: FoundSkill

    async def call(self, message: Callable[[int], ToPlugin], context: CallContext) -> IntentAnswer: ...

    def condition(self) -> Condition: ...

    async def close(self) -> None: ...


class SkillHost:
    """Runs skills. A broken one is reported as `PluginFailed` and left out; the rest works.

    Each skill sits behind a channel and sees the hub through messages only. A handler has `deadline_s` seconds of its
    own time; time that the hub spends on its port requests does not count. Skills that did not come with the hub run in
    `cages`, which end with it unless others use them too (`end_cages` false); without them, in tests of a skill's own
    and nowhere else, they run here.
    """

    def __init__(
        self,
        bus: Bus,
        *,
        clock: Clock | None = None,
        deadline_s: float = 5.0,
        language: str = "en",
        cages: Cages | None = None,
        end_cages: bool = True,
    ) -> None:
        self._bus = bus
        self._clock = clock or SystemClock()
        self._deadline_s = deadline_s
        self._language = language
        self._cages = cages
        self._end_cages = end_cages
        self._skills: dict[str, _Running] = {}
        self._left_out: dict[str, str] = {}
        self._ports: HubPorts | None = None

    def start(self, found: Found[FoundSkill], ports: HubPorts) -> None:
        """Load every skill that was found and start it; those in cages run after `ready`. Needs a running loop."""
        self._ports = ports
        for broken in found.broken:
            self._report(broken.plugin, str(broken.error))
        for skill in found.plugins:
            try:
                self._skills[skill.manifest.id] = self._started(skill, ports)
            except HearthError as error:
                self._report(skill.manifest.id, str(error))

    async def ready(self) -> None:
        """Wait until every caged skill runs or is left out."""
        caged = [running for running in self._skills.values() if isinstance(running, CagedSkill)]
        outcomes = await asyncio.gather(*(one.started() for one in caged), return_exceptions=True)
        for one, outcome in zip(caged, outcomes, strict=True):
            if isinstance(outcome, BaseException):
                await self._not_caged(one, outcome)

    async def take_up(self, found: FoundSkill) -> None:
        """Start one skill while the others run, in place of the one of its id; what is said meanwhile waits for it.

        Returns when it runs or is left out. Call `start` first.
        """
        name = found.manifest.id
        assert self._ports is not None
        await self.let_go(name)  # first: what happens must not be told to both
        try:
            running = self._skills[name] = self._started(found, self._ports)
            if isinstance(running, CagedSkill):
                try:
                    await running.started()
                except HearthError as error:
                    await self._not_caged(running, error)
        except HearthError as error:
            self._report(name, str(error))

    async def let_go(self, skill: str) -> None:
        """Stop one skill, if it runs; its handlers that still run are cancelled."""
        self._left_out.pop(skill, None)
        running = self._skills.pop(skill, None)
        if running is not None:
            await running.close()

    def condition(self, skill: str) -> Condition:
        """How a skill is."""
        running = self._skills.get(skill)
        if running is not None:
            return running.condition()
        return Condition(state="left_out" if skill in self._left_out else "off", reason=self._left_out.get(skill, ""))

    async def _not_caged(self, skill: CagedSkill, outcome: BaseException) -> None:
        name, cages = skill.found.manifest.id, self._cages
        self._skills.pop(name, None)
        await skill.close()
        if not isinstance(outcome, SealError) or cages is None:
            self._report(name, str(outcome))
        elif not cages.allow_uncaged:
            remedy = "set [plugins] allow_uncaged = true if you trust its code with the whole hub"
            self._report(name, str(SealError(f"it did not come with the hub, and {outcome}", remedy=remedy)))
        else:
            log.warning("a skill runs uncaged, as the household insists", skill=name, why=str(outcome))
            try:
                self._skills[name] = self._housed(skill.found, skill.broker, skill.feed)
            except HearthError as error:
                self._report(name, str(error))

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
        return await running.call(lambda number: CallIntent(id=number, call=call), call.context)

    async def ring(self, skill: str, timer: StoredTimer, causes: tuple[int, ...] = ()) -> IntentAnswer:
        """Call the handler of a timer that came due. Raises `NotFoundError` when the skill does not run."""
        running = self._skills.get(skill)
        if running is None:
            raise NotFoundError(f"the skill {skill} does not run", remedy="install or mend it; the timer is kept")
        context = CallContext(area=timer.area, language=self._language, channel="skill", causes=causes)
        answer = await running.call(lambda number: CallTimer(id=number, timer=timer, context=context), context)
        if answer.error is not None:
            log.warning("a timer's handler failed", skill=skill, handler=timer.handler, error=answer.error)
        return answer

    async def close(self) -> None:
        """Stop every skill; handlers that still run are cancelled."""
        skills = tuple(self._skills.values())
        self._skills.clear()
        await asyncio.gather(*(skill.close() for skill in skills))
        if self._cages is not None and self._end_cages:
            await self._cages.close()

    def _started(self, found: FoundSkill, ports: HubPorts) -> _Running:
        name = found.manifest.id
        broker = PortBroker(name, found.manifest.grant, ports)
        feed = EventFeed(self._bus, name, found.manifest.grant, ports.home)
        if found.bundled or self._cages is None:
            return self._housed(found, broker, feed)
        told = partial(self._told, name)
        return CagedSkill(found, broker, feed, self._cages, self._deadline_s, told, self._language)

    def _housed(self, found: FoundSkill, broker: PortBroker, feed: EventFeed) -> HousedSkill:
        lost = partial(self._lost, found.manifest.id)
        return HousedSkill(found, broker, feed, self._deadline_s, self._clock, lost, self._language)

    def _told(self, skill: str, text: str) -> None:
        log.error("a skill stopped", skill=skill, reason=text)
        self._bus.publish(PluginFailed(plugin=skill, error=text))

    def _lost(self, skill: str, text: str) -> None:
        self._skills.pop(skill, None)
        self._report(skill, text)

    def _report(self, plugin: str, error: str) -> None:
        log.error("a skill is left out", skill=plugin, error=error)
        self._left_out[plugin] = error
        self._bus.publish(PluginFailed(plugin=plugin, error=error))


def _missing(skill: str) -> IntentAnswer:
    error = NotFoundError(f"there is no skill {skill[:80]!r}", remedy="`hearth skill list` lists what there is")
    return IntentAnswer(error=error.to_wire())
