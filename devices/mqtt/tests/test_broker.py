"""Against a real mosquitto: discovery, commands and their states, availability, restarts, hostile payloads."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest
from mqtt_under_test.config import Config
from mqtt_under_test.integration import connect

from hub.core.bus import Bus
from hub.core.commands import Command
from hub.core.errors import CommandError, CommandTimeoutError, UnavailableError
from hub.core.events import AvailabilityChanged, StateChanged
from hub.core.settings import MqttSettings, PluginSettings, SafetySettings, Settings
from hub.core.states import StateTable
from hub.core.supervisor import Supervisor
from hub.guard.connect import Guard
from hub.home.dispatch import Dispatcher
from hub.home.exposure import Exposure
from hub.home.registry import Home
from hub.home.scenes import Scenes
from hub.plugins.devices.device_host import DeviceHost
from hub.plugins.discovery import find_devices
from hub.plugins.ports.hub_ports import MemoryData
from tests.mosquitto import Broker

pytestmark = pytest.mark.broker


def config(broker: Any, **fields: Any) -> Config:
    return Config(port=broker.port, first_wait_s=0.05, longest_wait_s=0.2, **fields)


@contextlib.asynccontextmanager
async def device(broker: Any, **answers: Callable[[str], tuple[str, str]]) -> AsyncIterator[aiomqtt.Client]:
    """A device: what it gets on a topic (`__` for `/`) it answers with a message on another."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for topic in answers:
            await client.subscribe(topic.replace("__", "/"))

        async def serve() -> None:
            async for message in client.messages:
                topic, payload = answers[message.topic.value.replace("/", "__")](message.payload.decode())
                await client.publish(topic, payload, retain=True)

        task = asyncio.create_task(serve())
        yield client
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def say(client: aiomqtt.Client, topic: str, payload: Any, retain: bool = True) -> None:
    if not isinstance(payload, str | bytes):
        payload = json.dumps(payload)
    await client.publish(topic, payload, retain=retain)


LAMP = {
    "~": "lamp", "name": "Kitchen", "uniq_id": "lamp1", "cmd_t": "~/set", "stat_t": "~/state", "schema": "json",
    "brightness": True, "sup_clrm": ["rgb"], "avty_t": "~/there",
}  # fmt: skip


async def test_a_discovered_light_is_switched_and_its_state_comes_back(broker: Any, run: Any) -> None:
    async with device(broker, lamp__set=lambda p: ("lamp/state", p)) as client, run(connect, config(broker)) as hub:
        await say(client, "homeassistant/light/lamp1/config", LAMP)
        await say(client, "lamp/there", "online")
        await say(client, "lamp/state", {"state": "OFF"})
        await hub.until(lambda h: h.states.get(("light.kitchen", "OnOff")) is False)
        await hub.until(lambda h: h.reachable.get("light.kitchen"))
        await hub.command("light.kitchen", "OnOff", True)
        assert hub.states["light.kitchen", "OnOff"] is True
        await hub.command("light.kitchen", "Level", 40)
        assert hub.states["light.kitchen", "Level"] == 40
        await hub.command("light.kitchen", "Color", "#ff0000")
        assert hub.states["light.kitchen", "Color"] == "#ff0000"
        assert hub.opened == [("127.0.0.1", broker.port)]


async def test_one_device_message_brings_all_components_and_drops_those_left_out(broker: Any, run: Any) -> None:
    parts = {
        "relay": {"p": "switch", "cmd_t": "plug/set", "stat_t": "plug/state", "uniq_id": "p1", "name": None},
        "power": {"p": "sensor", "stat_t": "plug/power", "unit_of_meas": "W", "dev_cla": "power", "name": "Power"},
        "broken": {"p": "switch", "cmd_t": "plug/#"},
    }
    message = {"dev": {"ids": ["plug"], "name": "Plug", "sa": "Kitchen"}, "o": {"name": "test"}, "cmps": parts}
    async with device(broker) as client, run(connect, config(broker)) as hub:
        await say(client, "homeassistant/device/plug/config", message)
        await hub.until(lambda h: len(h.entities) == 2)
        assert hub.entities["switch.plug"].area == "Kitchen"
        await say(client, "plug/power", "12.5")
        await hub.until(lambda h: h.states.get(("sensor.plug_power", "Measure")) == 12.5)
        parts["power"] = {"p": "sensor"}
        await say(client, "homeassistant/device/plug/config", message)
        await hub.until(lambda h: list(h.entities) == ["switch.plug"])
        await say(client, "homeassistant/device/plug/config", b"")
        await hub.until(lambda h: not h.entities)


async def test_an_empty_payload_removes(broker: Any, run: Any) -> None:
    async with device(broker) as client, run(connect, config(broker)) as hub:
        await say(client, "homeassistant/light/node/lamp1/config", LAMP)
        await hub.until(lambda h: "light.kitchen" in h.entities)
        await say(client, "homeassistant/light/node/lamp1/config", b"")
        await hub.until(lambda h: "light.kitchen" not in h.entities)


async def test_availability_of_several_topics(broker: Any, run: Any) -> None:
    lamp = {k: v for k, v in LAMP.items() if k != "avty_t"}
    lamp |= {"avty_mode": "all", "avty": [{"t": "~/there"}, {"t": "bridge", "val_tpl": "{{ value_json.state }}"}]}
    async with device(broker) as client, run(connect, config(broker)) as hub:
        await say(client, "homeassistant/light/lamp1/config", lamp)
        await say(client, "lamp/there", "online")
        await hub.until(lambda h: h.reachable.get("light.kitchen") is False)
        await say(client, "bridge", {"state": "online"})
        await hub.until(lambda h: h.reachable.get("light.kitchen"))
        await say(client, "lamp/there", "offline")
        await hub.until(lambda h: h.reachable.get("light.kitchen") is False)


async def test_a_command_without_an_answer_times_out_and_one_without_a_state_topic_does_not(
    broker: Any, run: Any
) -> None:
    mute = {"name": "Mute", "cmd_t": "mute/set", "stat_t": "mute/state"}
    blind = {"name": "Blind", "cmd_t": "blind/set"}
    async with device(broker) as client, run(connect, config(broker, timeout_s=0.3)) as hub:
        await say(client, "homeassistant/switch/mute/config", mute)
        await say(client, "homeassistant/switch/blind/config", blind)
        await hub.until(lambda h: len(h.entities) == 2)
        with pytest.raises(CommandTimeoutError, match=r"homeassistant/switch/mute/config"):
            await hub.command("switch.mute", "OnOff", True)
        await hub.command("switch.blind", "OnOff", True)
        await hub.until(lambda h: h.states.get(("switch.blind", "OnOff")) is True)
        with pytest.raises(CommandError, match="cannot be told"):
            await hub.command("switch.mute", "Level", 3)
        with pytest.raises(UnavailableError, match="no longer announced"):
            await hub.command("switch.other", "OnOff", True)


async def test_a_broker_that_dies_and_returns(broker: Any, run: Any) -> None:
    lamp = {k: v for k, v in LAMP.items() if k != "avty_t"}
    async with run(connect, config(broker)) as hub:
        async with device(broker, lamp__set=lambda p: ("lamp/state", p)) as client:
            await say(client, "homeassistant/light/lamp1/config", lamp)
            await hub.until(lambda h: h.reachable.get("light.kitchen"))
            await hub.command("light.kitchen", "OnOff", True)
            await client.publish("done", "x", qos=1)
        broker.stop()
        await hub.until(lambda h: h.reachable["light.kitchen"] is False)
        with pytest.raises(UnavailableError, match="broker"):
            await hub.command("light.kitchen", "OnOff", False)
        hub.states.clear()
        broker.start()
        await hub.until(lambda h: h.reachable["light.kitchen"])
        await hub.until(lambda h: h.states.get(("light.kitchen", "OnOff")) is True)  # retained by the broker
        async with device(broker, lamp__set=lambda p: ("lamp/state", p)):
            await hub.command("light.kitchen", "OnOff", False)
        assert len(hub.opened) > 1


@pytest.mark.parametrize(
    ("username", "told"), [("ann", "refuses 'ann' with this password"), ("", "without a user name and password")]
)
async def test_a_broker_that_refuses_says_what_to_check(tmp_path: Path, run: Any, username: str, told: str) -> None:
    with Broker(tmp_path, closed=True) as broker:
        async with run(connect, config(broker, username=username, password="geheim" if username else "")) as hub:
            await hub.until(lambda h: len(h.troubles) > 1)  # with MQTT 5 and with MQTT 3
    assert all(f"127.0.0.1:{broker.port} " in each and told in each for each in hub.troubles[:2])
    assert "geheim" not in str(hub.troubles)


async def test_what_is_no_broker_is_told_as_that(run: Any) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, run(connect, Config(port=port, first_wait_s=0.05, longest_wait_s=0.2)) as hub:
        await hub.until(lambda h: h.troubles)
    assert f"the broker 127.0.0.1:{port} cannot be spoken to" in hub.troubles[0]
    assert "is it an MQTT broker" in hub.troubles[0]


async def test_a_broker_that_dies_fails_the_commands_that_wait(broker: Any, run: Any) -> None:
    async with device(broker) as client, run(connect, config(broker, timeout_s=30)) as hub:
        await say(client, "homeassistant/switch/mute/config", {"name": "Mute", "cmd_t": "m/set", "stat_t": "m/state"})
        await hub.until(lambda h: h.reachable.get("switch.mute"))
        waiting = asyncio.create_task(hub.command("switch.mute", "OnOff", True))
        await client.subscribe("m/set")
        await asyncio.sleep(0.1)
        broker.stop()
        with pytest.raises(UnavailableError):
            await waiting
        with contextlib.suppress(aiomqtt.MqttError):
            await client.publish("x", "y")


@pytest.mark.parametrize(
    "payload",
    [b"{", b"[]", b"null", b"\xff\xfe", b'{"name":' + b"[" * 100_000, b'{"cmd_t": 5}', b'{"cmd_t": "a/+/b"}',
     b'{"cmd_t": "a", "val_tpl": "{{ x.__class__ }}", "stat_t": "a\\u0000"}', b'{"cmd_t":"a","qos":1e999}',
     b'{"cmd_t":"' + b"x" * 2_000_000 + b'"}', b'{"cmd_t":"a","name":"' + b"y" * 2000 + b'","stat_t":"$SYS/x"}'],
)  # fmt: skip
async def test_threat_10_a_hostile_payload_hurts_nothing_else(broker: Any, run: Any, payload: bytes) -> None:
    async with device(broker) as client, run(connect, config(broker)) as hub:
        await say(client, "homeassistant/switch/bad/config", payload)
        await say(client, "homeassistant/light/lamp1/config", LAMP)
        await say(client, "lamp/state", b"\xff" * 1000, retain=False)
        await say(client, "lamp/state", b"[" * 100_000, retain=False)
        await say(client, "lamp/state", b"1" * 1_200_000, retain=False)
        await say(client, "lamp/state", {"state": "ON"})
        await hub.until(lambda h: h.states.get(("light.kitchen", "OnOff")) is True)
        assert list(hub.entities) == ["light.kitchen"]


async def test_ids_of_namesakes_survive_a_restart_in_another_order(broker: Any, run: Any) -> None:
    def lamp(number: int) -> dict[str, Any]:
        return LAMP | {"uniq_id": f"l{number}", "~": f"lamp{number}", "dev": {"ids": [f"d{number}"]}}

    async with device(broker) as client:
        async with run(connect, config(broker)) as hub:
            await say(client, "homeassistant/light/b/config", lamp(2))
            await hub.until(lambda h: len(h.entities) == 1)
            await say(client, "homeassistant/light/a/config", lamp(1))
            await hub.until(lambda h: len(h.entities) == 2)
            first = {e.device: i for i, e in hub.entities.items()}
            saved = hub.store.values
        async with run(connect, config(broker)) as hub:
            hub.store.values.update(saved)
            await hub.until(lambda h: len(h.entities) == 2)
            assert {e.device: i for i, e in hub.entities.items()} == first


class Rows:
    """The privacy ledger's rows."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []

    async def record(self, who: str, where: str, bytes_out: int, bytes_in: int, why: str, at: float) -> None:
        self.rows.append((who, where, bytes_out, bytes_in))


async def test_the_loader_the_device_host_and_the_guard_run_it(broker: Any) -> None:
    ledger = Rows()
    guard = Guard(writer=ledger)
    bus = Bus()
    states, settings = StateTable(bus), Settings()
    home = Home(settings, bus, states)
    scenes = Scenes(settings)
    dispatcher = Dispatcher(home, states, bus, Exposure(home, states, scenes, SafetySettings()), scenes)
    supervisor = Supervisor(bus)
    host = DeviceHost(home, states, dispatcher, bus, supervisor, data=MemoryData(), connect=guard.open_socket)
    host.offer(find_devices(PluginSettings()))
    table = msgspec.to_builtins(MqttSettings(port=broker.port))
    async with device(broker, lamp__set=lambda p: ("lamp/state", p)) as client:
        await say(client, "homeassistant/light/lamp1/config", LAMP)
        await say(client, "lamp/there", "online")
        await say(client, "lamp/state", {"state": "OFF"})
        async with asyncio.timeout(20):
            with bus.stream((StateChanged, AvailabilityChanged)) as changes:
                assert host.start("mqtt", table)
                while states.value("light.kitchen", "OnOff") is not False or not states.available("light.kitchen"):
                    await changes.get()
            result = await dispatcher.send(Command(entity="light.kitchen", trait="OnOff", value=True, channel="voice"))
            assert result.ok, result.reason
            assert states.value("light.kitchen", "OnOff") is True
    await supervisor.close()
    await guard.close()
    assert {row[:2] for row in ledger.rows} == {("mqtt", f"127.0.0.1:{broker.port}")}
    assert sum(row[2] for row in ledger.rows) > 100 and sum(row[3] for row in ledger.rows) > 100
