"""Reading what a client sent: JSON, or bytes of a declared kind; bounded in size, time and depth."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.web.failures import Refused

MOST_BYTES: Final = 64 * 1024
BODY_TIMEOUT_S: Final = 10.0
T = TypeVar("T", bound=Struct)


async def read_json(request: web.Request, kind: type[T], timeout_s: float = BODY_TIMEOUT_S) -> T:
    """The request's body as `kind`. Raises `Refused`: 415, 413, 408, 400 for what is no JSON, 422 for other JSON."""
    if request.content_type != "application/json":
        raise Refused(415, "content_type", "only JSON is taken", "send Content-Type: application/json", close=True)
    return decode(await _whole(request, MOST_BYTES, timeout_s), kind)


async def read_bytes(request: web.Request, content_type: str, most: int, timeout_s: float = BODY_TIMEOUT_S) -> bytes:
    """The request's body, of this content type and `most` bytes. Raises `Refused`: 415, 413, 408, 400."""
    check_content(request, content_type)
    return await _whole(request, most, timeout_s)


def check_content(request: web.Request, content_type: str) -> None:
    """Raise `Refused` (415) unless the body is declared to be this."""
    if request.content_type != content_type:
        remedy = f"send Content-Type: {content_type}"
        raise Refused(415, "content_type", f"only {content_type} is taken", remedy, close=True)


async def _whole(request: web.Request, most: int, timeout_s: float) -> bytes:
    body = bytearray()
    async for chunk in pieces(request, most, timeout_s):
        body += chunk
    return bytes(body)


async def pieces(request: web.Request, most: int, timeout_s: float = BODY_TIMEOUT_S) -> AsyncIterator[bytes]:
    """The body as it arrives, for what is not to be in memory whole. Raises `Refused`: 413, 408, 400.

    Takes `timeout_s` at most, the time that the reader needs between the pieces included.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(400, "content_encoding", "compressed requests are not taken", "send it as it is", close=True)
    if request.content_length is not None and request.content_length > most:
        raise _too_large(most)
    until = asyncio.get_running_loop().time() + timeout_s
    taken = 0
    while chunk := await _piece(request, until):
        taken += len(chunk)
        if taken > most:
            raise _too_large(most)
        yield chunk


async def _piece(request: web.Request, until: float) -> bytes:
    try:
        async with asyncio.timeout_at(until):
            return await request.content.readany()
    except TimeoutError:
        raise Refused(408, "too_slow", "the request did not arrive in time", "send it again", close=True) from None
    except web.RequestPayloadError:
        raise Refused(400, "body", "the request's body is broken", close=True) from None


def _too_large(most: int) -> Refused:
    return Refused(413, "too_large", f"more than {most} bytes", "send less", close=True)


def decode(body: bytes, kind: type[T]) -> T:
    """JSON text as `kind`; raises `Refused`: 400 for what is no sound JSON, 422 for JSON of another shape."""
    try:
        # First by a parser that can be told to be strict; it is not fast, and bodies are small.
        json.loads(body, object_pairs_hook=_no_duplicates, parse_float=_finite, parse_constant=_finite)
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise Refused(422, "value_refused", str(error), "the API is described at /api/v1/openapi.json") from None
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        message = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Refused(400, "json", f"not JSON as it is taken here: {message[:200]}", "send one JSON object") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers of the same text could disagree on which of two values counts.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number


def read_query(request: web.Request, kind: type[T]) -> T:
    """The query string as `kind`; raises `Refused` (422)."""
    values = {key: request.query.getall(key) for key in request.query}
    if any(len(given) > 1 for given in values.values()):
        raise Refused(422, "value_refused", "a parameter stands twice", "give each once")
    try:
        return msgspec.convert({key: given[0] for key, given in values.items()}, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(422, "value_refused", str(error), "the API is described at /api/v1/openapi.json") from None
