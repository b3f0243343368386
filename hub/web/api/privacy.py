"""The routes about privacy: /api/v1/privacy."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import IO, Any, Final, TypeVar

import msgspec
from aiohttp import web

from hub.core.errors import UnavailableError
from hub.core.states import StateTable
from hub.web.api.home_keeper import LEDGER_DAYS, HomeKeeper
from hub.web.api.ports.privacy import MicrophoneSwitches
from hub.web.api.privacy_wire import (
    AuditLine,
    AuditRequest,
    AuditResponse,
    CameraResponse,
    ConnectionResponse,
    ConnectionsQuery,
    ConnectionsResponse,
    KeepingResponse,
    MicrophoneRequest,
    MicrophoneResponse,
    PrivacyResponse,
    PurgeRequest,
    PurgeResponse,
    RememberedResponse,
)
from hub.web.api.restart_routes import begin
from hub.web.api.rooms import Rooms
from hub.web.bodies import read_json, read_query
from hub.web.failures import ready
from hub.web.perimeter import SECURITY_HEADERS
from hub.web.ports import HomeReader
from hub.web.routes import Access, Route

R = TypeVar("R")
Audit = Callable[[], Awaitable[Sequence[Any]]]
_LOOKED_AT: Final = 500
_PIECE: Final = 256 * 1024


def privacy_routes(rooms: Callable[[], Rooms], states: StateTable, run: str) -> tuple[Route, ...]:
    """The routes; rooms are asked for at each request. `run` is which of the hub's runs this is."""
    here = _Handlers(rooms, states, run)
    member, admin, owner = Access.MEMBER, Access.ADMIN, Access.OWNER
    return (
        Route(method="GET", path="/api/v1/privacy", access=member, summary="What is heard, seen and kept.",
              handler=here.privacy, response=PrivacyResponse),
        Route(method="POST", path="/api/v1/privacy/microphone", access=member, summary="Listen to it, or do not.",
              handler=here.microphone, request=MicrophoneRequest, response=MicrophoneResponse),
        Route(method="GET", path="/api/v1/privacy/connections", access=admin, summary="Every connection that was made.",
              handler=here.connections, query=ConnectionsQuery, response=ConnectionsResponse),
        Route(method="POST", path="/api/v1/privacy/purge", access=owner, summary="Delete what is remembered.",
              handler=here.purge, request=PurgeRequest, response=PurgeResponse),
        Route(method="GET", path="/api/v1/privacy/export", access=owner, summary="All that is kept, as a ZIP of JSON.",
              handler=here.export, content="application/zip"),
        Route(method="POST", path="/api/v1/privacy/audit", access=admin, summary="Try whether anything leaves.",
              handler=here.audit, request=AuditRequest, response=AuditResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, rooms: Callable[[], Rooms], states: StateTable, run: str) -> None:
        self._rooms = rooms
        self._states = states
        self._run = run
        self._trying = asyncio.Lock()

    def _keeper(self) -> HomeKeeper:
        return ready(self._rooms().keeper, "the home")

    async def privacy(self, _request: web.Request) -> PrivacyResponse:
        keeper, microphones, hands = self._keeper(), self._rooms().microphones, self._rooms().hands
        found = () if microphones is None else microphones.all()
        rows = await keeper.connections(0, _LOOKED_AT)
        return PrivacyResponse(
            microphones=[_as(MicrophoneResponse, each) for each in found],
            cameras=self._cameras(ready(self._rooms().home, "the home")),
            keeping=[_keeping(each, keeper.settings.store.history_days) for each in await keeper.keeping()],
            bytes=await keeper.size(),
            learning=keeper.settings.learning.enabled,
            landmarks=hands is not None and hands.allowed,
            connections=len(rows),
            beyond=sum(_reach(row) == "outside" for row in rows),
        )

    def _cameras(self, home: HomeReader) -> list[CameraResponse]:
        found, showing = [], self._rooms().showing
        for entity in home.view().entities.values():
            if entity.kind == "camera":
                on = self._states.value(entity.id, "OnOff")
                on = on if isinstance(on, bool) else None
                pages = showing.pages if showing is not None and showing.entity == entity.id else None
                found.append(CameraResponse(entity=entity.id, name=entity.name, area=entity.area, on=on, pages=pages))
        return found

    async def microphone(self, request: web.Request) -> MicrophoneResponse:
        asked = await read_json(request, MicrophoneRequest)
        switches: MicrophoneSwitches = ready(self._rooms().microphones, "hearing")
        return _as(MicrophoneResponse, await switches.turn(asked.entity, asked.on))

    async def connections(self, request: web.Request) -> ConnectionsResponse:
        asked = read_query(request, ConnectionsQuery)
        rows = await self._keeper().connections(asked.before, asked.limit)
        told = [
            ConnectionResponse(
                id=str(row.id), at=row.at, who=row.who, where=row.where, bytes_out=row.bytes_out,
                bytes_in=row.bytes_in, why=row.why, reach=_reach(row),
            )
            for row in rows
        ]  # fmt: skip
        return ConnectionsResponse(connections=told, before=told[-1].id if len(told) == asked.limit else None)

    async def purge(self, request: web.Request) -> PurgeResponse:
        """What a running hub has in memory would be written again: it is deleted between this run and the next."""
        asked = await read_json(request, PurgeRequest)
        keeper, restart = self._keeper(), self._rooms().restart
        found = [_as(RememberedResponse, each) for each in await keeper.purgeable(ledger=asked.ledger)]
        if not asked.sure:
            return PurgeResponse(remembered=found, run="")
        if restart is None:
            await begin(restart)
        await keeper.ask_purge(ledger=asked.ledger)
        try:
            await begin(restart)
        except BaseException:
            await keeper.take_back_purge()
            raise
        return PurgeResponse(remembered=found, run=self._run)

    async def export(self, request: web.Request) -> web.StreamResponse:
        keeper, home = self._keeper(), ready(self._rooms().home, "the home")
        name = re.sub(r"[^a-z0-9]+", "-", home.view().name.lower()).strip("-")[:40] or "home"
        file = await keeper.export()
        try:
            return await _sent(request, file, f"hearth-{name}.zip")
        finally:
            await asyncio.to_thread(file.close)

    async def audit(self, request: web.Request) -> AuditResponse:
        await read_json(request, AuditRequest)
        audit: Audit = ready(self._rooms().audit, "the audit")
        if self._trying.locked():
            raise UnavailableError("it is tried already", remedy="wait half a minute")
        async with self._trying:
            return AuditResponse(lines=[_as(AuditLine, line) for line in await audit()])


async def _sent(request: web.Request, file: IO[bytes], name: str) -> web.StreamResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    response = web.StreamResponse(headers={**SECURITY_HEADERS, **headers})
    response.content_type = "application/zip"
    await response.prepare(request)
    while piece := await asyncio.to_thread(file.read, _PIECE):
        await response.write(piece)
    await response.write_eof()
    return response


def _keeping(found: Any, history_days: int) -> KeepingResponse:
    days = {"history_days": history_days, "ledger_days": LEDGER_DAYS}.get(found.until)
    return KeepingResponse(
        kind=found.kind, rows=found.rows, bytes=found.bytes, oldest=found.oldest, days=days,
        until=found.until if days is None else "days",
    )  # fmt: skip


def _reach(row: Any) -> Any:
    from hub.store.ledger import reach_of

    return reach_of(row)


def _as(kind: type[R], found: Any) -> R:
    return msgspec.convert(found, kind, from_attributes=True)
