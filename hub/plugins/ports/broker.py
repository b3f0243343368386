"""The broker stands between a plugin's requests and the ports: what was not granted does not happen."""

import math
from collections.abc import Awaitable, Callable
from typing import Any, Final

from hub.core.errors import GrantError, ValueRefusedError
from hub.plugins.messages import (
    Ask,
    Fetch,
    HomeAreas,
    HomeAway,
    HomeCommand,
    HomeEntities,
    HomePeople,
    HomeStates,
    Speak,
    StoreDelete,
    StoreGet,
    StoreSet,
    TimerCancel,
    TimerList,
    TimerSet,
)
from hub.plugins.ports.fetching import GrantedFetch
from hub.plugins.ports.hub_ports import BoundedData, HubPorts, SayRequest
from hub.sdk.intents import CallContext
from hub.sdk.manifest import Grant

_MAX_SAID: Final = 2000
_PORT: Final[dict[type, str]] = {
    HomeEntities: "home.read",
    HomeAreas: "home.read",
    HomeStates: "home.read",
    HomeAway: "home.read",
    HomePeople: "home.people",
    HomeCommand: "home.control",
    Speak: "say",
    TimerSet: "clock",
    TimerCancel: "clock",
    TimerList: "clock",
    StoreGet: "store",
    StoreSet: "store",
    StoreDelete: "store",
    Fetch: "fetch",
}
"""Which grant each request needs."""


def granted_ports(grants: tuple[Grant, ...]) -> frozenset[str]:
    """The names of the ports that a manifest asks for. Who may control a kind may also look at it."""
    names = {g.port for g in grants}
    return frozenset(names | {"home.read"} if "home.control" in names else names)


class PortBroker:
    """Does one plugin's requests, within its grants."""

    def __init__(self, plugin: str, grants: tuple[Grant, ...], ports: HubPorts) -> None:
        self._plugin = plugin
        self._ports = ports
        self._data = BoundedData(plugin, ports.data)
        self._granted = granted_ports(grants)
        self._control = _kinds(grants, ("home.control",))
        self._read = kinds_to_see(grants)
        self._web = GrantedFetch(plugin, grants, ports.fetch)
        self._do: dict[type, Callable[[Any, CallContext], Awaitable[Any]]] = {
            HomeEntities: self._entities,
            HomeAreas: self._areas,
            HomeStates: self._states,
            HomeAway: self._away,
            HomePeople: self._people,
            HomeCommand: self._command,
            Speak: self._speak,
            TimerSet: self._timer_set,
            TimerCancel: self._timer_cancel,
            TimerList: self._timer_list,
            StoreGet: self._store_get,
            StoreSet: self._store_set,
            StoreDelete: self._store_delete,
            Fetch: self._fetch,
        }

    async def handle(self, ask: Ask, context: CallContext) -> Any:
        """Do it, and return what the plugin shall get. Raises `GrantError`, and what the port raises."""
        port = _PORT[type(ask)]
        if port not in self._granted:
            raise GrantError(
                f"{self._plugin} was not granted {port!r}", remedy=f'add a [[grant]] port = "{port}" to its manifest'
            )
        return await self._do[type(ask)](ask, context)

    async def _entities(self, ask: HomeEntities, context: CallContext) -> Any:
        return self._ports.home.entities(ask, context, self._read)

    async def _areas(self, _ask: HomeAreas, _context: CallContext) -> Any:
        return self._ports.home.areas()

    async def _states(self, ask: HomeStates, context: CallContext) -> Any:
        return self._ports.home.states(ask.entity, context, self._read)

    async def _away(self, _ask: HomeAway, context: CallContext) -> Any:
        return self._ports.home.away(context, self._read)

    async def _people(self, _ask: HomePeople, _context: CallContext) -> Any:
        return self._ports.home.whereabouts()

    async def _command(self, ask: HomeCommand, context: CallContext) -> Any:
        for entity in ask.entities:
            kind = entity.partition(".")[0]
            if self._control and kind not in self._control:
                raise GrantError(
                    f"{self._plugin} may not control {kind!r}", remedy=f"it was granted {', '.join(self._control)}"
                )
        return await self._ports.home.command(ask, self._plugin, context, self._control)

    async def _speak(self, ask: Speak, context: CallContext) -> None:
        if len(ask.text) > _MAX_SAID:
            raise ValueRefusedError("too long to say", remedy=f"stay under {_MAX_SAID} characters")
        request = SayRequest(
            skill=self._plugin,
            text=ask.text,
            reply=ask.reply,
            values=ask.values,
            area=ask.area or context.area,
            language=context.language,
            causes=context.causes,
        )
        await self._ports.say(request)

    async def _timer_set(self, ask: TimerSet, context: CallContext) -> Any:
        if not math.isfinite(ask.due):
            raise ValueRefusedError("a timer needs a time", remedy="give a finite number of seconds")
        return await self._ports.timers.set(
            self._plugin, handler=ask.handler, due=ask.due, arguments=ask.arguments, area=context.area
        )

    async def _timer_cancel(self, ask: TimerCancel, _context: CallContext) -> bool:
        return await self._ports.timers.cancel(self._plugin, ask.timer)

    async def _timer_list(self, _ask: TimerList, _context: CallContext) -> Any:
        return [kept.timer for kept in await self._ports.timers.pending(self._plugin)]

    async def _fetch(self, ask: Fetch, _context: CallContext) -> Any:
        return await self._web(ask)

    async def _store_get(self, ask: StoreGet, _context: CallContext) -> Any:
        return await self._data.get(ask.key)

    async def _store_set(self, ask: StoreSet, _context: CallContext) -> None:
        await self._data.set(ask.key, ask.value)

    async def _store_delete(self, ask: StoreDelete, _context: CallContext) -> None:
        await self._data.delete(ask.key)


def kinds_to_see(grants: tuple[Grant, ...]) -> tuple[str, ...]:
    """The kinds of things that a plugin may look at; empty when there is no limit."""
    return _kinds(grants, ("home.read", "home.control"))


def _kinds(grants: tuple[Grant, ...], ports: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds that these grants are narrowed to together; empty when one of them has no limit."""
    named = [g.only for g in grants if g.port in ports]
    return () if not all(named) else tuple(dict.fromkeys(kind for only in named for kind in only))
