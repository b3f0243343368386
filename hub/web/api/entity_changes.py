"""The route by which the household says how a thing is called, where it is and who may touch it."""

from typing import Annotated

from aiohttp import web
from msgspec import UNSET, Meta, Struct, UnsetType

from hub.web.api.areas import Aliases
from hub.web.api.home import Api
from hub.web.bodies import read_json
from hub.web.failures import Refused
from hub.web.routes import Access, Route
from hub.web.wire import EntityResponse, ShortText


class EntityRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of an entity; null: back to what its device says. What is not given stays."""

    name: ShortText | UnsetType | None = UNSET
    aliases: Aliases | UnsetType | None = UNSET
    area: Annotated[ShortText, Meta(description="an area's id; empty: in none")] | UnsetType | None = UNSET
    exposed: (
        Annotated[bool, Meta(description="whether voice, gesture and skills may touch it; null: its kind's rule")]
        | UnsetType
        | None
    ) = UNSET


def entity_routes(api: Api) -> tuple[Route, ...]:
    """The route, answered from `api.rooms`."""

    async def change(request: web.Request) -> EntityResponse:
        asked = await read_json(request, EntityRequest)
        editor = api.rooms.editor
        if editor is None:
            raise Refused(503, "starting", "the home is not ready yet", "try again in a moment")
        entity = request.match_info["id"]
        said = {name: value for name in asked.__struct_fields__ if (value := getattr(asked, name)) is not UNSET}
        if isinstance(said.get("name"), str):
            said["name"] = " ".join(said["name"].split())
        await editor.override(entity, **said)
        return api.entity_response(entity)

    return (
        Route(method="POST", path="/api/v1/entities/{id}", access=Access.ADMIN, summary="Say how a thing is called.",
              handler=change, request=EntityRequest, response=EntityResponse),
    )  # fmt: skip
