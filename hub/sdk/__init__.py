"""What skill and device authors import, and all that they may rely on. Version: `API_VERSION`."""

from hub.core.commands import CommandResult
from hub.core.entities import Area, Entity
from hub.core.errors import CommandError, GrantError, HearthError, UnavailableError
from hub.core.events import Value
from hub.core.traits import TraitConfig
from hub.sdk.api_version import API_VERSION
from hub.sdk.context import Context, Fetched, StoredTimer
from hub.sdk.device import Device, DeviceCommand, EntityAdded, EntityRemoved, Reachable, StateReported, Trouble, Update
from hub.sdk.intents import Target
from hub.sdk.skill import Skill

__all__ = [
    "API_VERSION",
    "Area",
    "CommandError",
    "CommandResult",
    "Context",
    "Device",
    "DeviceCommand",
    "Entity",
    "EntityAdded",
    "EntityRemoved",
    "Fetched",
    "GrantError",
    "HearthError",
    "Reachable",
    "Skill",
    "StateReported",
    "StoredTimer",
    "Target",
    "TraitConfig",
    "Trouble",
    "UnavailableError",
    "Update",
    "Value",
]
