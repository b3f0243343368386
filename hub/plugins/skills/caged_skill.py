"""One skill in a cage: started, looked after, killed when it hangs or takes too much, and started again."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from hub.core.cancelled import cancelled
from hub.core.errors import HearthError, PluginError
from hub.guard.zygote.zygote import Caged
from hub.plugins.cage.appetite import Appetite, Diet, appetite
from hub.plugins.cage.cages import Cages
from hub.plugins.channel.hub_side import HubSide
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.discovery import FoundSkill
from hub.plugins.messages import ToPlugin
from hub.plugins.ports.broker import PortBroker
from hub.plugins.ports.event_feed import EventFeed
from hub.plugins.skills.condition import Condition
from hub.plugins.skills.skill_trial import introduced
from hub.sdk.intents import CallContext, IntentAnswer

log = structlog.get_logger(__name__)
_AWAY: Final = "it is being started again; try it in a moment"


class CagedSkill:
    """A skill of a stranger. `failed` is told of each end of its process, with the reason in words."""

    def __init__(
        self,
        found: FoundSkill,
        broker: PortBroker,
        feed: EventFeed,
        cages: Cages,
        deadline_s: float,
        failed: Callable[[str], None],
        language: str = "en",
    ) -> None:
        self.found = found
        self._name = found.manifest.id
        self.broker = broker
        self.feed = feed
        self._language = language
        self._cages = cages
        self._deadline_s = deadline_s
        self._failed = failed
        self._side: HubSide | None = None
        self._up = asyncio.Event()
        self._process: Caged | None = None
        self._verdict = ""
        self._trouble = ""
        self._taken: Appetite | None = None
        self._cpu_share: float | None = None
        self._probes: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        self._first: asyncio.Future[None] = loop.create_future()
        self._task = loop.create_task(self._keep(), name=f"caged:{self._name}")

    @property
    def pid(self) -> int | None:
        """Its process, None while there is none."""
        return self._process.pid if self._process is not None else None

    def condition(self) -> Condition:
        """How it is, and what it takes."""
        side, taken = self._side, self._taken
        if side is None or not side.alive:
            return Condition(state="restarting" if self._first.done() else "starting", reason=self._trouble, caged=True)
        return Condition(
            state="running",
            caged=True,
            slow=side.pace.slow,
            memory=None if taken is None else taken.memory,
            cpu_share=self._cpu_share,
        )

    async def started(self) -> None:
        """Wait until it runs; raises what kept it from running the first time, and then it is not tried again."""
        await asyncio.shield(self._first)

    async def call(self, message: Callable[[int], ToPlugin], context: CallContext) -> IntentAnswer:
        """As `HubSide.call`; a skill that is away is waited for a little, then that is the answer's `error`."""
        side = await self._there()
        if side is None:
            return IntentAnswer(error=PluginError(f"the {self._name} skill is not there", remedy=_AWAY).to_wire())
        return await side.call(message, context)

    async def _there(self) -> HubSide | None:
        """What speaks with it, once it runs; None when that takes too long."""
        try:
            async with asyncio.timeout(self._cages.patience.back_s):
                while (side := self._side) is None or not side.alive:
                    self._up.clear()  # its end may not have been seen to yet
                    await self._up.wait()
        except TimeoutError:
            return None
        return side

    async def close(self) -> None:
        """End it for good."""
        self.feed.close()
        await cancelled(self._task, *self._probes)
        if self._first.done() and not self._first.cancelled():
            self._first.exception()  # whoever did not wait for it does not mind

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        patience = self._cages.patience
        wait_s = patience.first_wait_s
        while True:
            began = loop.time()
            try:
                reason = await self._live()
            except HearthError as error:
                if not self._first.done():
                    self._first.set_exception(error)
                    return
                reason = str(error)
            except Exception as error:
                log.exception("a skill's cage failed", skill=self._name)
                reason = f"{type(error).__name__}: {error}"
            if not self._first.done():
                self._first.set_exception(PluginError(reason, remedy="mend its code"))
                return
            if loop.time() - began > patience.longest_wait_s:
                wait_s = patience.first_wait_s  # it ran well for a while: this is a new trouble
            self._trouble = reason
            self._failed(f"{reason}; it is started again in {wait_s:g} s")
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, patience.longest_wait_s)

    async def _live(self) -> str:
        """One life; returns how it ended, or raises what kept it from beginning."""
        self._verdict, self._taken, self._cpu_share = "", None, None
        process = self._process = await self._cages.open(self.found)
        tasks: list[asyncio.Task[None]] = []
        try:
            channel = SocketChannel(process.connection, paced=True)
            try:
                ready = await introduced(self.found, channel, process, self._cages.patience.start_s)
                self._side = HubSide(
                    self._name, channel, self.broker, self._deadline_s, self._condemn, late=self._was_late
                )
                loop = asyncio.get_running_loop()
                tasks = [loop.create_task(self._side.run()), loop.create_task(self._look_after(process))]
                self._up.set()
                self.feed.start(ready.events, self.call, self._language)
                if not self._first.done():
                    self._first.set_result(None)
                await asyncio.wait([tasks[0]])
            finally:
                self._side = None
                channel.close()
        finally:
            for task in tasks:
                task.cancel()
            process.kill()
            ended = await process.gone()
            self._process = None
        return self._verdict or ended.message

    def _condemn(self, reason: str) -> None:
        """End this life; its end says why."""
        if not self._verdict and self._process is not None:
            self._verdict = reason
            log.warning("a skill is killed", skill=self._name, reason=reason)
            self._process.kill()

    def _was_late(self) -> None:
        """A call was not answered in time: a skill that waits is alive, one that hangs is not."""
        probe = asyncio.get_running_loop().create_task(self._probe(), name=f"probe:{self._name}")
        self._probes.add(probe)
        probe.add_done_callback(self._probes.discard)

    async def _probe(self) -> None:
        side = self._side
        if side is not None and not await side.answers(self._cages.patience.silent_s) and side is self._side:
            self._condemn("it hung")

    async def _look_after(self, process: Caged) -> None:
        loop = asyncio.get_running_loop()
        diet, seen = Diet(self._cages.limits), loop.time()
        while True:
            await asyncio.sleep(self._cages.patience.look_s)
            taken, now = appetite(process.pid), loop.time()
            if taken is not None and self._taken is not None:
                self._cpu_share = (taken.cpu_s - self._taken.cpu_s) / max(now - seen, 1e-3)
            self._taken = taken
            if taken is not None and (reason := diet.too_much(taken, now - seen)):
                self._condemn(f"it {reason}")
            seen = now
