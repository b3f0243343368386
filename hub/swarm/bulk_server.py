"""The listening end of `hub.swarm.bulk`: bounded in bytes, time and number, whoever connects."""

import asyncio
import errno
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from hub.core.errors import DeniedError, HearthError, NotFoundError, ProtocolError, UnavailableError, UsageError
from hub.swarm.ports import Answer

if TYPE_CHECKING:
    from aiohttp import web

log = structlog.get_logger(__name__)
_HANDSHAKE_S: Final = 5.0
_HEADERS_S: Final = 5.0
"""A request's headers must have come this long after the connection."""
_PIECE_S: Final = 5.0  # and then each piece of its body
_BODY_S: Final = 60.0
_ANSWER_S: Final = 120.0
_MOST_CONNECTIONS: Final = 64
_MOST_OF_ONE: Final = 4
_STATUS: Final = {DeniedError.code: 403, NotFoundError.code: 404, ProtocolError.code: 422, UnavailableError.code: 503}


def fingerprint_of(certificate: bytes) -> str:
    """The fingerprint of the key in a certificate (DER). Raises `ProtocolError` for one that is not ours."""
    from hub.swarm.certificates import fingerprint, public_key, read

    return fingerprint(public_key(read(certificate)))


class BulkServer:
    """Serves `POST /v1/<name>`: `who(fingerprint)` is the hub with that key, or empty; `answer(name)` what answers."""

    def __init__(self, who: Callable[[str], str], answer: Callable[[str], Answer | None], most_bytes: int) -> None:
        self._who = who
        self._answer = answer
        self._most = most_bytes
        self._busy: dict[str, int] = {}
        self._listener: asyncio.Server | None = None
        self._server: web.Server | None = None

    async def start(self, listen: str, context: ssl.SSLContext) -> None:
        """Listen on `host:port`. Raises `UnavailableError` when that cannot be had."""
        from aiohttp import web

        self._server = server = web.Server(
            self._serve, keepalive_timeout=_HEADERS_S, lingering_time=1.0, access_log=None, auto_decompress=False
        )

        def connected() -> asyncio.BaseProtocol:
            # A connection that has no answer yet is dropped rather than one more is let in: only certificates of the
            # home come so far, and a busy one will ask again.
            return server() if len(server.connections) < _MOST_CONNECTIONS else _Refusal()

        host, _, port = listen.rpartition(":")
        try:
            self._listener = await asyncio.get_running_loop().create_server(
                connected, host.strip("[]"), int(port), ssl=context, ssl_handshake_timeout=_HANDSHAKE_S, backlog=64
            )
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise UnavailableError(
                f"cannot listen on {listen}: {'it is taken' if taken else error.strerror}", remedy="is the port free?"
            ) from error

    def drop_strangers(self) -> None:
        """End the connections of those that are no members any more."""
        if self._server is not None:
            for connection in self._server.connections:
                if connection.transport is not None and not self._hub_of(connection.transport):
                    connection.force_close()

    async def close(self) -> None:
        """Listen no more, and end what is under way."""
        if self._listener is not None:
            self._listener.close()
        if self._server is not None:
            await self._server.shutdown(1.0)

    def _hub_of(self, transport: asyncio.BaseTransport | None) -> str:
        secure = transport.get_extra_info("ssl_object") if transport is not None else None
        shown = secure.getpeercert(binary_form=True) if secure is not None else None
        try:
            return self._who(fingerprint_of(shown)) if shown else ""
        except ProtocolError:
            return ""

    async def _serve(self, request: "web.BaseRequest") -> "web.StreamResponse":
        from aiohttp import web

        try:
            hub = self._hub_of(request.transport)
            if not hub:
                raise DeniedError("this certificate belongs to no hub of the home", remedy="pair the hub anew")
            body = await self._in_turn(hub, request)
            if len(body) > self._most:
                raise ProtocolError("the answer is too large")
            response = web.Response(body=body, content_type="application/octet-stream")
        except HearthError as error:
            response = web.Response(
                status=_STATUS.get(error.code, 400),
                body=msgspec.json.encode(error.to_wire()),
                content_type="application/json",
            )
        response.force_close()
        return response

    async def _in_turn(self, hub: str, request: "web.BaseRequest") -> bytes:
        if self._busy.get(hub, 0) >= _MOST_OF_ONE:
            raise UnavailableError("too many bodies at once", remedy="send them one by one")
        self._busy[hub] = self._busy.get(hub, 0) + 1
        try:
            return await self._take(hub, request)
        finally:
            self._busy[hub] -= 1
            if not self._busy[hub]:
                del self._busy[hub]

    async def _take(self, hub: str, request: "web.BaseRequest") -> bytes:
        prefix, _, name = request.path.rpartition("/")
        if request.method != "POST" or prefix != "/v1":
            raise UsageError("bodies are sent by POST to /v1/<name>")
        answer = self._answer(name)
        if answer is None:
            raise NotFoundError(f"nobody here takes {name[:64]!r}", remedy="do both hubs run the same version?")
        body = await self._read(request)
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await answer(hub, body)
        except HearthError:
            raise
        except Exception as error:
            log.exception("a body could not be taken", name=name, hub=hub)
            raise UnavailableError(f"the hub failed to answer: {type(error).__name__}") from error

    async def _read(self, request: "web.BaseRequest") -> bytes:
        from aiohttp import web

        if "Content-Encoding" in request.headers:
            raise ProtocolError("compressed bodies are not taken")
        if (request.content_length or 0) > self._most:
            raise ProtocolError(f"more than {self._most} bytes", remedy="send it in parts")
        body = bytearray()
        try:
            async with asyncio.timeout(_BODY_S):
                while piece := await _next_piece(request):
                    body += piece
                    if len(body) > self._most:
                        raise ProtocolError(f"more than {self._most} bytes", remedy="send it in parts")
        except TimeoutError:
            raise ProtocolError("the body did not arrive in time") from None
        except web.RequestPayloadError as error:
            raise ProtocolError(f"the body is broken: {error}") from error
        return bytes(body)


async def _next_piece(request: "web.BaseRequest") -> bytes:
    async with asyncio.timeout(_PIECE_S):
        return await request.content.readany()


class _Refusal(asyncio.Protocol):
    """For one connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()
