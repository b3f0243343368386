"""A person speaks while the ears die: the hub says that the sentence was lost, and understands the next one."""

import asyncio
import os
import signal
from pathlib import Path

from tests.e2e.conftest import Run
from tests.e2e.running import HEARS, Speaker

pytestmark = list(HEARS)
SATELLITE = """
[[satellite]]
name = "hall speaker"
host = "127.0.0.1"
port = {port}
area = "kitchen"
"""
SAID_S = 2.2


async def test_threat_41_a_lost_sentence_is_told_and_the_next_one_is_understood(run: Run, demo_home: Path) -> None:
    speaker = Speaker()
    await speaker.start()
    with (demo_home / "hearth.toml").open("a") as file:
        file.write(SATELLITE.format(port=speaker.port))
    hub = await asyncio.to_thread(run, demo_home)
    await hub.until("healthz", lambda health: health["listening"])
    await speaker.connected()

    await speaker.say("hey jarvis, set the living room light to fifty percent", seconds=SAID_S)
    await speaker.box.until("voice-started")
    [ears] = hub.workers()
    os.kill(ears, signal.SIGKILL)
    lost = await speaker.box.until("error")
    assert lost.data == {"text": "what was said was lost", "code": "stt-stream-failed"}
    assert speaker.told("transcript") == speaker.told("synthesize") == []

    # The speaker sends it in no time; said before the first could be over, the next wake word would be that very one.
    await asyncio.sleep(SAID_S)
    heard, answer = await speaker.ask("hey jarvis, turn on the kitchen light")
    assert (heard, answer) == ("turn on the kitchen light", "Turned on the kitchen light.")
    assert hub.get("api/v1/entities/light.kitchen")["traits"]["OnOff"] is True
    [again] = hub.workers()
    assert again != ears
    health = await hub.until("healthz", lambda health: health["listening"])
    assert (health["status"], health["problems"]) == ("ok", {})
    await speaker.box.stop()
