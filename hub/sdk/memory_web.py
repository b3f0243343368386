"""An internet in memory, for the tests of a skill: `home.web.answer(url, ...)` says what there is."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from hub.core.errors import UnavailableError
from hub.sdk.context import Fetched
from hub.sdk.manifest import SkillManifest
from hub.sdk.places import check_granted, parse_place, parse_url


class Asked(Struct, frozen=True):
    """A request that the skill made."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class MemoryWeb:
    """The `fetch` port over a dictionary; what was asked for is listed in `asked`."""

    def __init__(self, manifest: SkillManifest) -> None:
        self._plugin = manifest.id
        self._places = [parse_place(name) for g in manifest.grant if g.port == "fetch" for name in g.only]
        self._answers: dict[str, Fetched] = {}
        self.asked: list[Asked] = []

    def answer(self, url: str, content: Any, *, status: int = 200) -> None:
        """Answer this URL from now on: with bytes or a text as they are, with anything else as JSON."""
        as_it_is = content.encode() if isinstance(content, str) else content
        body = as_it_is if isinstance(as_it_is, bytes) else msgspec.json.encode(content)
        self._answers[url] = Fetched(status=status, url=url, body=body)

    async def __call__(
        self, url: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | str = b""
    ) -> Fetched:
        """What was put there. Raises `GrantError` as the hub does, `UnavailableError` where there is nothing."""
        address = parse_url(url)
        check_granted(address, self._places, self._plugin)
        self.asked.append(Asked(method, url, dict(headers or {}), body.encode() if isinstance(body, str) else body))
        if url not in self._answers:
            raise UnavailableError(
                f"{address.where} gives no answer", remedy=f"home.web.answer({url!r}, ...) gives one"
            )
        return self._answers[url]
