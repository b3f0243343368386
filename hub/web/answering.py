"""The way of every request: past the perimeter and the door to its route, and the answer back out."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from hub.web.access.doorkeeper import Doorkeeper
from hub.web.bodies import MOST_BYTES
from hub.web.connections import ConnectionGate
from hub.web.failures import Refused, response_of
from hub.web.perimeter import SECURITY_HEADERS, Perimeter
from hub.web.routes import Access, Route
from hub.web.wire import encode

log = structlog.get_logger(__name__)
_ROUTE: Final = web.RequestKey("hearth_route", Route)


class Answering:
    """Answers for a server: it sets `gate` before it listens, and `perimeter` as soon as it knows its port.

    `count(method, path, status)` is called for every answer, with the route's pattern as the path.
    """

    def __init__(self, door: Doorkeeper, count: Callable[[str, str, int], None]) -> None:
        self._door = door
        self._count = count
        self.gate: ConnectionGate | None = None
        self.perimeter: Perimeter | None = None

    def application(self, routes: Iterable[Route]) -> web.Application:
        """What answers by these routes."""
        app = web.Application(middlewares=[self._outermost], client_max_size=MOST_BYTES)
        for route in routes:
            app.router.add_route(route.method, route.path, self._entry(route))
        return app

    @web.middleware
    async def _outermost(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Every answer passes here: errors get their body, all get the security headers, each is counted."""
        assert self.gate is not None
        with self.gate.serving(request):
            try:
                response = await handler(request)
            except (web.HTTPException, Refused) as error:
                # Also where no route fits: a stranger learns nothing from the way that a path is refused.
                response = self._refusal(request, error)
            except Exception as error:
                response = response_of(error)
                if response.status >= 500 and response.status != 503 and not _left(request, error):
                    log.exception("request failed", path=request.path)
        if not response.prepared:
            for name, value in SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
        route = request.get(_ROUTE)
        self._count(request.method if route else "?", route.path if route else "?", response.status)
        return response

    def _refusal(self, request: web.Request, error: Exception) -> web.Response:
        if _ROUTE not in request and self.perimeter is not None:
            try:
                self.perimeter.check(request, Access.PUBLIC)
            except Refused as refused:
                return response_of(refused)
        return response_of(error)

    def _entry(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def entry(request: web.Request) -> web.StreamResponse:
            request[_ROUTE] = route
            assert self.perimeter is not None
            self.perimeter.check(request, route.access, socket=route.socket)
            await self._door.admit(request, route)
            answer = await route.handler(request)
            if isinstance(answer, web.StreamResponse):
                return answer
            return web.Response(body=encode(answer), content_type="application/json")

        return entry


def _left(request: web.Request, error: Exception) -> bool:
    """Whether nobody waits for the answer any more: a page that was closed or loaded anew is no fault of the hub's."""
    return isinstance(error, ConnectionResetError) and (request.transport is None or request.transport.is_closing())
