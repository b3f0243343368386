"""The ports as a plugin sees them: each method is one request to the hub and its reply."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hub.core.clock import Clock
from hub.core.commands import CommandResult
from hub.core.entities import Area, Entity
from hub.core.errors import ValueRefusedError
from hub.core.events import Value
from hub.core.whereabouts import Whereabouts
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
from hub.sdk.context import Fetched, StoredTimer
from hub.sdk.intents import Reply, Target
from hub.sdk.json_values import plain

Send = Callable[[Ask], Awaitable[Any]]
"""Asks the hub, returns the reply's value, raises the reply's error."""


class RemoteHome:
    """`ctx.home`; see `hub.sdk.context.HomePort`."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def entities(self, *, kind: str = "", area: str = "", trait: str = "") -> list[Entity]:
        """The entities that fit all that is given."""
        return msgspec.convert(await self._send(HomeEntities(kind=kind, area=area, trait=trait)), list[Entity])

    async def areas(self) -> list[Area]:
        """The areas of the home."""
        return msgspec.convert(await self._send(HomeAreas()), list[Area])

    async def states(self, entity: str) -> dict[str, Value]:
        """Trait -> value of one entity."""
        return msgspec.convert(await self._send(HomeStates(entity=entity)), dict[str, Value])

    async def away(self) -> frozenset[str]:
        """The entities that cannot be reached now."""
        return msgspec.convert(await self._send(HomeAway()), frozenset[str])

    async def whereabouts(self) -> Whereabouts:
        """Which areas are in use, and where people are."""
        return msgspec.convert(await self._send(HomePeople()), Whereabouts)

    async def command(self, target: Target | str, trait: str, value: Value) -> list[CommandResult]:
        """Send a command to each entity of `target` that has `trait`."""
        named = isinstance(target, str)
        entities = (str(target),) if isinstance(target, str) else target.entities
        ask = HomeCommand(entities=entities, trait=trait, value=plain(value), named=named)
        return msgspec.convert(await self._send(ask), list[CommandResult])


class RemoteSay:
    """`ctx.say`."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, text: str, *, area: str = "") -> None:
        """Say `text`, or a reply, in `area`."""
        if isinstance(text, Reply):
            await self._send(Speak(reply=str(text), values=plain(text.values), area=area))
        else:
            await self._send(Speak(text=str(text), area=area))


class RemoteClock:
    """`ctx.clock`; see `hub.sdk.context.ClockPort`."""

    def __init__(self, send: Send, clock: Clock, handlers: frozenset[str]) -> None:
        self._send = send
        self._clock = clock
        self._handlers = handlers

    def now(self) -> datetime:
        """Local time, with its zone."""
        return datetime.fromtimestamp(self._clock.now()).astimezone()

    async def after(self, delay: timedelta, handler: str, **arguments: Any) -> StoredTimer:
        """Call the skill's timer `handler` after `delay`."""
        return await self._set(self._clock.now() + delay.total_seconds(), handler, arguments)

    async def at(self, when: datetime, handler: str, **arguments: Any) -> StoredTimer:
        """Call the skill's timer `handler` at `when`; a time without zone is local."""
        return await self._set(when.astimezone().timestamp(), handler, arguments)

    async def cancel(self, timer: str) -> bool:
        """Forget a timer; False when there was none."""
        return bool(await self._send(TimerCancel(timer=timer)))

    async def timers(self) -> list[StoredTimer]:
        """This skill's timers, next first."""
        return msgspec.convert(await self._send(TimerList()), list[StoredTimer])

    async def _set(self, due: float, handler: str, arguments: dict[str, Any]) -> StoredTimer:
        if handler not in self._handlers:
            remedy = f'decorate a function with @skill.timer("{handler}")'
            raise ValueRefusedError(f"there is no timer handler {handler!r}", remedy=remedy)
        ask = TimerSet(handler=handler, due=due, arguments=plain(arguments))
        return msgspec.convert(await self._send(ask), StoredTimer)


class RemoteStore:
    """`ctx.store`; see `hub.sdk.context.StorePort`."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def get(self, key: str) -> Any:
        """The value, or None."""
        return await self._send(StoreGet(key=key))

    async def set(self, key: str, value: Any) -> None:
        """Keep a JSON value."""
        await self._send(StoreSet(key=key, value=plain(value)))

    async def delete(self, key: str) -> None:
        """Forget the value."""
        await self._send(StoreDelete(key=key))


class RemoteFetch:
    """`ctx.fetch`; see `hub.sdk.context.FetchPort`."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> Fetched:
        """Ask a server."""
        content = body.encode() if isinstance(body, str) else bytes(body)
        ask = Fetch(url=url, method=method, headers=dict(headers or {}), body=content)
        return msgspec.convert(await self._send(ask), Fetched)


def remote_ports(granted: frozenset[str], send: Send, clock: Clock, timer_handlers: frozenset[str]) -> dict[str, Any]:
    """The attributes that a `Context` gets for these grants."""
    ports: dict[str, Any] = {}
    if granted & {"home.read", "home.control", "home.people"}:
        ports["home"] = RemoteHome(send)
    if "say" in granted:
        ports["say"] = RemoteSay(send)
    if "clock" in granted:
        ports["clock"] = RemoteClock(send, clock, timer_handlers)
    if "store" in granted:
        ports["store"] = RemoteStore(send)
    if "fetch" in granted:
        ports["fetch"] = RemoteFetch(send)
    return ports
