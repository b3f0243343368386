"""The routes about what the home is connected to: /api/v1/devices."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from msgspec import Struct, field

from hub.web.access.callers import CALLER
from hub.web.api.ports.devices import DeviceKeeper, KnownDevice
from hub.web.bodies import read_json
from hub.web.failures import ready
from hub.web.routes import Access, Route
from hub.web.wire import ShortText


class DeviceResponse(Struct, frozen=True, kw_only=True):
    """An integration at work as `instance`. `state`: running, trouble, or waiting (it just starts, or another hub runs
    it). `locked`: hearth.toml decides on it. `config` is told to those who may change it, and never the secrets in it:
    `secrets` are the fields that have one.
    """

    instance: str
    integration: str
    name: str
    state: str
    trouble: str
    entities: tuple[str, ...]
    locked: bool
    config: dict[str, Any]
    secrets: tuple[str, ...]


class KindResponse(Struct, frozen=True, kw_only=True):
    """An integration that can be added with a config of this JSON Schema; its `writeOnly` fields are secrets.

    `trouble`: why it cannot be added.
    """

    integration: str
    name: str
    description: str
    version: str
    schema: dict[str, Any]
    trouble: str


class DevicesResponse(Struct, frozen=True, kw_only=True):
    """What the home is connected to, and what could be added."""

    devices: list[DeviceResponse]
    available: list[KindResponse]


class FoundResponse(Struct, frozen=True, kw_only=True):
    """Something announces itself on the network. `integration`: what to add it with, empty for none; `here`: it is."""

    kind: str
    name: str
    host: str
    port: int
    integration: str
    here: bool


class FoundListResponse(Struct, frozen=True):
    """What announces itself now."""

    found: list[FoundResponse]


class DeviceRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Add an integration with this config; or with `instance`, give that one a new config, where secrets that are not
    given stay as they are.
    """

    integration: ShortText
    config: dict[str, Any] = field(default_factory=dict)
    instance: ShortText = ""


class RemoveDeviceRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remove this one; its things go, what was said of them is kept, should it come back."""

    instance: ShortText


def device_routes(keeper: Callable[[], DeviceKeeper | None]) -> tuple[Route, ...]:
    """The routes; `keeper` is asked at each request."""
    handlers = _Handlers(keeper)
    member, admin = Access.MEMBER, Access.ADMIN
    return (
        Route(method="GET", path="/api/v1/devices", access=member, summary="What the home is connected to.",
              handler=handlers.devices, response=DevicesResponse),
        Route(method="GET", path="/api/v1/devices/found", access=admin, summary="What announces itself on the network.",
              handler=handlers.found, response=FoundListResponse),
        Route(method="POST", path="/api/v1/devices", access=admin, summary="Add a device, or change its settings.",
              handler=handlers.put, request=DeviceRequest, response=DeviceResponse),
        Route(method="POST", path="/api/v1/devices/remove", access=admin, summary="Remove a device.",
              handler=handlers.remove, request=RemoveDeviceRequest, response=DeviceResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(self, keeper: Callable[[], DeviceKeeper | None]) -> None:
        self._asked = keeper

    def _keeper(self) -> DeviceKeeper:
        return ready(self._asked(), "the home")

    async def devices(self, request: web.Request) -> DevicesResponse:
        keeper = self._keeper()
        told = request[CALLER].role.includes(Access.ADMIN)
        return DevicesResponse(
            devices=[_response(device, told=told) for device in await keeper.devices()],
            available=[
                KindResponse(integration=kind.id, name=kind.name, description=kind.description, version=kind.version,
                             schema=dict(kind.schema), trouble=kind.trouble)
                for kind in await keeper.kinds()
            ],
        )  # fmt: skip

    async def found(self, _request: web.Request) -> FoundListResponse:
        return FoundListResponse(
            [
                FoundResponse(kind=thing.kind, name=thing.name, host=thing.host, port=thing.port,
                              integration=thing.integration, here=thing.here)
                for thing in await self._keeper().found()
            ]
        )  # fmt: skip

    async def put(self, request: web.Request) -> DeviceResponse:
        asked = await read_json(request, DeviceRequest)
        return _response(await self._keeper().add(asked.integration, asked.config, asked.instance), told=True)

    async def remove(self, request: web.Request) -> DeviceResponse:
        asked = await read_json(request, RemoveDeviceRequest)
        return _response(await self._keeper().remove(asked.instance), told=True)


def _response(device: KnownDevice, *, told: bool) -> DeviceResponse:
    return DeviceResponse(
        instance=device.instance,
        integration=device.integration,
        name=device.name,
        state=device.state,
        trouble=device.trouble,
        entities=tuple(device.entities),
        locked=device.locked,
        config=dict(device.config) if told else {},
        secrets=tuple(device.secrets) if told else (),
    )
