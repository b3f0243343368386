"""Acknowledgement, roster, ids and the guarded client, each alone."""

import asyncio
import socket
from typing import Any

import aiomqtt
import pytest
from mqtt_under_test.acknowledgements import Acknowledgements, answers, near
from mqtt_under_test.client import Client, as_socket
from mqtt_under_test.ids import EntityIds
from mqtt_under_test.model import Listener, MqttEntity, Report
from mqtt_under_test.payload import Payload
from mqtt_under_test.roster import MAX_ENTITIES, Roster

from hub.core.entities import Entity
from hub.core.errors import CommandError, CommandTimeoutError
from hub.core.traits import TraitConfig
from hub.sdk import DeviceCommand, EntityAdded, Reachable, StateReported


@pytest.mark.parametrize(
    ("trait", "wanted", "report", "before", "answered"),
    [
        ("OnOff", True, Report("OnOff", True), False, True),
        ("OnOff", True, Report("OnOff", False), False, False),
        ("Level", 40, Report("Level", 41), 0, True),
        ("Level", 40, Report("Level", 20), 0, True),  # on its way there
        ("Level", 40, Report("Level", 90), 80, False),
        ("Level", 0, Report("OnOff", False), 80, True),
        ("Level", 40, Report("OnOff", True), 0, False),
        ("Position", 100, Report("Position", None, 1), 0, True),
        ("Position", 100, Report("Position", None, -1), 0, False),
        ("Position", 0, Report("Position", 60), 80, True),
        ("Lock", "locked", Report("Lock", "locking", 1), "unlocked", True),
        ("Lock", "locked", Report("Lock", "unlocking", -1), "unlocked", False),
        ("Lock", "locked", Report("Lock", "unlocked"), "unlocked", False),
        ("Color", "#ff0000", Report("Color", "#f80a05"), None, True),
        ("Color", "#ff0000", Report("Color", "#0000ff"), "#0000ff", False),
        ("Mode", "heat", Report("Mode", "Heat"), "off", True),
        ("Setpoint", 21.0, Report("Setpoint", 18.0), 18.0, False),
    ],
)
async def test_what_answers_a_command(trait: str, wanted: Any, report: Report, before: Any, answered: bool) -> None:
    assert answers(DeviceCommand(1, "x.y", trait, wanted), report, before) is answered


def test_a_boolean_is_no_number() -> None:
    assert not near("Level", 1, True) and not near("OnOff", True, 1)


async def test_a_jammed_lock_fails_and_a_silent_device_times_out() -> None:
    acks = Acknowledgements(0.05)
    lock, late = DeviceCommand(1, "lock.door", "Lock", "locked"), DeviceCommand(2, "switch.x", "OnOff", True)
    acks.expect(lock, "unlocked", "a/topic")
    acks.expect(late, False, "a/topic")
    acks.hear("lock.door", Report("Lock", "jammed"))
    with pytest.raises(CommandError, match="jammed"):
        await lock.answered()
    with pytest.raises(CommandTimeoutError, match="a/topic"):
        await late.answered()


async def test_a_device_that_already_is_as_wished_need_not_repeat_it() -> None:
    acks = Acknowledgements(1.0)  # the answer is taken for granted after half of it
    again = DeviceCommand(1, "switch.x", "OnOff", True)
    acks.expect(again, True, "t")
    await asyncio.wait_for(again.answered(), 10)


def thing(key: str, topic: str, **fields: Any) -> MqttEntity:
    def read(payload: Payload) -> list[Report]:
        return [Report("OnOff", payload.text == "ON")]

    return MqttEntity(
        key=key, place=key, entity=Entity(id=f"switch.{key}", name=key, traits={"OnOff": TraitConfig()}),
        listeners=(Listener(topic, read),), **fields,
    )  # fmt: skip


def test_expiry_and_off_delay_come_due() -> None:
    roster = Roster(EntityIds())
    roster.broker_back()
    roster.describe("p", [thing("a", "t", expire_after_s=60, off_delay_s=30)])
    assert StateReported("switch.a", "OnOff", True) in roster.hear(Payload("t", b"ON"), 0).updates
    assert roster.pass_time(29) == []
    assert roster.pass_time(30) == [StateReported("switch.a", "OnOff", False)]
    assert roster.pass_time(60) == [Reachable("switch.a", False)]
    assert Reachable("switch.a", True) in roster.hear(Payload("t", b"ON"), 61).updates


def test_one_topic_serves_many_and_is_left_when_nobody_listens() -> None:
    roster = Roster(EntityIds())
    roster.describe("p", [thing("a", "t")])
    roster.describe("q", [thing("b", "t")])
    assert len(roster.hear(Payload("t", b"ON"), 0).updates) == 2
    roster.describe("p", [])
    assert "t" not in roster.to_unsubscribe
    roster.describe("q", [])
    assert "t" in roster.to_unsubscribe and not roster.topics()


def test_the_same_thing_on_two_topics_is_a_problem_of_the_second() -> None:
    roster = Roster(EntityIds())
    roster.describe("p", [thing("a", "t")])
    updates, problems = roster.describe("q", [thing("a", "t")])
    assert not updates and "twice" in str(problems[0])


def test_entities_are_capped() -> None:
    roster = Roster(EntityIds())
    updates, problems = roster.describe("p", [thing(f"e{n}", "t") for n in range(MAX_ENTITIES + 1)])
    assert sum(isinstance(u, EntityAdded) for u in updates) == MAX_ENTITIES == len(roster)
    assert len(problems) == 1


def test_a_changed_description_keeps_the_id() -> None:
    ids = EntityIds()
    assert ids.take("k", "light.a") == "light.a"
    assert ids.take("k", "light.renamed") == "light.a"
    assert ids.take("other", "light.a") == "light.a_2" and ids.changed
    assert ids.saved == {"k": "light.a", "other": "light.a_2"}
    again = EntityIds(ids.saved)
    assert again.take("other", "light.a") == "light.a_2" and again.take("k", "light.a") == "light.a"
    assert EntityIds({"k": 5, 6: "x"}).saved == {}  # type: ignore[dict-item]


async def test_the_client_speaks_over_the_socket_that_it_is_given_and_opens_none() -> None:
    ours, theirs = socket.socketpair()
    client = Client(ours, "broker.invalid", 1883, modern=True, timeout=5)
    loop = asyncio.get_running_loop()
    theirs.setblocking(False)

    async def serve() -> bytes:
        hello = await loop.sock_recv(theirs, 1000)
        await loop.sock_sendall(theirs, b"\x20\x03\x00\x00\x00")  # CONNACK, accepted
        return hello

    greeting = asyncio.create_task(serve())
    async with client:
        hello = await greeting
        assert hello[0] == 0x10 and b"MQTT\x05" in hello
        assert b"\x27" + (16 * 1024 * 1024 + 64 * 1024).to_bytes(4, "big") in hello  # Maximum Packet Size
        await loop.sock_sendall(theirs, b"\x30\xff\xff\xff\x7f" + b"x" * 100)  # a message of 256 MiB begins
        with pytest.raises(aiomqtt.MqttError):
            await anext(client.messages)
    theirs.close()


def test_descriptors_become_sockets() -> None:
    ours, theirs = socket.socketpair()
    assert as_socket(ours) is ours
    with as_socket(ours.detach()) as taken, theirs:
        taken.send(b"x")
        assert theirs.recv(1) == b"x"
