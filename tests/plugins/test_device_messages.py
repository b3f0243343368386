"""Whatever a caged integration says, the hub and its home stay what they are."""

import socket
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.entities import Entity
from hub.core.errors import CommandError, ConfirmationRequiredError, PluginError, ProtocolError, UnavailableError
from hub.core.traits import TraitConfig
from hub.plugins.channel.channel import ChannelClosedError
from hub.plugins.channel.device_hub_side import DeviceHubSide
from hub.plugins.channel.socket_channel import SocketChannel
from hub.plugins.device_messages import (
    Begin,
    CommandAnswer,
    Connect,
    DeviceEnded,
    DeviceRequest,
    DoCommand,
    Told,
    Unreadable,
    decode_for_device,
    decode_from_device,
    encode_device,
    read_update,
    update_as_bytes,
)
from hub.plugins.devices.updates import Updates
from hub.plugins.messages import Pong, Ready, Refused, StoreSet
from hub.sdk.context import Context
from hub.sdk.device import DeviceCommand, EntityAdded, EntityRemoved, Reachable, StateReported

LAMP = Entity(id="light.a", name="lamp", traits={"OnOff": TraitConfig(), "Level": TraitConfig(max=50)})
UPDATES = [
    EntityAdded(LAMP),
    EntityRemoved("light.a"),
    StateReported("light.a", "OnOff", True, (7,)),
    StateReported("light.a", "Level", None),
    Reachable("", False),
]


@pytest.mark.parametrize("update", UPDATES)
def test_updates_arrive(update: Any) -> None:
    told = decode_from_device(encode_device(Told(updates=(msgspec.Raw(update_as_bytes(update)),))))
    assert isinstance(told, Told)
    assert [read_update(one) for one in told.updates] == [update]


@pytest.mark.parametrize(
    "message", [Begin(config={"host": "x"}, place="p"), DoCommand(id=1, entity="e", trait="t", value=1)]
)
def test_what_the_hub_says_arrives(message: Any) -> None:
    assert decode_for_device(encode_device(message)) == message
    with pytest.raises(ProtocolError):
        decode_from_device(encode_device(message))  # nobody else may say it


def test_what_is_no_update_is_told_as_that() -> None:
    for odd in (object(), {1, 2}, "x" * 1_000_000, b"x", {"type": "EntityAdded"}):
        assert isinstance(read_update(msgspec.Raw(update_as_bytes(odd))), Unreadable)


anything: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
ids = st.sampled_from(["light.a", "light.kitchen", "lock.front_door", "", "x", "light.\x00", "a" * 300])
near = st.one_of(
    st.builds(StateReported, ids, st.sampled_from(["OnOff", "Level", "Lock", "Presence", ""]), anything),
    st.builds(
        lambda name, more: {"type": "EntityAdded", "entity": {"id": name, "name": "x", **more}},
        ids,
        st.dictionaries(
            st.sampled_from(["name", "traits", "exposed", "aliases", "area", "kind"]), anything, max_size=3
        ),
    ),
    st.builds(EntityRemoved, ids),
    st.builds(Reachable, ids, anything),
)
updates = st.builds(
    lambda told: Told(updates=tuple(msgspec.Raw(update_as_bytes(one)) for one in told)),
    st.lists(near | anything, max_size=4),
)
words = st.dictionaries(st.sampled_from(["code", "message", "place", "remedy", "x"]), st.text(max_size=20), max_size=4)
number = st.integers(-(2**63), 2**63 - 1)
messages = st.one_of(
    updates,
    st.builds(CommandAnswer, id=number, error=st.none() | words),
    st.builds(DeviceRequest, id=number, ask=st.builds(Connect, host=st.text(max_size=9), port=number)),
    st.builds(DeviceRequest, id=number, ask=st.builds(StoreSet, key=st.text(max_size=9), value=anything)),
    st.builds(Pong, id=number),
    st.builds(DeviceEnded, error=st.none() | words),
    st.just(Ready(id=0, intents=())),
    st.just(Refused(id=0, error={})),
).map(encode_device)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(messages | st.binary(max_size=60) | anything.map(msgspec.msgpack.encode), max_size=6))
async def test_whatever_it_says_the_home_of_others_stays(hub: Any, said: list[bytes]) -> None:
    before = {entity: dict(hub.states.get(entity)) for entity in hub.home.view().entities}
    here, there = socket.socketpair()
    side, plugin = DeviceHubSide("mine", SocketChannel(here), Context({})), SocketChannel(there)
    applied = Updates("mine", hub.home, hub.states, hub.dispatcher.attribution)
    try:
        for data in said:
            await plugin.send(data)
        plugin.close()
        async for update in side.updates():
            applied.apply(update)
    except (ChannelClosedError, ProtocolError, PluginError):
        pass
    finally:
        side.close()
    for entity in hub.home.owned_by("mine"):
        hub.home.remove("mine", hub.home.source(entity)[1])
    assert {entity: dict(hub.states.get(entity)) for entity in hub.home.view().entities} == before


async def test_a_device_does_not_decide_what_needs_a_yes() -> None:
    here, there = socket.socketpair()
    side, plugin = DeviceHubSide("mine", SocketChannel(here), Context({})), SocketChannel(there)
    errors: list[Exception] = [
        ConfirmationRequiredError("really?"),
        UnavailableError("gone"),
        ProtocolError("x" * 9999),
    ]
    commands = [DeviceCommand(number, "light.a", "OnOff", True) for number in range(len(errors))]
    side._commands = dict(enumerate(commands))
    for number, error in enumerate(errors):
        await plugin.send(encode_device(CommandAnswer(id=number, error=error.to_wire())))  # type: ignore[attr-defined]
    plugin.close()
    with pytest.raises(ChannelClosedError):
        async for _ in side.updates():
            pass
    outcomes = []
    for command in commands:
        with pytest.raises(CommandError) as told:
            await command.answered()
        outcomes.append((type(told.value), len(told.value.message)))
    assert outcomes == [(CommandError, 7), (UnavailableError, 4), (CommandError, 300)]
    side.close()
