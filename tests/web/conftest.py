"""A real web server on a free port of this machine, with rooms of the tests' own behind it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from argon2 import PasswordHasher
from msgspec import Struct, field

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.commands import Command, CommandResult
from hub.core.entities import Area, Entity, HomeView, Person
from hub.core.errors import ConfirmationRequiredError, DeniedError, NotFoundError, PackageError, PairingError
from hub.core.events import HERE, Origin
from hub.core.log_ring import LogRing
from hub.core.paths import HomePaths
from hub.core.settings import Settings, WebSettings
from hub.core.settings_file import parse_settings
from hub.core.states import StateTable
from hub.core.traits import PLAIN_CONFIG, TraitConfig
from hub.home.areas import Areas
from hub.home.first_steps import FirstSteps
from hub.home.household_settings import HouseholdSettings
from hub.home.registry import Home
from hub.home.turn_log import Deed, TurnTold
from hub.plugins.skills.condition import Condition
from hub.plugins.skills.known_skill import KnownSkill
from hub.store.accounts import AccountTable
from hub.store.database import Database
from hub.store.home_table import HomeTable
from hub.web.access.passwords import Passwords
from hub.web.api.home_keeper import HomeKeeper
from hub.web.ports import Said
from hub.web.rooms import Rooms
from hub.web.server import WebServer

HOSTILE_NAME = "<img src=x onerror=alert(1)>\u202egnp.exe \U0001f4a1 \"'&"


class Step(Struct, frozen=True, kw_only=True):
    kind: str
    text: str
    at: float
    event: int
    causes: tuple[int, ...] = ()
    origin: Origin = HERE
    data: dict[str, Any] = field(default_factory=dict)


class Story(Struct, frozen=True, kw_only=True):
    entity: str
    text: str
    steps: tuple[Step, ...] = ()


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


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def states(bus: Bus) -> StateTable:
    return StateTable(bus)


@pytest.fixture
def house(states: StateTable) -> House:
    return House(states)


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


@pytest.fixture
async def empty_server(bus: Bus, states: StateTable) -> AsyncIterator[WebServer]:
    """A server whose rooms are not ready."""
    server = WebServer(WebSettings(port=0, accounts="off"), bus, states, most_connections=64, header_timeout_s=0.3)
    await server.start()
    yield server
    await server.close()


@pytest.fixture
def server(empty_server: WebServer, house: House) -> WebServer:
    """A server with all its rooms."""
    empty_server.open(rooms_of(house))
    return empty_server


def rooms_of(house: House) -> Rooms:
    """All rooms, played; the settings are real, over a table in memory."""
    drawer = Drawer()
    settings = HouseholdSettings(parse_settings('[home]\nlanguage = "en"\n'), drawer)
    bus = Bus()
    home = Home(Settings(area=(Area(id="kitchen", name="Kitchen"),)), bus, StateTable(bus))
    areas = Areas(home, HomeTable(None))  # type: ignore[arg-type]  # nothing is kept by these tests
    return Rooms(
        areas=areas, editor=home, devices=Cabinet(),
        home=house, commander=house, speaker=house, why=house, history=house, gauges=house,
        turns=Remembers(), peers=Neighbours(),
        learning=Pupils, settings=settings, first_steps=FirstSteps(drawer, HomeView), skills=Shelf(),
    )  # fmt: skip


@pytest.fixture
async def client(empty_server: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client of the server."""
    async with aiohttp.ClientSession(f"http://127.0.0.1:{empty_server.port}") as session:
        yield session


@pytest.fixture
def clock() -> FakeClock:
    """The time of the `guarded` server."""
    return FakeClock()


@pytest.fixture
async def accounts(tmp_path: Path) -> AsyncIterator[AccountTable]:
    """Where the `guarded` server keeps accounts."""
    database = await Database.open(tmp_path / "hearth.db")
    yield AccountTable(database)
    await database.close()


async def _nothing_found() -> list[Any]:
    return []


@pytest.fixture
async def guarded(
    bus: Bus, states: StateTable, house: House, clock: FakeClock, accounts: AccountTable, tmp_path: Path
) -> AsyncIterator[WebServer]:
    """A server with all its rooms that asks who people are, once there is an owner."""
    server = WebServer(WebSettings(port=0), bus, states, clock=clock, passwords=cheap())
    await server.start()
    await server.know(accounts)
    server.open(rooms_of(house))
    server.rooms.doctor = _nothing_found
    server.rooms.log = LogRing().lines
    server.rooms.keeper = HomeKeeper(HomePaths(tmp_path), accounts._database, Settings(), house.view)
    yield server
    await server.close()


def cheap() -> Passwords:
    """Passwords that are hashed quickly."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


OWNER = {"name": "Ann", "password": "correct horse"}
WRONG = {**OWNER, "password": "wrong password"}


def browser(server: WebServer, **headers: str) -> aiohttp.ClientSession:
    """A browser: it keeps cookies."""
    return aiohttp.ClientSession(server.url, cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers)


async def let_in(session: aiohttp.ClientSession, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set up or log in; from then on the browser's page sends what its POSTs need."""
    async with session.post(path, json=body) as answer:
        assert answer.status == 200, await answer.text()
        me: dict[str, Any] = await answer.json()
    session.headers["X-Hearth-Page"] = me["page_token"]
    return me


@pytest.fixture
async def owner(guarded: WebServer) -> AsyncIterator[aiohttp.ClientSession]:
    """The owner's browser."""
    async with browser(guarded) as session:
        await let_in(session, "api/v1/setup", OWNER)
        yield session


async def somebody(owner: aiohttp.ClientSession, guarded: WebServer, role: str) -> aiohttp.ClientSession:
    """The browser of somebody with this role; the caller closes it."""
    body = {"name": f"{role} Bob", "password": "battery staple"}
    async with owner.post("api/v1/accounts", json={**body, "role": role}) as answer:
        assert answer.status == 200, await answer.text()
    session = browser(guarded)
    await let_in(session, "api/v1/login", body)
    return session


async def token_of(session: aiohttp.ClientSession, scope: str) -> str:
    """A token of who has logged in with this browser."""
    async with session.post("api/v1/tokens", json={"name": f"to {scope}", "scope": scope}) as answer:
        assert answer.status == 200, await answer.text()
        return str((await answer.json())["token"])


class RawConnection:
    """Bytes to and from the server, as an attacker would send them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """All that comes until the server closes; empty too when it resets the connection."""
        try:
            async with asyncio.timeout(30):
                return await self.reader.read(-1)
        except ConnectionError:
            return b""

    async def status(self) -> int:
        """The status of the next answer."""
        async with asyncio.timeout(30):
            line = await self.reader.readline()
        return int(line.split()[1])

    def close(self) -> None:
        self.writer.close()


async def connect(server: WebServer) -> RawConnection:
    return RawConnection(*await asyncio.open_connection("127.0.0.1", server.port))
