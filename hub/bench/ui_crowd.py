"""What it costs a hub to tell a hundred pages of everything that changes; a part of `hearth bench ui`.

The changes come as in a home: sensors that a real broker tells the hub of.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from hub.bench.hub_process import hub_process, processor_s
from hub.bench.measure import Measure, compare
from hub.core.errors import UnavailableError
from hub.swarm.zenoh_config import with_port

PAGES: Final = 100
RATE: Final = 200.0
"""Changes a second."""
SECONDS: Final = 10.0
_SENSORS: Final = 50
_LEAST: Final = 0.97
"""What must arrive of the rate for a figure to count."""


def measure() -> list[Measure]:
    """Shares of one core, in percent. Raises `UnavailableError` where no mosquitto is installed."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder, _broker(Path(folder)) as port:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "hearth.toml").write_text(f'[[mqtt]]\nhost = "127.0.0.1"\nport = {port}\n')
        with hub_process(home, "--deaf") as hub, _changes(port):
            hub.wait_until_up()
            time.sleep(3)
            alone = _share(hub.process.pid)
            told = _told(f"ws://127.0.0.1:{hub.port}/api/v1/live", hub.process.pid)
    with _plain() as (process, port):
        peer = _told(f"ws://127.0.0.1:{port}/", process)
    name = f"{PAGES} pages told of {RATE:.0f} changes a second"
    return [
        compare("ui", f"{name}: the hub, of a core", told, "%", peer=peer,
                peer_name="aiohttp, a send for each page and change; makes the changes itself", target=30.0,
                lower_is_better=True),
        compare("ui", f"the same without a page: {RATE:.0f} changes a second from a broker", alone, "%"),
    ]  # fmt: skip


def _share(process: int) -> float:
    before, began = processor_s(process), time.monotonic()
    time.sleep(SECONDS)
    return 100 * (processor_s(process) - before) / (time.monotonic() - began)


def _told(url: str, process: int) -> float:
    command = [sys.executable, "-m", "hub.bench.many_pages", url, str(PAGES), str(SECONDS + 1)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as pages:  # noqa: S603 -- our own module
        _line(pages.stdout)
        share = _share(process)
        rate = float(_line(pages.stdout))
    if rate < RATE * _LEAST:
        raise UnavailableError(f"a page was told of {rate:.0f} changes a second", remedy="measure on a quiet machine")
    return share


def _line(stream: IO[str] | None) -> str:
    line = stream.readline() if stream is not None else ""
    if not line:
        raise UnavailableError("a process of the benchmark ended", remedy="run it again; its errors are above")
    return line


@contextmanager
def _plain() -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "hub.bench.plain_live", str(RATE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own module
        try:
            yield process.pid, int(_line(process.stdout))
        finally:
            process.kill()


@contextmanager
def _broker(folder: Path) -> Iterator[int]:
    program = shutil.which("mosquitto", path="/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
    if program is None:
        raise UnavailableError("mosquitto is not installed", remedy="on Debian: sudo apt install mosquitto")
    port = int(with_port("127.0.0.1:0").rpartition(":")[2])
    (folder / "mosquitto.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n")
    command = [program, "-c", str(folder / "mosquitto.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 -- Debian's
        try:
            time.sleep(0.5)
            yield port
        finally:
            process.terminate()


@contextmanager
def _changes(port: int) -> Iterator[None]:
    """Announces the sensors, and changes one after the other until the block is left."""
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion

    client, over = Client(CallbackAPIVersion.VERSION2), threading.Event()
    client.connect("127.0.0.1", port)
    client.loop_start()
    for number in range(_SENSORS):
        about = {"name": f"bench {number}", "unique_id": f"bench_{number}", "state_topic": f"bench/{number}",
                 "device_class": "temperature", "unit_of_measurement": "°C"}  # fmt: skip
        client.publish(f"homeassistant/sensor/bench_{number}/config", json.dumps(about), retain=True)

    def change() -> None:
        began, told = time.monotonic(), 0
        while not over.wait(1 / RATE):
            while told < (time.monotonic() - began) * RATE:
                told += 1
                client.publish(f"bench/{told % _SENSORS}", f"{20 + told % 997 / 100:.2f}")

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        client.loop_stop()
        client.disconnect()
