"""The routes by which somebody looks after the hub: /api/v1/doctor and /api/v1/logs."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal, TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.core.errors import NotFoundError, UnavailableError
from hub.web.api.restart_routes import begin
from hub.web.api.rooms import Rooms
from hub.web.bodies import read_json
from hub.web.failures import present
from hub.web.routes import Access, Route

R = TypeVar("R")
Action = Literal["restart", "models", "certificate"]


class FindingResponse(Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `absent` is done without; `broken` needs mending; `mend` says how.

    `action` is what POST /api/v1/doctor/mend can do about it; empty: nothing.
    """

    check: str
    level: Literal["ok", "absent", "broken"]
    detail: str
    mend: str
    action: Literal["", "models", "certificate"]


class DoctorResponse(Struct, frozen=True, kw_only=True):
    """Everything that was looked at, in the order in which a person would mend it."""

    findings: list[FindingResponse]


class MendRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin anew; fetch the models that are missing, and begin anew; or renew the page's certificate."""

    action: Action


class MendResponse(Struct, frozen=True, kw_only=True):
    """It is done. `run`: the hub begins anew, and has when /healthz tells of another; empty: it need not."""

    run: str


class LogLineResponse(Struct, frozen=True, kw_only=True):
    """A line of the log: `at` (UTC seconds), what happened, and the facts that go with it."""

    at: float
    level: str
    text: str
    facts: dict[str, str]


class LogsResponse(Struct, frozen=True, kw_only=True):
    """The last lines, newest first; without secrets and without what people said."""

    lines: list[LogLineResponse]


def doctor_routes(rooms: Callable[[], Rooms], run: str) -> tuple[Route, ...]:
    """The routes; rooms are asked for at each request. `run` is which of the hub's runs this is."""
    here, admin = _Handlers(rooms, run), Access.ADMIN
    return (
        Route(method="GET", path="/api/v1/doctor", access=admin, summary="What could be wrong, and how to mend it.",
              handler=here.doctor, response=DoctorResponse),
        Route(method="POST", path="/api/v1/doctor/mend", access=admin, summary="Have the hub mend something.",
              handler=here.mend, request=MendRequest, response=MendResponse),
        Route(method="GET", path="/api/v1/logs", access=admin, summary="The last lines of the log.",
              handler=here.logs, response=LogsResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, rooms: Callable[[], Rooms], run: str) -> None:
        self._rooms = rooms
        self._run = run
        self._looking = asyncio.Lock()
        self._mending = asyncio.Lock()

    async def doctor(self, _request: web.Request) -> DoctorResponse:
        look = _there(self._rooms().doctor)
        async with self._looking:  # it starts processes: never two at once
            return DoctorResponse(findings=[_as(FindingResponse, each) for each in await look()])

    async def mend(self, request: web.Request) -> MendResponse:
        asked = await read_json(request, MendRequest)
        rooms = self._rooms()
        if asked.action != "restart":
            mend = rooms.mends.get(asked.action)
            if mend is None:
                raise NotFoundError("there is nothing to be done here", remedy="GET /api/v1/doctor says what is")
            if self._mending.locked():
                raise UnavailableError("something is mended already", remedy="wait until that has ended")
            async with self._mending:
                await mend()
            if asked.action == "certificate":
                return MendResponse(run="")
        await begin(rooms.restart)
        return MendResponse(run=self._run)

    async def logs(self, _request: web.Request) -> LogsResponse:
        lines = _there(self._rooms().log)
        return LogsResponse(lines=[_as(LogLineResponse, each) for each in lines()])


def _as(kind: type[R], found: Any) -> R:
    return msgspec.convert(found, kind, from_attributes=True)


def _there(room: R | None) -> R:
    return present(room, "this part of the hub is not there now", "start the hub with `hearth run`")
