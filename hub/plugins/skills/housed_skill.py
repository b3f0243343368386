"""One skill inside the hub's own process: those that come with the hub."""

import asyncio
from collections.abc import Callable

import structlog

from hub.core.clock import Clock
from hub.plugins.channel.channel import memory_pair
from hub.plugins.channel.hub_side import HubSide
from hub.plugins.channel.plugin_side import PluginSide
from hub.plugins.discovery import FoundSkill
from hub.plugins.loader import load_skill
from hub.plugins.messages import ToPlugin
from hub.plugins.ports.broker import PortBroker, granted_ports
from hub.plugins.ports.event_feed import EventFeed
from hub.plugins.skills.condition import Condition
from hub.sdk.intents import CallContext, IntentAnswer

log = structlog.get_logger(__name__)


class HousedSkill:
    """Runs from its making on. Raises `PluginError` when its code is of no use; `lost` is told when it breaks down."""

    def __init__(
        self,
        found: FoundSkill,
        broker: PortBroker,
        feed: EventFeed,
        deadline_s: float,
        clock: Clock,
        lost: Callable[[str], None],
        language: str = "en",
    ) -> None:
        name = found.manifest.id
        skill = load_skill(found)
        self.found = found
        self.channel, there = memory_pair()
        self._feed = feed

        def broken(reason: str) -> None:
            feed.close()
            lost(reason)

        self.side = HubSide(name, self.channel, broker, deadline_s, broken)

        def failed(error: BaseException) -> None:
            log.error("a handler failed", skill=name, exc_info=error)

        granted = granted_ports(found.manifest.grant)
        plugin = PluginSide(name, skill, granted, there, clock, failed, found.settings)
        loop = asyncio.get_running_loop()
        self._tasks = (
            loop.create_task(self.side.run(), name=f"hub-side:{name}"),
            loop.create_task(plugin.run(), name=f"plugin-side:{name}"),
        )
        feed.start(skill.events, self.call, language)

    async def call(self, message: Callable[[int], ToPlugin], context: CallContext) -> IntentAnswer:
        """As `HubSide.call`."""
        return await self.side.call(message, context)

    def condition(self) -> Condition:
        """How it is."""
        return Condition(state="running", slow=self.side.pace.slow)

    async def close(self) -> None:
        """Stop it; handlers that still run are cancelled."""
        self._feed.close()
        self.channel.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
