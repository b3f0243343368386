"""Downloads of model files, over connections that the egress guard opens.

This module opens no connection itself: `Connect` is the guard's. Every host that a redirect leads to is asked for
anew, so the household's policy decides on each.
"""

import http.client
import ipaddress
import os
import socket
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote, urljoin, urlsplit

from hub.core.errors import ModelError
from hub.guard.tls import client_context
from hub.inference.card import HuggingFaceSource, ModelFile, UrlSource

MAX_REDIRECTS = 5
TIMEOUT_S = 60.0
CHUNK = 256 * 1024


class Connect(Protocol):
    """The egress guard: a connected blocking TCP socket, or an `EgressError`."""

    def __call__(self, host: str, port: int, *, why: str) -> socket.socket:
        """Connect to `host`; `why` goes into the household's ledger."""
        ...


def file_url(source: UrlSource | HuggingFaceSource, file: ModelFile) -> str:
    """Where a file of the source lies. `ModelError` when no model hub is known."""
    if isinstance(source, UrlSource):
        return source.url.replace("{file}", quote(file.name))
    return f"{hub_endpoint()}/{source.huggingface}/resolve/{source.revision}/{quote(file.name)}"


def hub_endpoint() -> str:
    """The model hub's address: `$HF_ENDPOINT`, or the default of the `huggingface_hub` package where installed."""
    endpoint = os.environ.get("HF_ENDPOINT", "")
    if not endpoint:
        try:
            from huggingface_hub import constants  # type: ignore[import-not-found,unused-ignore]

            endpoint = str(constants.ENDPOINT)
        except ImportError as error:
            remedy = "set HF_ENDPOINT to the hub's address, or install the whisper extra"
            raise ModelError("no model hub is known on this machine", remedy=remedy) from error
    return endpoint.rstrip("/")


def download(
    url: str, write: Callable[[bytes], object], *, size: int, connect: Connect, progress: Callable[[int], None]
) -> None:
    """Fetch `url` and hand its bytes to `write`; `progress` gets the bytes so far.

    Raises `ModelError` when the server refuses, sends another size than `size`, or is slow for a minute; `EgressError`
    when the household does not allow the place.
    """
    for _ in range(MAX_REDIRECTS + 1):
        moved = _fetch(url, write, size, connect, progress)
        if moved is None:
            return
        if urlsplit(url).scheme == "https" and urlsplit(moved).scheme != "https":
            raise ModelError("the server redirects to an unencrypted address", place=url)
        url = moved
    raise ModelError(f"more than {MAX_REDIRECTS} redirects", place=url)


def _fetch(
    url: str, write: Callable[[bytes], object], size: int, connect: Connect, progress: Callable[[int], None]
) -> str | None:
    """One request: the address it is redirected to, or None when the body was written."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not host or (parts.scheme == "http" and not _is_loopback(host)):
        raise ModelError("models are fetched over https only", place=url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.sock = _secured(connect(host, port, why="model download"), host, parts.scheme)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target or "/", headers={"Accept-Encoding": "identity", "User-Agent": "hearth"})
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308):
            return urljoin(url, response.headers.get("Location", ""))
        if response.status != 200:
            raise ModelError(f"the server answers {response.status} {response.reason}", place=url)
        announced = response.headers.get("Content-Length")
        if announced is not None and announced != str(size):
            raise ModelError(f"the server offers {announced} bytes, the card says {size}", place=url)
        _copy(response, write, size, progress, url)
    except (OSError, http.client.HTTPException) as error:
        remedy = "check the connection and try again"
        raise ModelError(f"the download broke off: {error}", place=url, remedy=remedy) from error
    finally:
        connection.close()
    return None


def _copy(
    response: http.client.HTTPResponse,
    write: Callable[[bytes], object],
    size: int,
    progress: Callable[[int], None],
    url: str,
) -> None:
    done = 0
    while block := response.read(min(CHUNK, size + 1 - done)):
        done += len(block)
        if done > size:
            break
        write(block)
        progress(done)
    if done != size:
        raise ModelError(f"the server sent {'more' if done > size else done} bytes, the card says {size}", place=url)


def _secured(sock: socket.socket, host: str, scheme: str) -> socket.socket:
    sock.settimeout(TIMEOUT_S)
    if scheme == "http":
        return sock
    return client_context().wrap_socket(sock, server_hostname=host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
