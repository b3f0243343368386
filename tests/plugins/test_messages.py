import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import ProtocolError
from hub.plugins.channel.channel import ChannelClosedError, memory_pair
from hub.plugins.messages import (
    MAX_MESSAGE,
    Answer,
    CallIntent,
    CallTimer,
    CancelCall,
    HomeCommand,
    PortReply,
    PortRequest,
    StoreSet,
    decode_for_hub,
    decode_for_plugin,
    encode,
)
from hub.sdk.context import StoredTimer
from hub.sdk.intents import CallContext, IntentAnswer, IntentCall, Target

TO_PLUGIN = [
    CallIntent(id=1, call=IntentCall(skill="a", intent="b", slots={"n": [1, None]}, target=Target(("light.a",), "it"))),
    CallTimer(id=2, timer=StoredTimer(id="t", handler="ring", due=5.0), context=CallContext(area="kitchen")),
    CancelCall(id=3),
    PortReply(id=4, value=[{"a": 1}]),
    PortReply(id=5, error={"code": "grant", "message": "no"}),
]
TO_HUB = [
    Answer(id=1, answer=IntentAnswer(reply="done", values={"x": "ü"})),
    PortRequest(id=2, call=1, ask=HomeCommand(entities=("light.a",), trait="OnOff", value=True)),
    PortRequest(id=3, call=1, ask=StoreSet(key="k", value={"a": [None]})),
]


@pytest.mark.parametrize("message", TO_PLUGIN)
def test_what_the_hub_says_arrives(message):
    assert decode_for_plugin(encode(message)) == message


@pytest.mark.parametrize("message", TO_HUB)
def test_what_a_plugin_says_arrives(message):
    assert decode_for_hub(encode(message)) == message


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else(data):
    try:
        decode_for_hub(data)
    except ProtocolError:
        return


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81" * 5000,  # nested maps without end
        msgspec.msgpack.encode({"m": "Answer"}),
        msgspec.msgpack.encode({"m": "Shutdown", "id": 1}),
        msgspec.msgpack.encode({"m": "PortRequest", "id": 1, "call": 1, "ask": {"ask": "Exec", "code": "x"}}),
        msgspec.msgpack.encode(
            {"m": "PortRequest", "id": 1, "call": 1, "ask": {"ask": "StoreGet", "key": "k", "plugin": "other"}}
        ),
        encode(TO_PLUGIN[2]),  # only the hub may say this
        b"\x00" * (MAX_MESSAGE + 1),
    ],
)
def test_what_a_plugin_may_not_say_is_refused(data):
    with pytest.raises(ProtocolError):
        decode_for_hub(data)


def test_too_large_or_opaque_is_not_sent():
    with pytest.raises(ProtocolError):
        encode(PortReply(id=1, value="x" * MAX_MESSAGE))
    with pytest.raises(ProtocolError):
        encode(PortReply(id=1, value=object()))


async def test_a_channel_keeps_order_and_ends_for_both():
    hub, plugin = memory_pair()
    for n in range(5):
        await hub.send(bytes([n]))
    assert [await plugin.receive() for _ in range(5)] == [bytes([n]) for n in range(5)]
    await plugin.send(b"last")
    plugin.close()
    assert await hub.receive() == b"last"
    for end in (hub, plugin):
        with pytest.raises(ChannelClosedError):
            await end.receive()
        with pytest.raises(ChannelClosedError):
            await end.send(b"x")


async def test_a_skill_that_talks_nonsense_is_ended(hub, write_skill):
    write_skill("mine", "@skill.intent('go')\nasync def go(ctx):\n    import asyncio; await asyncio.sleep(999)")
    hub.start_skills()
    running = hub.skills._skills["mine"]
    await running.channel.other.send(b"nonsense")
    await hub.until(lambda: hub.events)
    assert hub.events[-1].plugin == "mine"
    call = IntentCall(skill="mine", intent="go")
    assert (await hub.skills.call(call)).error["code"] == "not_found"
