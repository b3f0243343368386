"""The routes about skills: /api/v1/skills."""

from collections.abc import Callable
from typing import Annotated, Final, Literal

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from hub.web.api.ports.skills import SkillKeeper
from hub.web.bodies import read_bytes, read_json
from hub.web.failures import present
from hub.web.routes import Access, Route

PACKAGE: Final = "application/octet-stream"
MOST_BYTES: Final = 16 * 1024 * 1024
_UPLOAD_S: Final = 60.0
SkillId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Grants = Annotated[tuple[Annotated[str, Meta(max_length=1000)], ...], Meta(max_length=100)]


class GrantResponse(Struct, frozen=True, kw_only=True):
    """A grant that a skill asks for: `words` complete "it may", `why` is its author's reason, `grant` names it.

    `agreed` says that it has it, `new` that it reaches further than what was agreed to before.
    """

    grant: str
    port: str
    only: tuple[str, ...]
    words: str
    why: str
    optional: bool
    agreed: bool
    new: bool


class SettingResponse(Struct, frozen=True, kw_only=True):
    """A setting of a skill: a yes or no, a number or a text, as its `default` is."""

    name: str
    label: str
    value: bool | int | float | str
    default: bool | int | float | str
    options: tuple[str, ...]
    min: float | None
    max: float | None


class ConditionResponse(Struct, frozen=True, kw_only=True):
    """How a skill is, and why; bytes of `memory` and its share of a processor are known of caged ones that run."""

    state: Literal["starting", "running", "restarting", "left_out", "off"]
    reason: str
    slow: bool
    caged: bool
    memory: int | None
    cpu_share: float | None


class SkillResponse(Struct, frozen=True, kw_only=True):
    """A skill. It came with the `hub`, was `installed`, or lies in a `folder` of the household's own.

    `fixed`: hearth.toml leaves it out. `signer`: its author's key, for people to compare. `changed`: its files are not
    those that were installed. `examples`: sentences by language. `trouble`: what went wrong last.
    """

    skill: str
    name: str
    version: str
    description: str
    source: Literal["hub", "installed", "folder"]
    on: bool
    fixed: bool
    signer: str
    changed: bool
    grants: tuple[GrantResponse, ...]
    settings: tuple[SettingResponse, ...]
    intents: tuple[str, ...]
    examples: dict[str, tuple[str, ...]]
    condition: ConditionResponse
    trouble: str


class SkillsResponse(Struct, frozen=True, kw_only=True):
    """Every skill of the home."""

    skills: list[SkillResponse]


class ReviewResponse(Struct, frozen=True, kw_only=True):
    """A package as it would be installed: by whom signed, whether something of theirs is installed already, the version
    that it would replace (empty: none), and what it asks for. `digest` names it when it is installed.
    """

    digest: str
    skill: str
    name: str
    version: str
    description: str
    signer: str
    signer_known: bool
    before: str
    grants: tuple[GrantResponse, ...]
    examples: dict[str, tuple[str, ...]]


class InstallRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Install the reviewed package with exactly these grants."""

    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    grants: Grants


class GrantRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let an installed skill have exactly these grants."""

    skill: SkillId
    grants: Grants


class ConfigureRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choose these settings of a skill, by name; the others stay."""

    skill: SkillId
    values: Annotated[
        dict[str, bool | int | float | Annotated[str, Meta(max_length=500)]], Meta(min_length=1, max_length=100)
    ]


class SwitchRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Switch a skill on or off; it stays so."""

    skill: SkillId
    on: bool


class RemoveSkillRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take an installed skill out of the home, with all that it kept."""

    skill: SkillId


class RemovedSkillResponse(Struct, frozen=True, kw_only=True):
    """The skill that is gone."""

    skill: str


def skill_routes(keeper: Callable[[], SkillKeeper | None]) -> tuple[Route, ...]:
    """The routes; `keeper` is asked at each request."""
    handlers = _Handlers(keeper)
    member, admin = Access.MEMBER, Access.ADMIN
    return (
        Route(method="GET", path="/api/v1/skills", access=member, summary="The home's skills.",
              handler=handlers.skills, response=SkillsResponse),
        Route(method="POST", path="/api/v1/skills/review", access=admin, summary="Look at a package; nothing happens.",
              handler=handlers.review, takes=PACKAGE, response=ReviewResponse),
        Route(method="POST", path="/api/v1/skills/install", access=admin, summary="Install a reviewed package.",
              handler=handlers.install, request=InstallRequest, response=SkillResponse),
        Route(method="POST", path="/api/v1/skills/grant", access=admin, summary="Change what a skill may do.",
              handler=handlers.grant, request=GrantRequest, response=SkillResponse),
        Route(method="POST", path="/api/v1/skills/configure", access=admin, summary="Choose settings of a skill.",
              handler=handlers.configure, request=ConfigureRequest, response=SkillResponse),
        Route(method="POST", path="/api/v1/skills/switch", access=admin, summary="Switch a skill on or off.",
              handler=handlers.switch, request=SwitchRequest, response=SkillResponse),
        Route(method="POST", path="/api/v1/skills/remove", access=admin, summary="Remove an installed skill.",
              handler=handlers.remove, request=RemoveSkillRequest, response=RemovedSkillResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, keeper: Callable[[], SkillKeeper | None]) -> None:
        self._asked = keeper

    def _keeper(self) -> SkillKeeper:
        return present(self._asked(), "this hub has no skills, or not yet", "try again when it is up")

    async def skills(self, _request: web.Request) -> SkillsResponse:
        known = await self._keeper().known()
        return SkillsResponse(skills=[msgspec.convert(one, SkillResponse, from_attributes=True) for one in known])

    async def review(self, request: web.Request) -> ReviewResponse:
        keeper = self._keeper()
        reviewed = await keeper.review(await read_bytes(request, PACKAGE, MOST_BYTES, _UPLOAD_S))
        return msgspec.convert(reviewed, ReviewResponse, from_attributes=True)

    async def install(self, request: web.Request) -> SkillResponse:
        asked = await read_json(request, InstallRequest)
        return _told(await self._keeper().install(asked.digest, asked.grants))

    async def grant(self, request: web.Request) -> SkillResponse:
        asked = await read_json(request, GrantRequest)
        return _told(await self._keeper().grant(asked.skill, asked.grants))

    async def configure(self, request: web.Request) -> SkillResponse:
        asked = await read_json(request, ConfigureRequest)
        return _told(await self._keeper().configure(asked.skill, asked.values))

    async def switch(self, request: web.Request) -> SkillResponse:
        asked = await read_json(request, SwitchRequest)
        return _told(await self._keeper().switch(asked.skill, asked.on))

    async def remove(self, request: web.Request) -> RemovedSkillResponse:
        asked = await read_json(request, RemoveSkillRequest)
        await self._keeper().remove(asked.skill)
        return RemovedSkillResponse(skill=asked.skill)


def _told(skill: object) -> SkillResponse:
    return msgspec.convert(skill, SkillResponse, from_attributes=True)
