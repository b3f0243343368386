"""The routes about settings made in the app, and about setting a home up: /api/v1/settings, /api/v1/first-steps."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from aiohttp import web
from msgspec import Meta, Struct

from hub.web.api.ports.settings import SettingsKeeper, StepsKeeper
from hub.web.bodies import read_json
from hub.web.failures import ready
from hub.web.routes import Access, Route

Step = Literal["owner", "language", "home", "senses", "privacy", "ready", "done"]


class SettingResponse(Struct, frozen=True, kw_only=True):
    """A setting, called `key` as in hearth.toml (`table.field`, or the name of a list of tables).

    `locked`: hearth.toml decides. `kept`: it was set in the app. `live`: a change holds at once; otherwise `value` is
    what holds after a restart, and `waits` for it when it is not yet in force. `schema` is the value's JSON Schema.
    """

    key: str
    value: Any
    default: Any
    locked: bool
    kept: bool
    live: bool
    waits: bool
    title: str
    description: str
    schema: dict[str, Any]


class SettingsResponse(Struct, frozen=True, kw_only=True):
    """Every setting that the app may decide; `restart`: something waits for a restart."""

    settings: list[SettingResponse]
    restart: bool


class SettingsRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values by key, kept all or none; null takes a setting back to its default."""

    changes: Annotated[dict[str, Any], Meta(min_length=1, max_length=32)]


class StepResponse(Struct, frozen=True, kw_only=True):
    """The step of setting the home up to go on with: empty at the beginning, `done` at the end."""

    step: str


class StepRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The household is at this step now."""

    step: Step


def settings_routes(
    keeper: Callable[[], SettingsKeeper | None], steps: Callable[[], StepsKeeper | None]
) -> tuple[Route, ...]:
    """The routes; `keeper` and `steps` are asked at each request."""
    handlers = _Handlers(keeper, steps)
    member, admin = Access.MEMBER, Access.ADMIN
    return (
        Route(method="GET", path="/api/v1/settings", access=member, summary="What the app may set.",
              handler=handlers.settings, response=SettingsResponse),
        Route(method="POST", path="/api/v1/settings", access=admin, summary="Change settings.",
              handler=handlers.change, request=SettingsRequest, response=SettingsResponse),
        Route(method="GET", path="/api/v1/first-steps", access=member, summary="How far is the home set up?",
              handler=handlers.step, response=StepResponse),
        Route(method="POST", path="/api/v1/first-steps", access=admin, summary="The home is set up so far.",
              handler=handlers.go_on, request=StepRequest, response=StepResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, keeper: Callable[[], SettingsKeeper | None], steps: Callable[[], StepsKeeper | None]) -> None:
        self._asked_keeper, self._asked_steps = keeper, steps

    def _keeper(self) -> SettingsKeeper:
        return ready(self._asked_keeper(), "the settings")

    def _steps(self) -> StepsKeeper:
        return ready(self._asked_steps(), "the home")

    async def settings(self, _request: web.Request) -> SettingsResponse:
        return _told(self._keeper())

    async def change(self, request: web.Request) -> SettingsResponse:
        asked = await read_json(request, SettingsRequest)
        keeper = self._keeper()
        await keeper.change(asked.changes)
        return _told(keeper)

    async def step(self, _request: web.Request) -> StepResponse:
        return StepResponse(step=await self._steps().step())

    async def go_on(self, request: web.Request) -> StepResponse:
        asked = await read_json(request, StepRequest)
        await self._steps().go_on(asked.step)
        return StepResponse(step=asked.step)


def _told(keeper: SettingsKeeper) -> SettingsResponse:
    settings = [
        SettingResponse(
            key=setting.form.key,
            value=setting.value,
            default=setting.form.default,
            locked=setting.locked,
            kept=setting.kept,
            live=setting.live,
            waits=setting.waits,
            title=setting.form.title,
            description=setting.form.description,
            schema=setting.form.schema,
        )
        for setting in keeper.settings()
    ]
    return SettingsResponse(settings=settings, restart=keeper.restart)
