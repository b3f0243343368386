"""Downloads of model files, over connections that the egress guard opens.

This module opens no connection itself: `Connect` is the guard's. Every host that a redirect leads to is asked for
anew, so the household's policy decides on each.
"""

import ipaddress
import os
import socket
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Final, Protocol
from urllib.parse import quote

from hub.core.errors import ModelError, ValueRefusedError
from hub.guard.http_connection import (
    HTTP_FAILURES,
    MOST_REDIRECTS,
    HttpConnection,
    gives_up_tls,
    pieces,
    redirected,
)
from hub.guard.tls import client_context
from hub.inference.card import HuggingFaceSource, ModelFile, UrlSource
from hub.sdk.places import Address, parse_url

_TIMEOUT_S: Final = 60.0


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
    for _ in range(MOST_REDIRECTS + 1):
        moved = _fetch(url, write, size, connect, progress)
        if moved is None:
            return
        if gives_up_tls(url, moved):
            raise ModelError("the server redirects to an unencrypted address", place=url)
        url = moved
    raise ModelError(f"more than {MOST_REDIRECTS} redirects", place=url)


def _fetch(
    url: str, write: Callable[[bytes], object], size: int, connect: Connect, progress: Callable[[int], None]
) -> str | None:
    """One request: the address it is redirected to, or None when the body was written."""
    address = _address(url)
    try:
        plain = connect(address.host, address.port, why="model download")
        with HttpConnection(plain, address.host, address.port, timeout_s=_TIMEOUT_S) as connection:
            if address.scheme == "https":
                connection.secure(client_context(), address.host)
            headers = {"Accept-Encoding": "identity", "User-Agent": "hearth"}
            response = connection.ask("GET", address.target, headers)
            if moved := redirected(url, response.status, response.headers.get("Location", "")):
                return moved
            if response.status != 200:
                raise ModelError(f"the server answers {response.status} {response.reason}", place=url)
            announced = response.headers.get("Content-Length")
            if announced is not None and announced != str(size):
                raise ModelError(f"the server offers {announced} bytes, the card says {size}", place=url)
            _copy(response, write, size, progress, url)
    except HTTP_FAILURES as error:
        remedy = "check the connection and try again"
        raise ModelError(f"the download broke off: {error}", place=url, remedy=remedy) from error
    return None


def _copy(
    response: HTTPResponse,
    write: Callable[[bytes], object],
    size: int,
    progress: Callable[[int], None],
    url: str,
) -> None:
    done = 0
    for piece in pieces(response, size):
        done += len(piece)
        if done > size:
            break
        write(piece)
        progress(done)
    if done != size:
        raise ModelError(f"the server sent {'more' if done > size else done} bytes, the card says {size}", place=url)


def _address(url: str) -> Address:
    """Where a model may be fetched from: https anywhere, or http on this machine. Raises `ModelError`."""
    try:
        address = parse_url(url)
    except ValueRefusedError as error:
        raise ModelError("models are fetched over https only", place=url) from error
    if address.scheme == "http" and not _is_loopback(address.host):
        raise ModelError("models are fetched over https only", place=url)
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
