"""A room with four lights in the corners of a camera's picture: real registry, rules, skills and dialogue."""

from collections.abc import Sequence
from math import cos, hypot, radians, sin
from typing import Any

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.events import Event, HandPointed, Origin, Value
from hub.core.settings import PluginSettings, Settings
from hub.core.settings_file import parse_settings
from hub.core.states import StateTable
from hub.dialogue.dialogue import Dialogue, Turn
from hub.dialogue.pointing import PlacementTable, Pointer
from hub.dialogue.ports import Occupancy
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.plugins.discovery import find_skills
from hub.plugins.ports.hub_ports import HubHome, HubPorts, MemoryData, SayRequest
from hub.plugins.ports.timers import MemoryTimers, Timers
from hub.plugins.skills.skill_host import SkillHost
from hub.sdk.device import DeviceCommand

CAMERA = "camera:den"
ASPECT = 16 / 9
_LIGHTS = """
[[entity]]
id = "light.{id}"
name = "{name}"
area = "den"
traits = ["OnOff", "Level", "Color"]
names = {{ de = ["{german}"] }}
initial = {{ OnOff = {on}, Level = 50 }}
"""
_REST = """
[[area]]
id = "den"
name = "den"
names = { de = ["Arbeitszimmer"] }

[[area]]
id = "hall"
name = "hall"

[[entity]]
id = "media_player.radio"
name = "radio"
area = "den"
traits = ["OnOff", "Media", "Level"]
initial = { OnOff = true, Media = "playing", Level = 30 }

[[entity]]
id = "cover.blind"
name = "window blind"
area = "den"
traits = ["Position"]
device_class = "blind"
initial = { Position = 100 }

[[entity]]
id = "lock.door"
name = "front door"
area = "hall"
traits = ["Lock"]
exposed = true
initial = { Lock = "locked" }

[[entity]]
id = "cover.garage"
name = "garage door"
area = "hall"
traits = ["Position"]
device_class = "garage"
exposed = true
initial = { Position = 0 }
"""
CORNERS = {
    "light.north_west": (0.1, 0.1),
    "light.north_east": (0.9, 0.1),
    "light.south_west": (0.1, 0.9),
    "light.south_east": (0.9, 0.9),
}
_GERMAN = {
    "north_west": "Leselampe", "north_east": "Deckenlampe", "south_west": "Stehlampe", "south_east": "Tischlampe",
}  # fmt: skip


def settings(more: str = "", language: str = "en", on: Sequence[str] = ()) -> Settings:
    lights = "".join(
        _LIGHTS.format(id=i, name=f"{i.replace('_', ' ')} light", german=german, on=str(i in on).lower())
        for i, german in _GERMAN.items()
    )
    loaded = parse_settings(f'[home]\nlanguage = "{language}"\n{lights}{_REST}{more}')
    assert not loaded.problems
    return loaded.settings


class Halt:
    """Something that sounds while `sounding`."""

    def __init__(self) -> None:
        self.sounding = False
        self.asked: list[tuple[str, str]] = []

    async def stop(self, *, area: str, stream: str) -> bool:
        self.asked.append((area, stream))
        return self.sounding


class RealHome:
    """Everything from text and hands to commands; leave out `sees` for a camera that was told of nothing."""

    def __init__(
        self,
        home: Settings | None = None,
        *,
        sees: dict[str, tuple[float, float]] | None = CORNERS,
        table: PlacementTable | None = None,
        occupancy: Occupancy | None = None,
        least_confidence: float = 0.0,
    ) -> None:
        self.settings = home or settings()
        self.bus, self.clock, self.halt = Bus(), FakeClock(), Halt()
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.states = StateTable(self.bus)
        self.home = Home(self.settings, self.bus, self.states, settle_s=0.0)
        scenes = Scenes(self.settings)
        self.exposure = Exposure(self.home, self.states, scenes, self.settings.safety)
        self.dispatcher = Dispatcher(self.home, self.states, self.bus, self.exposure, scenes)
        self.dispatcher.route("virtual", self)
        self.done: list[tuple[str, str, Value]] = []
        for declared in self.settings.entity:
            for trait, value in declared.initial.items():
                self.states.set(declared.id, trait, value)
        self.skills = SkillHost(self.bus, clock=self.clock, language=self.settings.home.language, deadline_s=20.0)
        self.pointer = Pointer(self.bus, {CAMERA: sees or {}}, table)
        self.dialogue = Dialogue(
            self.bus,
            self.home.view,
            self.skills,
            halt=self.halt,
            exposed=self.exposure.exposed,
            least_confidence=least_confidence,
            pointer=self.pointer,
            gestures=self.settings.gesture,
            states=self.states,
            occupancy=occupancy,
            clock=self.clock,
        )

    async def deliver(self, command: DeviceCommand) -> None:
        self.done.append((command.entity, command.trait, command.value))
        self.states.set(command.entity, command.trait, command.value, causes=(command.id,))
        command.done()

    async def __aenter__(self) -> "RealHome":
        home = HubHome(self.home, self.states, self.dispatcher, self.exposure)
        timers = Timers(MemoryTimers(), self.bus, self.clock, self.skills.ring)
        ports = HubPorts(home=home, timers=timers, data=MemoryData(), say=self._say)
        self.skills.start(find_skills(PluginSettings()), ports)
        await self.pointer.load()
        await self.dialogue.start()
        self.events.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.dialogue.close()
        self.pointer.close()
        await self.skills.close()
        await self.dispatcher.close()

    async def _say(self, _request: SayRequest) -> None:
        return None

    def told(self, kind: type[Event]) -> list[Any]:
        return [e for e in self.events if isinstance(e, kind)]

    def point(
        self,
        at: tuple[float, float],
        *,
        tip: tuple[float, float] = (0.5, 0.6),
        ago: float = 0.0,
        frames: int = 10,
        astray: float = 0.0,
        swing: float = 0.0,
    ) -> list[int]:
        """A hand that points from `tip` to `at` (fractions) for `frames` fifteenths of a second, the last `ago` s ago.

        `astray` turns the finger by so many degrees, `swing` sweeps it over so many. Returns the events' ids.
        """
        right, down = (at[0] - tip[0]) * ASPECT, at[1] - tip[1]
        length = hypot(right, down)
        ids = []
        for frame in range(frames):
            turn = radians(astray + (frame / max(1, frames - 1) - 0.5) * swing)
            event = HandPointed(
                stream=CAMERA,
                x=tip[0],
                y=tip[1],
                dx=(right * cos(turn) - down * sin(turn)) / length,
                dy=(right * sin(turn) + down * cos(turn)) / length,
                aspect=ASPECT,
                t=0.0,
                mono=self.clock.monotonic() - ago - (frames - 1 - frame) / 15,
                origin=Origin(area="den"),
            )
            self.bus.publish(event)
            ids.append(event.id)
        return ids

    async def say(self, text: str, **more: Any) -> Turn:
        return await self.dialogue.hear(text, **{"area": "den", "stream": "microphone", **more})

    async def gesture(self, name: str, **more: Any) -> Turn | None:
        return await self.dialogue.gesture(name, **{"area": "den", "stream": CAMERA, "causes": (4711,), **more})
