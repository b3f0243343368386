"""The whole way: words at a satellite, a device on a real broker, its state back; and the same after a power cut."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiomqtt
import pytest

from tests.e2e.conftest import Run
from tests.e2e.running import HEARS, Speaker
from tests.mosquitto import Broker

pytestmark = [pytest.mark.broker, *HEARS]
LIGHT = {
    "name": None, "uniq_id": "kl1", "cmd_t": "lamps/kitchen/set", "stat_t": "lamps/kitchen",
    "avty_t": "lamps/kitchen/there", "dev": {"ids": ["kl1"], "name": "kitchen light", "sa": "kitchen"},
}  # fmt: skip
HOME = """
[[area]]
id = "kitchen"
name = "kitchen"

[[mqtt]]
port = {broker}
"""


class Lamp:
    """A light on the broker: announces itself whenever it is connected, and does what it is told."""

    def __init__(self, port: int) -> None:
        self.on = False
        self.commands: list[str] = []
        self._port = port

    async def run(self) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                await self._serve()
            await asyncio.sleep(0.2)

    async def _serve(self) -> None:
        will = aiomqtt.Will("lamps/kitchen/there", "offline", retain=True)
        async with aiomqtt.Client("127.0.0.1", self._port, will=will) as client:
            await client.subscribe("lamps/kitchen/set")
            await client.publish("homeassistant/light/kl1/config", json.dumps(LIGHT), retain=True)
            await client.publish("lamps/kitchen/there", "online", retain=True)
            await self._tell(client)
            async for message in client.messages:
                self.commands.append(message.payload.decode())
                self.on = self.commands[-1] == "ON"
                await self._tell(client)

    async def _tell(self, client: aiomqtt.Client) -> None:
        await client.publish("lamps/kitchen", "ON" if self.on else "OFF", retain=True)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    with Broker(tmp_path) as found:
        yield found


@pytest.fixture
async def lamp(broker: Broker) -> AsyncIterator[Lamp]:
    made = Lamp(broker.port)
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_spoken_commands_reach_a_lamp_before_and_after_its_broker_dies(
    broker: Broker, lamp: Lamp, run: Run, tmp_path: Path
) -> None:
    speaker = Speaker()
    await speaker.start()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "hearth.toml").write_text(HOME.format(broker=broker.port))
    hub = await asyncio.to_thread(run, tmp_path / "home")
    light = "api/v1/entities/light.kitchen_light"
    found = await hub.until(light, lambda e: e.get("available") and e["traits"]["OnOff"] is False)
    assert (found["name"], found["area"]) == ("kitchen light", "kitchen")
    await hub.until("healthz", lambda health: health["listening"] and health["names_known"])

    added = {"name": "kitchen speaker", "host": "127.0.0.1", "port": speaker.port, "area": "kitchen"}
    assert (await asyncio.to_thread(lambda: hub.post("api/v1/satellites", **added)))[0] == 200
    await speaker.connected()  # at once: a hub that hears need not start anew for it
    heard, answer = await speaker.ask("hey jarvis, turn on the kitchen light")
    assert (heard, answer) == ("turn on the kitchen light", "Turned on the kitchen light.")
    assert lamp.commands == ["ON"]
    assert hub.get(light)["traits"]["OnOff"] is True
    why = hub.get("api/v1/why/light.kitchen_light")["steps"]
    assert [step["kind"] for step in why] == [
        "WakeHeard", "SpeechTranscribed", "IntentMatched", "CommandSent", "StateChanged",
    ]  # fmt: skip

    broker.kill()
    await hub.until(light, lambda e: not e["available"])
    asked = {"entity": "light.kitchen_light", "trait": "OnOff", "value": False}
    status, refusal = await asyncio.to_thread(lambda: hub.post("api/v1/commands", **asked))
    assert (status, refusal["error"]["code"]) == (503, "unavailable")
    assert "kitchen light cannot be reached" in refusal["error"]["message"]
    assert "did not become off" in hub.get("api/v1/why/light.kitchen_light")["text"]
    heard, answer = await speaker.ask("hey jarvis, turn off the kitchen light")
    assert (heard, answer) == ("turn off the kitchen light", "The kitchen light cannot be reached.")

    lamp.on = False  # somebody pulled its plug meanwhile
    broker.start()
    await hub.until(light, lambda e: e["available"] and e["traits"]["OnOff"] is False)
    heard, answer = await speaker.ask("hey jarvis, turn on the kitchen light")
    assert (heard, answer) == ("turn on the kitchen light", "Turned on the kitchen light.")
    assert lamp.commands == ["ON", "ON"]
    assert hub.get(light)["traits"]["OnOff"] is True
    await speaker.box.stop()
