"""Commands beside a hub that runs: it is asked over its own API, and nobody else touches its home."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from hub.core.cancelled import cancelled
from hub.core.errors import CommandError, HearthError, NotFoundError, UnavailableError
from hub.core.events import Event, event_types
from hub.core.paths import HomePaths
from hub.core.running import running_at

if TYPE_CHECKING:
    import aiohttp

_REST_S: Final = 0.2
"""How long after an answer events may still come that belong to it."""


class RunningHub(Struct, frozen=True, kw_only=True):
    """A hub that runs over the home of a command: where, what to show it, and who vouches for its certificate."""

    url: str
    token: str
    authority: Path | None = None


def running_hub(paths: HomePaths) -> RunningHub | None:
    """The hub that runs over this home, None when none does. Raises `StoreError` when its token cannot be read."""
    url = running_at(paths)
    if url is None:
        return None
    from hub.web.access.home_files import WebFiles

    files = WebFiles.of(paths.root)
    return RunningHub(url=url, token=files.read_token(), authority=files.root if url.startswith("https:") else None)


async def command(hub: RunningHub, entity: str, trait: str, value: Any, *, confirmed: bool) -> dict[str, Any]:
    """Have the hub send a command; its answer. Raises the error that it answered with."""
    body = {"entity": entity, "trait": trait, "value": value, "confirmed": confirmed}
    return await post(hub, "api/v1/commands", body)


async def entity(hub: RunningHub, wanted: str) -> dict[str, Any]:
    """What the hub says of an entity. Raises the error that it answered with."""
    async with _session(hub) as session, session.get(f"api/v1/entities/{quote(wanted)}") as answer:
        if answer.status == 404:
            raise NotFoundError(f"there is no {wanted}", remedy="`hearth home` lists what there is")
        return await _answer(answer)


async def say(hub: RunningHub, text: str, *, area: str, person: str, tell: Callable[[Event], None]) -> None:
    """Say something to the hub; `tell` gets the events that follow. Raises the error that it answered with."""
    body = {"text": text, "area": area, "person": person}
    async with _session(hub) as session, session.ws_connect("api/v1/live") as live:
        await live.receive()  # the home as it stands
        telling = asyncio.create_task(_tell(live, tell))
        try:
            async with session.post("api/v1/say", json=body) as answer:
                await _answer(answer)
            await asyncio.wait((telling,), timeout=_REST_S)
        finally:
            await cancelled(telling)


async def _tell(live: Any, tell: Callable[[Event], None]) -> None:
    known = event_types()
    async for message in live:
        kind = known.get(msgspec.json.decode(message.data).get("event", ""))
        if kind is not None:
            tell(msgspec.json.decode(message.data, type=kind, strict=False))


async def get(hub: RunningHub, path: str) -> dict[str, Any]:
    """What the hub answers to a GET of `path`. Raises the error that it answered with."""
    async with _session(hub) as session, session.get(path) as answer:
        return await _answer(answer)


async def post(hub: RunningHub, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the hub answers to a POST of `body` to `path`. Raises the error that it answered with."""
    async with _session(hub) as session, session.post(path, json=body) as answer:
        return await _answer(answer)


async def upload(hub: RunningHub, path: str, content: bytes) -> dict[str, Any]:
    """What the hub answers to a POST of bytes to `path`. Raises the error that it answered with."""
    headers = {"Content-Type": "application/octet-stream"}
    async with _session(hub) as session, session.post(path, data=content, headers=headers) as answer:
        return await _answer(answer)


@asynccontextmanager
async def _session(hub: RunningHub) -> AsyncIterator["aiohttp.ClientSession"]:
    """Raises `UnavailableError` when the hub is gone, or dies before it has answered."""
    import aiohttp

    headers = {"Authorization": f"Bearer {hub.token}"} if hub.token else {}
    connector = None
    if hub.authority is not None:
        from hub.guard.tls import client_context

        connector = aiohttp.TCPConnector(ssl=client_context(hub.authority))
    try:
        async with aiohttp.ClientSession(hub.url, headers=headers, connector=connector) as session:
            yield session
    except aiohttp.ClientConnectionError as error:
        message = "the hub over this home does not answer any more"
        raise UnavailableError(message, remedy="see what its log says; `hearth run` starts it") from error


async def _answer(answer: Any) -> dict[str, Any]:
    try:
        said: dict[str, Any] = await answer.json()
    except ValueError as error:
        raise UnavailableError(f"the hub answered {answer.status}", remedy="is it a Hearth hub?") from error
    if answer.status >= 400:
        told = said.get("error", said)
        if "code" in told:
            raise HearthError.from_wire({key: str(value) for key, value in told.items()})
        raise CommandError(f"the hub answered {answer.status}")
    return said
