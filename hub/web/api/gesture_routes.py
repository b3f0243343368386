"""The route about what gestures are for: /api/v1/gestures. They are changed as the setting `gesture` is."""

from collections.abc import Callable

import msgspec
from aiohttp import web
from msgspec import Struct

from hub.core.gestures import DEFAULTS, NAMES, Use, uses
from hub.core.settings import GestureSettings
from hub.web.api.ports.settings import SettingsKeeper
from hub.web.failures import ready
from hub.web.routes import Access, Route


class GestureResponse(Struct, frozen=True, kw_only=True):
    """A gesture or motion: what it `does` now, or the sentence that it is taken to `say`; `default` is what it does
    where nobody says otherwise, and `yours` whether somebody does.
    """

    name: str
    does: str
    say: str
    default: str
    yours: bool


class GesturesResponse(Struct, frozen=True, kw_only=True):
    """Every gesture; `locked`: hearth.toml decides what they are for."""

    gestures: list[GestureResponse]
    locked: bool


def gesture_routes(keeper: Callable[[], SettingsKeeper | None]) -> tuple[Route, ...]:
    """The route; `keeper` is asked at each request."""

    async def gestures(_request: web.Request) -> GesturesResponse:
        asked = ready(keeper(), "the settings")
        setting = next(each for each in asked.settings() if each.form.key == "gesture")
        said = msgspec.convert(setting.value, tuple[GestureSettings, ...])
        now, yours = uses(said), {gesture.name for gesture in said}
        told = [
            GestureResponse(
                name=name,
                does=now.get(name, Use()).does,
                say=now.get(name, Use()).say,
                default=DEFAULTS.get(name, "nothing"),
                yours=name in yours,
            )
            for name in NAMES
        ]
        return GesturesResponse(gestures=told, locked=setting.locked)

    return (
        Route(method="GET", path="/api/v1/gestures", access=Access.MEMBER, summary="What gestures are for.",
              handler=gestures, response=GesturesResponse),
    )  # fmt: skip
