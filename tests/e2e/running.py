"""A hub as a home runs it: `hearth run` in a process of its own, its API as programs see it, and people who speak."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from wyoming.audio import AudioChunk
from wyoming.pipeline import PipelineStage, RunPipeline

from hub.bench.spoken import RATE, spoken
from hub.guard.sealing.syscalls import this_architecture
from tests.satellites.scripted import ScriptedSatellite

PATIENCE_S = 60
HEARS = (
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
    pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed"),
)
"""The marks of a test in which a hub hears somebody."""
_URL = re.compile(r"http://127\.0\.0\.1:\d+/")


class RunningHub:
    """`hearth run` over `home`, in a process group of its own; `stop` it."""

    def __init__(self, home: Path, *options: str, inside: Sequence[str] = ()) -> None:
        """`inside` is a command that runs the hub, such as `unshare --net`."""
        self.home = home
        self._log = home / "hub.log"
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [*inside, sys.executable, "-m", "hub.cli", "run", "--port", "0", "--config", str(home), *options],
                stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
            )  # fmt: skip
        self.pid = self._process.pid
        assert self._process.stdout is not None
        said = _URL.search(self._process.stdout.readline())
        assert said, self.log()
        self.url = said[0]

    def log(self) -> str:
        """What it wrote to stderr so far."""
        return self._log.read_text()

    def get(self, path: str) -> Any:
        """What it answers to a GET."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        """Its answer to a POST of JSON, with the status."""
        request = urllib.request.Request(
            f"{self.url}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def wait(self, path: str, holds: Callable[[Any], object]) -> Any:
        """The answer to a GET, once it is as it should be."""
        until = time.monotonic() + PATIENCE_S
        while not holds(found := self._found(path)):
            assert self._process.poll() is None and time.monotonic() < until, f"{found}\n{self.log()}"
            time.sleep(0.05)
        return found

    async def until(self, path: str, holds: Callable[[Any], object]) -> Any:
        """`wait` for tests whose own loop must go on."""
        return await asyncio.to_thread(self.wait, path, holds)

    def _found(self, path: str) -> Any:
        try:
            return self.get(path)
        except urllib.error.HTTPError:
            return {}  # not there yet

    def wait_until_it_hears(self) -> None:
        """Returns when everything is up and a wake word would be heard."""
        self.wait("healthz", lambda health: health["status"] == "ok" and health["listening"])

    def workers(self) -> list[int]:
        """Its worker processes."""
        children = psutil.Process(self.pid).children(recursive=True)
        return [child.pid for child in children if "hub.guard.worker_main" in " ".join(child.cmdline())]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Have it die at once, with what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def stop(self) -> None:
        """Stop it as a service manager does, unless it was; it must end well and say nothing of an accident."""
        self._process.terminate()  # nothing, when it is over already
        try:
            code = self._process.wait(PATIENCE_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
        assert code == 0, self.log()
        assert "Traceback" not in self.log(), self.log()


class Speaker:
    """Somebody beside a satellite that streams all the time, and what the satellite was told."""

    def __init__(self) -> None:
        self.box = ScriptedSatellite()
        self.port = 0

    async def start(self) -> None:
        """Switch the satellite on; the hub is to connect to `port`."""
        self.port = await self.box.start()

    async def connected(self) -> None:
        """Returns when the hub listens to it."""
        await self.box.until("run-satellite")
        stages = {"start_stage": PipelineStage.WAKE, "end_stage": PipelineStage.TTS}
        await self.box.send(RunPipeline(**stages, restart_on_end=True).event())
        await self.box.until("detect")

    async def say(self, text: str, voice: str = "slt", seconds: float | None = None) -> None:
        """Say `text` in a quiet room, or only its first `seconds`."""
        samples = await spoken(text, voice)
        if seconds is not None:
            samples = samples[: round(seconds * RATE)]
        for begin in range(0, len(samples), RATE // 10):
            audio = samples[begin : begin + RATE // 10].astype("<i2").tobytes()
            await self.box.send(AudioChunk(rate=RATE, width=2, channels=1, audio=audio).event())

    async def ask(self, text: str, voice: str = "slt") -> tuple[str, str]:
        """Say `text`, and wait for the answer; returns what was heard, and the answer."""
        answers = len(self.told("audio-stop"))
        await self.say(text, voice)
        await self.box.until("audio-stop", answers + 1)
        return self.told("transcript")[-1]["text"], self.told("synthesize")[-1]["text"]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The data of all events of this kind that the satellite got."""
        return [event.data for event in self.box.got if event.type == kind]
