"""Devices on an MQTT broker: Home Assistant's discovery and Zigbee2MQTT."""

from collections.abc import AsyncIterator

from hub.sdk import Context, Device, Update

from .config import Config
from .ids import EntityIds
from .session import Session

device = Device()


@device.connect(Config)
async def connect(ctx: Context, config: Config) -> AsyncIterator[Update]:
    """Stay connected to one broker and tell of its entities."""
    session = Session(ctx, config, EntityIds(await ctx.store.get("ids")))
    async for update in session.updates():
        yield update
