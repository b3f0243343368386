"""HTTP over sockets that the guard opened: a request, its answer in bounded pieces, where a redirect leads.

`http.client` speaks here and nowhere else, and never connects: it is handed its socket.
"""

import contextlib
import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from http.client import HTTPResponse
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin

MOST_REDIRECTS: Final = 5
"""In a row, before whoever follows them gives up."""
HTTP_FAILURES: Final = (OSError, http.client.HTTPException)
"""What a connection that breaks off, or that speaks no HTTP, raises."""
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_PIECE: Final = 256 * 1024


class HttpConnection:
    """One request to `host:port` over `plain`, which it closes at the end of its `with`; a step may take `timeout_s`.

    It blocks, for use in a thread; `end` breaks it off from another one.
    """

    def __init__(self, plain: socket.socket, host: str, port: int, *, timeout_s: float) -> None:
        plain.settimeout(timeout_s)
        self._http = http.client.HTTPConnection(host, port, timeout=timeout_s)
        # Kept besides: `http.client` lets go of its own while an answer's body is still to come.
        self._http.sock = self._socket = plain

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()

    def secure(self, context: ssl.SSLContext, name: str) -> bytes:
        """Speak TLS from here on, with the server called `name`; its certificate (DER). Raises `OSError`."""
        secured = context.wrap_socket(self._socket, server_hostname=name, do_handshake_on_connect=False)
        self._http.sock = self._socket = secured  # before the handshake, so that `end` reaches that too
        secured.do_handshake()
        return secured.getpeercert(binary_form=True) or b""

    def ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> HTTPResponse:
        """Send the request; the answer, its body yet to be read. Raises `HTTP_FAILURES`, `ValueError` for a header."""
        self._http.request(method, target, body=body, headers=dict(headers))
        return self._http.getresponse()

    def end(self) -> None:
        """Break it off: a thread that waits for the other side waits no longer."""
        with contextlib.suppress(OSError):
            # Not the method of a TLS socket: that one takes away from the thread what it is reading with.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()
        self._socket.close()


def pieces(response: HTTPResponse, most: int) -> Iterator[bytes]:
    """The body, piece by piece; of one that is too long, `most` bytes and one more. Raises `HTTP_FAILURES`."""
    left = most + 1
    while left and (piece := response.read(min(_PIECE, left))):
        left -= len(piece)
        yield piece


def redirected(url: str, status: int, location: str) -> str | None:
    """Where an answer from `url` with this status and `Location` sends on to; None for one that does not.

    It is the other side's word: parse it before going there.
    """
    if status not in _REDIRECTS or not location:
        return None
    try:
        return urljoin(url, location)
    except ValueError:  # no address at all, such as http://[
        return location


def gives_up_tls(url: str, following: str) -> bool:
    """Whether going on from `url` would leave encryption behind."""
    return url.lower().startswith("https:") and not following.lower().startswith("https:")
