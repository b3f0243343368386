"""A home with a real plugin host, and plugins written to a temporary folder."""

import asyncio
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.events import Event
from hub.core.settings import PluginSettings, Settings
from hub.core.settings_file import load_settings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.guard.sealing.syscalls import this_architecture
from hub.home.declared import virtual_config
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.plugins.cage.appetite import Limits
from hub.plugins.cage.cages import CagePatience, Cages
from hub.plugins.devices.device_host import DeviceHost
from hub.plugins.discovery import find_devices, find_skills
from hub.plugins.ports.hub_ports import HubHome, HubPorts, MemoryData, SayRequest
from hub.plugins.ports.timers import MemoryTimers, Timers, TimerStore
from hub.plugins.skills.skill_host import SkillHost

QUICK = CagePatience(start_s=60.0, look_s=0.05, hang_s=20.0)
"""With a strange integration."""


class Hub:
    """The rooms that plugins touch, joined as the app joins them."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        store: TimerStore | None = None,
        data: Any = None,
        deadline_s: float = 10.0,
        cages: Cages | None = None,
        connect: Any = None,
    ) -> None:
        self.settings = settings
        self.plugin_settings = PluginSettings(paths=(str(folder),))
        self.clock = FakeClock()
        self.bus = Bus()
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.states = StateTable(self.bus)
        self.home = Home(settings, self.bus, self.states, settle_s=0.0)
        scenes = Scenes(settings)
        self.exposure = Exposure(self.home, self.states, scenes, settings.safety)
        self.dispatcher = Dispatcher(self.home, self.states, self.bus, self.exposure, scenes, timeout_s=2.0)
        self.supervisor = Supervisor(self.bus, first_wait_s=0.01, longest_wait_s=0.05)
        self.data = data or MemoryData()
        self.devices = DeviceHost(
            self.home,
            self.states,
            self.dispatcher,
            self.bus,
            self.supervisor,
            data=self.data,
            cages=cages,
            connect=connect or self.connect,
        )
        self.cages = cages
        self.connections: list[tuple[str, int, str]] = []
        self.skills = SkillHost(self.bus, clock=self.clock, deadline_s=deadline_s, cages=cages, end_cages=False)
        self.timers = Timers(store or MemoryTimers(), self.bus, self.clock, self.skills.ring)
        self.said: list[SayRequest] = []
        self.ports = HubPorts(
            home=HubHome(self.home, self.states, self.dispatcher, self.exposure),
            timers=self.timers,
            data=self.data,
            say=self.say,
        )

    async def say(self, request: SayRequest) -> None:
        self.said.append(request)

    async def connect(self, host: str, port: int, *, who: str, why: str) -> Any:
        self.connections.append((host, port, who))
        return (host, port)

    def start_skills(self) -> None:
        self.skills.start(find_skills(self.plugin_settings), self.ports)

    def start_virtual(self, speed: float = 1000.0) -> None:
        self.devices.offer(find_devices(self.plugin_settings))
        assert self.devices.start("virtual", {**virtual_config(self.settings), "speed": speed})

    def told(self, kind: type[Event]) -> list[Any]:
        return [e for e in self.events if type(e) is kind]

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for what must come; a test that waits in vain is ended by its own timeout."""
        async with asyncio.timeout(20):
            while not condition():
                await asyncio.sleep(0.001)

    async def close(self) -> None:
        await self.skills.close()
        await self.devices.close()
        await self.supervisor.close()
        await self.dispatcher.close()
        if self.cages is not None:
            await self.cages.close()


@pytest.fixture(scope="session")
def demo() -> Settings:
    return load_settings(bundled("config") / "demo" / "hearth.toml").settings


@pytest.fixture
def make_hub(demo: Settings, tmp_path: Path) -> Callable[..., Hub]:
    def make(**given: Any) -> Hub:
        return Hub(demo, tmp_path, **given)

    return make


@pytest.fixture
async def hub(make_hub: Callable[..., Hub]) -> AsyncIterator[Hub]:
    made = make_hub()
    yield made
    await made.close()


@pytest.fixture
async def impatient(make_hub: Callable[..., Hub]) -> AsyncIterator[Hub]:
    """A hub whose skills have half a second for an answer."""
    made = make_hub(deadline_s=0.5)
    yield made
    await made.close()


@pytest.fixture
def write_skill(tmp_path: Path) -> Callable[..., Path]:
    """Write a skill with one sentence for each handler name."""

    def write(
        name: str, code: str, *, grants: tuple[str, ...] = (), intents: tuple[str, ...] = ("go",), **replies: str
    ) -> Path:
        folder = tmp_path / "skills" / name
        (folder / "locale").mkdir(parents=True)
        manifest = f'id = "{name}"\nname = "{name}"\nversion = "1"\napi = 1\n'
        for grant in grants:
            port, _, only = grant.partition("=")
            manifest += f'[[grant]]\nport = "{port}"\nwhy = "test"\n' + (f'only = ["{only}"]\n' if only else "")
        (folder / "skill.toml").write_text(manifest)
        (folder / "skill.py").write_text(
            "from hub.sdk import *\nfrom hub.sdk import Context\nskill = Skill()\n" + textwrap.dedent(code)
        )
        lines = ["language: en", "intents:" if intents else "intents: {}"]
        lines += [f"  {i}: {{sentences: ['{name} {i}']}}" for i in intents]
        lines += ["replies:", *(f"  {k}: {v!r}" for k, v in replies.items())] if replies else []
        (folder / "locale" / "en.yaml").write_text("\n".join(lines))
        return folder

    return write


@pytest.fixture
def write_device(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, code: str, *, grants: str = "") -> Path:
        folder = tmp_path / "devices" / name
        folder.mkdir(parents=True)
        (folder / "device.toml").write_text(f'id = "{name}"\nname = "{name}"\nversion = "1"\napi = 1\n{grants}')
        (folder / "integration.py").write_text(
            "import asyncio\nimport msgspec\nfrom hub.sdk import *\n"
            "device = Device()\nclass Config(msgspec.Struct):\n    host: str = ''\n"
            "def lamp(n='a', **more): return EntityAdded(Entity(id=f'light.{n}', name=f'lamp {n}',"
            " traits={'OnOff': TraitConfig(), 'Level': TraitConfig()}, **more))\n" + textwrap.dedent(code)
        )
        return folder

    return write


@pytest.fixture
async def caged(make_hub: Callable[..., Hub]) -> AsyncIterator[Hub]:
    if this_architecture() is None:
        pytest.skip("cages need Linux on x86-64 or arm64")
    made = make_hub(cages=Cages(patience=QUICK, limits=Limits(cpu_burst_s=1000.0)))
    yield made
    await made.close()
