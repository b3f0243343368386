"""Where the skills and integrations of strangers run: one caged process each, all forked from one zygote."""

import msgspec
from msgspec import Struct

from hub.guard.zygote.messages import CageOrder
from hub.guard.zygote.zygote import Caged, Zygote
from hub.plugins.cage.appetite import Limits
from hub.plugins.cage.caged_device_main import DEVICE_ENTRY, CagedDeviceConfig
from hub.plugins.cage.caged_main import ENTRY, PRELOAD, CagedSkillConfig
from hub.plugins.cage.rehearsal import REHEARSAL
from hub.plugins.discovery import FoundDevice, FoundSkill
from hub.plugins.ports.broker import granted_ports
from hub.plugins.wheels import wheels_of


class CagePatience(Struct, frozen=True, kw_only=True):
    """How long a caged plugin may take, in seconds: to be imported, to show that it is alive after it was late; how
    often it is looked after; the first and the longest wait before it is started again; how long a call waits for it.
    An integration is asked all the time whether it is alive, and may be silent for `hang_s`.
    """

    start_s: float = 15.0
    silent_s: float = 2.0
    look_s: float = 1.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 300.0
    back_s: float = 5.0
    hang_s: float = 10.0


class Cages:
    """Makes cages. With `allow_uncaged` the household insists that strangers' skills run where there can be none."""

    def __init__(
        self,
        *,
        allow_uncaged: bool = False,
        limits: Limits | None = None,
        patience: CagePatience | None = None,
    ) -> None:
        self.allow_uncaged = allow_uncaged
        self.limits = limits or Limits()
        self.patience = patience or CagePatience()
        self._zygote = Zygote(PRELOAD, REHEARSAL)

    async def open(self, found: FoundSkill) -> Caged:
        """A process that becomes this skill. Raises `SealError`, `WorkerDiedError`."""
        config = CagedSkillConfig(
            skill=found.manifest.id,
            code=str(found.code.resolve()),
            wheels=tuple(wheels_of(found.folder.resolve())),
            ports=tuple(sorted(granted_ports(found.manifest.grant))),
            settings=found.settings,
        )
        return await self._fork(f"the {found.manifest.id} skill", ENTRY, config, str(found.folder.resolve()))

    async def open_device(self, found: FoundDevice) -> Caged:
        """A process that becomes this integration. Raises `SealError`, `WorkerDiedError`."""
        config = CagedDeviceConfig(
            device=found.manifest.id,
            code=str(found.code.resolve()),
            wheels=tuple(wheels_of(found.folder.resolve())),
            ports=tuple(sorted(grant.port for grant in found.manifest.grant)),
        )
        who, folder = f"the {found.manifest.id} integration", str(found.folder.resolve())
        return await self._fork(who, DEVICE_ENTRY, config, folder)

    async def _fork(self, who: str, entry: str, config: Struct, folder: str) -> Caged:
        order = CageOrder(
            entry=entry,
            config=msgspec.msgpack.encode(config),
            readable=(folder,),
            memory_mb=self.limits.memory_mb,
        )
        return await self._zygote.fork(who, order)

    async def close(self) -> None:
        """End every caged process."""
        await self._zygote.close()
