"""Rooms of the tests' own: they play home, dialogue, history and whatever else the server answers from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from hub.core.commands import Command, CommandResult
from hub.core.entities import Area, Entity, HomeView, Person
from hub.core.errors import ConfirmationRequiredError, DeniedError, NotFoundError, PackageError, PairingError
from hub.core.states import StateTable
from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.home.turn_log import Deed, TurnTold
from hub.home.why import Step, Story
from hub.plugins.skills.condition import Condition
from hub.plugins.skills.known_skill import KnownSkill
from hub.web.ports import Said

HOSTILE_NAME = "<img src=x onerror=alert(1)>\u202egnp.exe \U0001f4a1 \"'&"


class Change(Struct, frozen=True):
    id: int
    trait: str
    value: bool
    at: float


class House:
    """Plays home, dispatcher, dialogue, why and history; keeps what it was asked."""

    def __init__(self, states: StateTable) -> None:
        self._states = states
        self.commands: list[Command] = []
        self.said: list[tuple[str, str, str, str]] = []
        self.asked: list[tuple[object, ...]] = []
        self.result_code = ""
        light = Entity(id="light.kitchen", name="kitchen light", area="kitchen", aliases=("big light",),
                       traits={"OnOff": PLAIN_CONFIG, "Level": TraitConfig(max=80)})  # fmt: skip
        lock = Entity(id="lock.front_door", name="front door", traits={"Lock": PLAIN_CONFIG})
        rude = Entity(id="sensor.rude", name=HOSTILE_NAME, area="kitchen", traits={"Text": PLAIN_CONFIG})
        self.entities = {entity.id: entity for entity in (light, lock, rude)}

    def view(self) -> HomeView:
        return HomeView(
            name="Test home",
            areas={"kitchen": Area(id="kitchen", name="Kitchen", floor="down", names={"de": ("Küche",)})},
            people={"ann": Person(id="ann", name="Ann")},
            entities=self.entities,
        )

    def locked(self, entity: str) -> bool:
        return entity == "lock.front_door"

    def area_locked(self, area: str) -> bool:
        return area == "kitchen"

    async def send(self, command: Command) -> CommandResult:
        self.commands.append(command)
        if command.entity not in self.entities:
            raise NotFoundError("no such entity", remedy="look")
        if command.entity == "lock.front_door" and command.value == "unlocked" and not command.confirmed:
            raise ConfirmationRequiredError("front door would be unlocked")
        if command.trait == "Mode":
            raise DeniedError("not from here")
        if not self.result_code:
            self._states.set(command.entity, command.trait, command.value)
        return CommandResult(command=2**60 + 1, entity=command.entity, trait=command.trait, value=command.value,
                             ok=not self.result_code, code=self.result_code, reason="no answer")  # fmt: skip

    async def say(self, text: str, *, area: str = "", person: str = "", channel: str = "ui") -> Said:
        self.said.append((text, area, person, channel))
        if text == "explode":
            raise RuntimeError("a secret of the inside")
        return Said(reply=f"heard {text}", understood=text != "mumble")

    async def why(self, entity: str, trait: str = "") -> Story:
        step = Step(
            kind="CommandSent",
            text="a command",
            at=1.5,
            event=2**60,
            causes=(2**60 - 1,),
            data={"a": 1, "command": 2**60},
        )
        return Story(entity=entity, text=f"because of {trait or 'you'}", steps=(step,))

    async def states(
        self, entity: str, trait: str = "", since: float = 0.0, until: float | None = None, limit: int = 1000
    ) -> Sequence[Change]:
        self.asked.append((entity, trait, since, until, limit))
        return [Change(2**60, "OnOff", True, 3.25)]

    def gauges(self) -> dict[str, float]:
        return {"history_rows_waiting": 7.0}


class Neighbour(Struct, frozen=True, kw_only=True):
    id: str = "ab" * 32
    short: str = "NENT-NENT-NENT-00"
    name: str = "attic"
    addresses: tuple[str, ...] = ("192.168.1.7:8421",)
    joined_at: float = 1.5
    here: bool = False
    founder: bool = False
    reachable: bool | None = None


class Door(Struct, frozen=True, kw_only=True):
    stage: str = "idle"
    code: str = ""
    addresses: tuple[str, ...] = ()
    left_s: float = 0.0
    tries_left: int = 0
    peer: str = ""
    reason: str = ""


class Nearby(Struct):
    name: str
    address: str


class Neighbours:
    """Plays the swarm."""

    def __init__(self) -> None:
        self.door = Door()
        self.asked: list[tuple[str, ...]] = []

    def peers(self) -> Sequence[Neighbour]:
        return [Neighbour()]

    def pairing(self) -> Door:
        return self.door

    def nearby(self) -> Sequence[Nearby]:
        return [Nearby(name="cellar", address="192.168.1.9:8422")]

    def pair(self) -> Door:
        self.door = Door(stage="waiting", code="012345", left_s=180.0, tries_left=5)
        return self.door

    def call_off(self) -> Door:
        self.door = Door(stage="closed", reason="it was called off")
        return self.door

    async def join(self, address: str, code: str) -> Neighbour:
        self.asked.append((address, code))
        if code != "012345":
            raise PairingError("the code is not the one", remedy="type it once more")
        return Neighbour()

    async def remove(self, named: str) -> Neighbour:
        if named != "attic":
            raise NotFoundError("no hub of this home")
        return Neighbour()


class Outcome(Struct, frozen=True, kw_only=True):
    kind: str
    round: int = 4
    outcome: str = "merged"
    reason: str = ""
    members: tuple[str, ...] = ("a", "b", "c")
    counted: tuple[str, ...] = ("a", "b")
    out: tuple[str, ...] = ("c",)
    held: int = 30
    before: float = 1.5
    after: float = 0.25
    right_before: int = 20
    right: int = 28
    bytes_sent: int = 354
    at: float = 1_800_000_000.0


class Kept(Struct, frozen=True, kw_only=True):
    kind: str
    examples: int = 40
    bytes: int = 9000
    oldest: float | None = 1.5
    enough: bool = True
    round: int = 4
    last: Outcome | None = None
    rounds: tuple[Outcome, ...] = ()


class Pupils:
    """Plays what the hub learns."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []

    async def status(self) -> Sequence[Kept]:
        return [
            Kept(kind="gesture", last=Outcome(kind="gesture"), rounds=(Outcome(kind="gesture"),)),
            Kept(kind="wake", round=0, oldest=None),
        ]

    async def round(self, kind: str) -> Outcome:
        if kind != "gesture":
            raise NotFoundError(f"nothing learns {kind!r}", remedy="kinds are gesture")
        return Outcome(kind=kind)

    async def forget(self, kind: str = "") -> int:
        self.forgotten.append(kind)
        return 40


class Cabinet:
    """Plays the devices, of which there are none."""

    async def kinds(self) -> Sequence[Any]:
        return []

    async def devices(self) -> Sequence[Any]:
        return []

    async def found(self) -> Sequence[Any]:
        return []

    async def add(self, integration: str, config: Mapping[str, Any], instance: str = "") -> Any:
        raise NotFoundError("there is no integration")

    async def remove(self, instance: str) -> Any:
        raise NotFoundError("there is no device")


class NoSatellites:
    """Plays a home without satellites; `tests/web/test_satellites.py` has real ones."""

    def all(self) -> Sequence[Any]:
        return []

    async def add(self, name: str, host: str, port: int, area: str) -> Any:
        raise NotFoundError("it is not there")

    async def remove(self, name: str) -> Any:
        raise NotFoundError("there is no satellite")


class Shelf:
    """Plays the home's skills; `tests/web/test_skills.py` has real ones."""

    async def known(self) -> Sequence[KnownSkill]:
        return [KnownSkill(skill="lights", name="Lights", source="hub", condition=Condition(state="running"))]

    async def review(self, content: bytes) -> Any:
        raise PackageError("it is no package")

    async def install(self, digest: str, grants: Iterable[str]) -> Any:
        raise NotFoundError("nothing was looked at")

    async def grant(self, skill: str, grants: Iterable[str]) -> Any:
        raise NotFoundError("no such skill")

    async def configure(self, skill: str, values: Mapping[str, object]) -> Any:
        raise NotFoundError("no such skill")

    async def switch(self, skill: str, on: bool) -> Any:
        raise NotFoundError("no such skill")

    async def remove(self, skill: str) -> None:
        raise NotFoundError("no such skill")


class Remembers:
    """Plays what was said."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int | None]] = []

    async def turns(self, limit: int = 50, before: int | None = None) -> list[TurnTold]:
        self.asked.append((limit, before))
        deed = Deed(entity="light.kitchen", trait="OnOff", value=True)
        return [TurnTold(id=2**60 + 1, at=1.5, how="voice", text="lamp on", deeds=[deed], stages_ms={"act": 1.5})]


class Drawer:
    """A table of settings in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Any] = {}

    async def settings(self) -> dict[str, Any]:
        return dict(self.rows)

    async def setting(self, key: str, kind: type[str], default: str) -> str:
        return str(self.rows.get(key, default))

    async def set_setting(self, key: str, value: Any) -> None:
        self.rows[key] = value

    async def change_rows(self, rows: Any = (), gone: Any = ()) -> None:
        self.rows.update({key: value for _, key, value in rows})
        for _, key in gone:
            self.rows.pop(key, None)
