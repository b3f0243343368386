"""What the web room needs of who keeps the home's devices."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.core.announced import Found


class KnownKind(Protocol):
    """An integration that could be added."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def description(self) -> str:
        """What it is for, in a sentence."""
        ...

    @property
    def version(self) -> str:
        """Its version."""
        ...

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of its config; secrets are `writeOnly`."""
        ...

    @property
    def trouble(self) -> str:
        """Why it cannot be added; empty: it can."""
        ...


class KnownDevice(Protocol):
    """An integration at work."""

    @property
    def instance(self) -> str:
        """The name that it runs under."""
        ...

    @property
    def integration(self) -> str:
        """The integration's id."""
        ...

    @property
    def name(self) -> str:
        """What people call the integration."""
        ...

    @property
    def state(self) -> str:
        """running, trouble, or waiting: it just starts, or another hub runs it."""
        ...

    @property
    def trouble(self) -> str:
        """Why it cannot do its work."""
        ...

    @property
    def entities(self) -> Sequence[str]:
        """Ids of what it brought."""
        ...

    @property
    def locked(self) -> bool:
        """Whether hearth.toml decides on it."""
        ...

    @property
    def config(self) -> Mapping[str, Any]:
        """Its config, without secrets."""
        ...

    @property
    def secrets(self) -> Sequence[str]:
        """The secrets that it has, by field."""
        ...


class DeviceKeeper(Protocol):
    """Adds and removes devices. Raises `HearthError`s; what it did is on the disk when it returns."""

    async def kinds(self) -> Sequence[KnownKind]:
        """What could be added."""
        ...

    async def devices(self) -> Sequence[KnownDevice]:
        """What is here."""
        ...

    async def found(self) -> Sequence[Found]:
        """What announces itself now; takes some seconds."""
        ...

    async def add(self, integration: str, config: Mapping[str, Any], instance: str = "") -> KnownDevice:
        """Add one, or change the config of the one named."""
        ...

    async def remove(self, instance: str) -> KnownDevice:
        """Remove one."""
        ...
