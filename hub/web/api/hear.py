"""The route for a sound file: POST /api/v1/hear."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.web.bodies import read_bytes, read_query
from hub.web.failures import present
from hub.web.routes import Access, Route
from hub.web.wire import ShortText

MOST_BYTES: Final = 16 * 1024 * 1024
KIND: Final = "application/octet-stream"
_ARRIVES_S: Final = 60.0


class FileHearer(Protocol):
    """Hears sound files; what it gives fits `HearResponse`, its `told` being the messages of a listening socket."""

    async def hear(self, data: bytes, *, area: str = "", wake: bool = True) -> Any:
        """Hear a file and do what is said in it. Raises `MediaError`, `NotFoundError` or `UnavailableError`."""
        ...


class HearQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As if said in which area; `wake`: only what follows a wake word."""

    area: ShortText = ""
    wake: bool = True


class HearResponse(Struct, frozen=True, kw_only=True):
    """What was heard and answered, as the listening socket tells it; how long the file is, and how long it took."""

    audio_s: float
    wall_s: float
    stages_ms: dict[str, float]
    told: list[dict[str, Any]]


def hear_routes(hearer: Callable[[], FileHearer | None]) -> tuple[Route, ...]:
    """The route; `hearer` is asked at a request."""

    async def hear(request: web.Request) -> HearResponse:
        """POST /api/v1/hear"""
        query = read_query(request, HearQuery)
        found = present(hearer(), "this hub does not hear yet, or not at all", "see `hearth doctor`")
        data = await read_bytes(request, KIND, MOST_BYTES, _ARRIVES_S)
        heard = await found.hear(data, area=query.area, wake=query.wake)
        return msgspec.convert(msgspec.to_builtins(heard), HearResponse)

    return (
        Route(method="POST", path="/api/v1/hear", access=Access.MEMBER, summary="Hear a sound file, do what it says.",
              handler=hear, takes=KIND, query=HearQuery, response=HearResponse),
    )  # fmt: skip
