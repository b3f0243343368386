"""One HTTP exchange over connections that the guard opens: request, redirects, an answer of bounded size.

It blocks, for use in a thread; `end` breaks it off from another one.
"""

import functools
import ssl
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Final

from hub.core.errors import UnavailableError, ValueRefusedError
from hub.guard.connect import Guard
from hub.guard.egress import Destination, Reach
from hub.guard.http_connection import (
    HTTP_FAILURES,
    MOST_REDIRECTS,
    HttpConnection,
    gives_up_tls,
    pieces,
    redirected,
)
from hub.guard.tls import client_context
from hub.plugins.messages import Fetch
from hub.sdk.context import Fetched
from hub.sdk.places import Address, Place, is_of_the_home

MOST_BYTES: Final = 512 * 1024
"""Of an answer's body."""
_MOST_HEADERS: Final = 16 * 1024
_TIMEOUT_S: Final = 10.0
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_OURS: Final = frozenset(
    ("host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect", "keep-alive",
     "accept-encoding", "proxy-authorization", "proxy-connection")
)  # fmt: skip
"""Headers that say how the request travels, which is the hub's business."""
_FOR_ONE_HOST: Final = ("authorization", "cookie")


class HttpExchange:
    """`check` says where a URL leads, or raises; it is asked for every redirect too."""

    def __init__(
        self,
        ask: Fetch,
        who: str,
        why: str,
        guard: Guard,
        places: tuple[Place, ...],
        check: Callable[[str], Address],
    ) -> None:
        self._ask, self._who, self._why = ask, who, why
        self._guard = guard
        self._granted = tuple(Destination(place.host, place.port) for place in places)
        self._check = check
        self._connection: HttpConnection | None = None
        self._ended = False

    def run(self) -> Fetched:
        """The answer. Raises `GrantError`, `EgressError`, `UnavailableError`, `ValueRefusedError`."""
        ask = self._ask
        headers = _headers(ask)
        url, before = ask.url, ""
        for _ in range(MOST_REDIRECTS + 1):
            address = self._check(url)
            if before and address.where != before:
                headers = {name: value for name, value in headers.items() if name not in _FOR_ONE_HOST}
            answer = self._once(address, url, headers)
            following = redirected(url, answer.status, answer.headers.get("location", ""))
            if following is None or ask.method not in ("GET", "HEAD"):
                return answer
            if gives_up_tls(url, following):
                raise UnavailableError("the server redirects to an unencrypted address", place=address.where)
            url, before = following, address.where
        raise UnavailableError(f"more than {MOST_REDIRECTS} redirects", place=address.where)

    def end(self) -> None:
        """Break it off, if it still runs. May be called from any thread."""
        self._ended = True
        if self._connection is not None:
            self._connection.end()

    def _once(self, address: Address, url: str, headers: dict[str, str]) -> Fetched:
        try:
            with self._opened(address) as connection:
                if self._ended:
                    raise UnavailableError("nobody waits for it any more")
                if address.scheme == "https":
                    connection.secure(_context(), address.host)
                response = connection.ask(self._ask.method, address.target, headers, self._ask.body or None)
                body = b"".join(pieces(response, MOST_BYTES))
                if len(body) > MOST_BYTES:
                    raise ValueRefusedError(
                        f"the answer is longer than {MOST_BYTES} bytes", place=address.where, remedy="ask for less"
                    )
                if response.length:
                    raise UnavailableError(f"{address.where} broke off its answer", remedy="try again later")
                return Fetched(status=response.status, url=url, headers=_told(response), body=body)
        except HTTP_FAILURES as error:
            text = f"{address.where} gives no answer: {error or type(error).__name__}"
            raise UnavailableError(text, remedy="try again later") from error
        except ValueError as error:  # what http.client thinks of a header
            raise ValueRefusedError(f"that is no request: {error}") from error
        finally:
            self._connection = None

    def _opened(self, address: Address) -> HttpConnection:
        """Granted places outside, or the home's own where it was the home's own that was granted."""
        plain = self._guard.open_blocking(
            address.host,
            address.port,
            who=self._who,
            why=self._why,
            reach=Reach.HOME if is_of_the_home(address.host) else Reach.OUTSIDE,
            granted=self._granted,
            timeout_s=_TIMEOUT_S,
        )
        self._connection = HttpConnection(plain, address.host, address.port, timeout_s=_TIMEOUT_S)
        return self._connection


@functools.cache
def _context() -> ssl.SSLContext:
    return client_context()


def _headers(ask: Fetch) -> dict[str, str]:
    """The request's headers. Raises `ValueRefusedError`."""
    if ask.method not in _METHODS:
        raise ValueRefusedError(f"{ask.method[:20]!r} is no method", remedy=f"one of {', '.join(_METHODS)}")
    given = {name.lower(): value for name, value in ask.headers.items()}
    if refused := sorted(_OURS & given.keys()):
        raise ValueRefusedError(f"{refused[0]} is the hub's to say", remedy="leave it out")
    if sum(len(name) + len(value) for name, value in given.items()) > _MOST_HEADERS:
        raise ValueRefusedError("too many headers", remedy=f"stay under {_MOST_HEADERS} bytes")
    return {"user-agent": "hearth", **given, "accept-encoding": "identity", "connection": "close"}


def _told(response: HTTPResponse) -> dict[str, str]:
    """The answer's headers, as many as fit."""
    told: dict[str, str] = {}
    room = _MOST_HEADERS
    for name, value in response.getheaders():
        room -= len(name) + len(value)
        if room < 0:
            break
        key = name.lower()
        told[key] = f"{told[key]}, {value}" if key in told else value
    return told
