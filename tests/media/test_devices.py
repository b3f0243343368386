"""The microphone and the loudspeaker against a real sound server with a virtual device."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hub.core.errors import MediaError
from hub.media.microphone import Microphone
from hub.media.speaker import Speaker

pytestmark = pytest.mark.counterpart


@pytest.fixture
def sound_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PulseAudio with one loudspeaker that leads nowhere, whose monitor is the microphone."""
    if shutil.which("pulseaudio") is None:
        pytest.skip("pulseaudio is not installed")
    for name in ("XDG_RUNTIME_DIR", "HOME", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    modules = ("module-native-protocol-unix", "module-null-sink sink_name=mic rate=16000 channels=1")
    command = ["pulseaudio", "-n", "--exit-idle-time=-1", "--daemonize=no", "--disallow-exit=no"]
    for module in modules:
        command += ["-L", module]
    server = subprocess.Popen(command, env=os.environ.copy(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if subprocess.run(["pactl", "set-default-source", "mic.monitor"], capture_output=True).returncode == 0:
                break
            time.sleep(0.05)
        else:
            pytest.skip("pulseaudio does not start here")
        yield
    finally:
        server.kill()
        server.wait()


async def test_what_the_loudspeaker_plays_the_microphone_hears(sound_server: None) -> None:
    rng = np.random.default_rng(7)
    said = (rng.standard_normal(16_000) * 4_000).astype(np.int16)
    microphone = Microphone("desk")
    heard: list[np.ndarray] = []
    started = asyncio.Event()

    async def listen() -> None:
        async for chunk in microphone:
            assert chunk.stream == "desk"
            heard.append(chunk.samples.copy())
            chunk.release()
            started.set()

    task = asyncio.create_task(listen())
    await asyncio.wait_for(started.wait(), 20)
    speaker = Speaker()
    await speaker.play(said, 16_000)
    await asyncio.sleep(0.5)
    await microphone.close()
    await task
    everything = np.concatenate(heard).astype(float)
    correlation = np.correlate(everything, said.astype(float), "valid")
    best = int(correlation.argmax())
    window = everything[best : best + len(said)]
    assert correlation[best] / (np.linalg.norm(window) * np.linalg.norm(said.astype(float))) > 0.95
    assert microphone.lost_chunks == 0


async def test_a_device_that_is_not_there_is_named(sound_server: None) -> None:
    with pytest.raises(MediaError, match="no sound device is named 'gramophone'"):
        async for _ in Microphone(device="gramophone"):
            pass


async def test_stopping_cuts_a_sound_off(sound_server: None) -> None:
    speaker = Speaker()
    playing = asyncio.create_task(speaker.play(np.zeros(16_000 * 60, np.int16), 16_000))
    await asyncio.sleep(0.5)
    assert not playing.done()
    speaker.stop()
    await asyncio.wait_for(playing, 20)
