"""What an integration says of its own settings. The code of strangers is asked in a cage, and nowhere else."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import structlog

from hub.core.errors import FieldRefusedError, HearthError, PluginError, ProtocolError, SealError
from hub.plugins.cage.cages import Cages
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.device_forms import Form, checked, form_of, marked
from hub.plugins.device_messages import Describe, Described, decode_from_device, encode_device
from hub.plugins.discovery import FoundDevice
from hub.plugins.messages import Refused
from hub.sdk.device import Device

log = structlog.get_logger(__name__)
_MOST_BYTES: Final = 64 * 1024
_MOST_SAID: Final = 300


class DeviceCode:
    """`load` makes an integration out of its code, here. Without `cages` it does so with strangers' too."""

    def __init__(self, load: Callable[[FoundDevice], Device], cages: Cages | None = None) -> None:
        self._load = load
        self._cages = cages

    async def form(self, found: FoundDevice) -> Form:
        """The form of its settings. Raises `PluginError` where it has none, `SealError` where it cannot be asked."""
        told = await self._asked(found, None)
        if told is None:
            return await asyncio.to_thread(lambda: form_of(self._load(found), str(found.code)))
        return marked(told.schema, str(found.code))

    async def checked(self, found: FoundDevice, config: Mapping[str, Any]) -> dict[str, Any]:
        """The config as plain JSON, without what is as it is anyway. Raises `FieldRefusedError`, and as `form`."""
        told = await self._asked(found, config)
        return checked(self._load(found), config) if told is None else told.config

    async def _asked(self, found: FoundDevice, config: Mapping[str, Any] | None) -> Described | None:
        """What a stranger says in a cage; None for code that may be loaded here."""
        if found.bundled or self._cages is None:
            return None
        try:
            return await self._in_a_cage(self._cages, found, config)
        except SealError as error:
            if not self._cages.allow_uncaged:
                raise
            log.warning("an integration is looked at uncaged", integration=found.manifest.id, why=str(error))
            return None

    @staticmethod
    async def _in_a_cage(cages: Cages, found: FoundDevice, config: Mapping[str, Any] | None) -> Described:
        process = await cages.open_device(found)
        channel = SocketChannel(process.connection, paced=True)
        try:
            async with asyncio.timeout(cages.patience.start_s):
                await channel.send(encode_device(Describe(config=None if config is None else dict(config))))
                message = decode_from_device(await channel.receive())
        except TimeoutError:
            raise PluginError("it does not say what its settings are", remedy="mend its code") from None
        except ChannelClosedError:
            raise await process.gone() from None
        finally:
            channel.close()
            process.kill()
        if isinstance(message, Refused):
            raise _as_refusal(message.error)
        if not isinstance(message, Described) or len(msgspec.json.encode(message)) > _MOST_BYTES:
            raise ProtocolError("it does not say what its settings are", remedy="mend its code")
        return message


def _as_refusal(wire: dict[str, str]) -> HearthError:
    error = HearthError.from_wire(wire)
    kind = FieldRefusedError if isinstance(error, FieldRefusedError) else PluginError
    return kind(error.message[:_MOST_SAID], place=error.place[:_MOST_SAID], remedy=error.remedy[:_MOST_SAID])
