import contextlib

import pytest

from hub.core.entities import Entity
from hub.core.errors import DeniedError, GrantError, NotFoundError, UnavailableError
from hub.core.traits import TraitConfig
from hub.plugins.messages import (
    Fetch,
    HomeAreas,
    HomeAway,
    HomeCommand,
    HomeEntities,
    HomePeople,
    HomeStates,
    Speak,
    StoreDelete,
    StoreGet,
    StoreSet,
    TimerCancel,
    TimerList,
    TimerSet,
)
from hub.plugins.ports.broker import PortBroker, granted_ports
from hub.sdk.intents import CallContext
from hub.sdk.manifest import Grant

HEARD = CallContext(channel="voice")
ASKS = [
    (HomeEntities(), "home.read"),
    (HomeAreas(), "home.read"),
    (HomeStates(entity="light.kitchen"), "home.read"),
    (HomeAway(), "home.read"),
    (HomePeople(), "home.people"),
    (HomeCommand(entities=("light.kitchen",), trait="OnOff", value=True), "home.control"),
    (Speak(text="hi"), "say"),
    (TimerSet(handler="ring", due=1_767_225_700.0), "clock"),
    (TimerCancel(timer="x"), "clock"),
    (TimerList(), "clock"),
    (StoreGet(key="k"), "store"),
    (StoreSet(key="k", value=1), "store"),
    (StoreDelete(key="k"), "store"),
    (Fetch(url="http://localhost:1/"), "fetch"),
]


def broker(hub, *ports, only=()):
    return PortBroker("mine", tuple(Grant(port=p, why="test", only=only) for p in ports), hub.ports)


@pytest.mark.parametrize(("ask", "port"), ASKS)
async def test_what_was_not_granted_does_not_happen(hub, ask, port):
    others = {"say", "clock", "store", "home.control", "home.people"} - {port}
    if port == "home.read":
        others -= {"home.control"}  # who may control may look
    with pytest.raises(GrantError, match=port):
        await broker(hub, *others).handle(ask, HEARD)
    with contextlib.suppress(UnavailableError):  # nobody is there to fetch from
        await broker(hub, port).handle(ask, HEARD)


async def test_a_grant_for_some_kinds_is_for_those_only(hub):
    lights = broker(hub, "home.control", only=("light",))
    seen = await lights.handle(HomeEntities(), HEARD)
    assert {e.kind for e in seen} == {"light"}
    with pytest.raises(GrantError, match="'lock'"):
        await lights.handle(HomeCommand(entities=("lock.front_door",), trait="Lock", value="locked"), HEARD)
    with pytest.raises(NotFoundError):
        await lights.handle(HomeStates(entity="lock.front_door"), HEARD)


async def test_reading_everything_and_controlling_some(hub):
    grants = (Grant(port="home.read", why="x"), Grant(port="home.control", why="x", only=("light",)))
    mine = PortBroker("mine", grants, hub.ports)
    assert len(await mine.handle(HomeEntities(), HEARD)) == len(hub.home.view().entities)
    assert granted_ports(grants) == {"home.read", "home.control"}


async def test_what_is_not_exposed_is_not_shown_to_voices(hub):
    hub.home.add("mqtt", Entity(id="lock.shed", name="shed", traits={"Lock": TraitConfig()}))
    reader = broker(hub, "home.read", "home.control")
    assert "lock.shed" not in {e.id for e in await reader.handle(HomeEntities(), HEARD)}
    shown = await reader.handle(HomeEntities(kind="lock"), CallContext(channel="ui"))
    assert {e.id: e.exposed for e in shown} == {"lock.shed": False, "lock.front_door": True}
    with pytest.raises(DeniedError):
        await reader.handle(HomeCommand(entities=("lock.shed",), trait="Lock", value="locked"), HEARD)


async def test_one_refused_command_of_many_sends_none(hub):
    hub.start_virtual()
    await hub.until(lambda: hub.states.value("light.kitchen", "OnOff") is False)
    hub.home.add("mqtt", Entity(id="switch.x", name="x", traits={"OnOff": TraitConfig()}))
    ask = HomeCommand(entities=("light.kitchen", "switch.x"), trait="OnOff", value=True)
    with pytest.raises(DeniedError):
        await broker(hub, "home.control").handle(ask, HEARD)
    assert hub.states.value("light.kitchen", "OnOff") is False
