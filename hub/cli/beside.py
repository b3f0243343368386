"""Commands beside a hub that runs: it is asked over its own API, and nobody else touches its home."""

import asyncio
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

import msgspec

from hub.core.errors import CommandError, HearthError, NotFoundError, UnavailableError
from hub.core.events import Event, event_types

_REST_S: Final = 0.2
"""How long after an answer events may still come that belong to it."""


async def command(url: str, entity: str, trait: str, value: Any, *, confirmed: bool) -> dict[str, Any]:
    """Have the hub at `url` send a command; its answer. Raises the error that it answered with."""
    body = {"entity": entity, "trait": trait, "value": value, "confirmed": confirmed}
    return await post(url, "api/v1/commands", body)


async def entity(url: str, wanted: str) -> dict[str, Any]:
    """What the hub at `url` says of an entity. Raises the error that it answered with."""
    import aiohttp

    async with aiohttp.ClientSession(url) as session, session.get(f"api/v1/entities/{quote(wanted)}") as answer:
        if answer.status == 404:
            raise NotFoundError(f"there is no {wanted}", remedy="`hearth home` lists what there is")
        return await _answer(answer)


async def say(url: str, text: str, *, area: str, person: str, tell: Callable[[Event], None]) -> None:
    """Say something to the hub at `url`; `tell` gets the events that follow. Raises the error that it answered with."""
    import aiohttp

    body = {"text": text, "area": area, "person": person}
    async with aiohttp.ClientSession(url) as session, session.ws_connect("api/v1/live") as live:
        await live.receive()  # the home as it stands
        telling = asyncio.create_task(_tell(live, tell))
        try:
            async with session.post("api/v1/say", json=body) as answer:
                await _answer(answer)
            await asyncio.wait((telling,), timeout=_REST_S)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)


async def _tell(live: Any, tell: Callable[[Event], None]) -> None:
    known = event_types()
    async for message in live:
        kind = known.get(msgspec.json.decode(message.data).get("event", ""))
        if kind is not None:
            tell(msgspec.json.decode(message.data, type=kind, strict=False))


async def get(url: str, path: str) -> dict[str, Any]:
    """What the hub at `url` answers to a GET of `path`. Raises the error that it answered with."""
    import aiohttp

    async with aiohttp.ClientSession(url) as session, session.get(path) as answer:
        return await _answer(answer)


async def post(url: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What the hub at `url` answers to a POST of `body` to `path`. Raises the error that it answered with."""
    import aiohttp

    async with aiohttp.ClientSession(url) as session, session.post(path, json=body) as answer:
        return await _answer(answer)


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
