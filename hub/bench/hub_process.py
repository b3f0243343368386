"""A hub in a process of its own, as `hearth run` starts it, for benchmarks to look at from outside."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hub.core.errors import UnavailableError
from hub.swarm.zenoh_config import with_port

PATIENCE_S: Final = 60.0


class HubProcess:
    """The running process, and where it serves."""

    def __init__(self, home: Path, *options: str) -> None:
        self.port = int(with_port("127.0.0.1:0").rpartition(":")[2])
        command = [sys.executable, "-m", "hub.cli", "run", "--config", str(home), "--port", str(self.port), *options]
        self.began = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    def health(self) -> dict[str, Any] | None:
        """What /healthz says now, None while nothing answers. Raises `UnavailableError` when the process has ended."""
        if self.process.poll() is not None:
            raise UnavailableError("the hub did not come up", remedy="run `hearth doctor`")
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:  # noqa: S310 -- our own http URL
                health: dict[str, Any] = json.load(answer)
                return health
        except (urllib.error.URLError, OSError):
            return None

    def wait_until_up(self) -> None:
        """Return when everything that will come up is up; raises `UnavailableError` after a minute."""
        while time.perf_counter() - self.began < PATIENCE_S:
            health = self.health()
            if health is not None and health["status"] != "starting":
                return
            time.sleep(0.02)
        raise UnavailableError("the hub did not come up", remedy="run `hearth doctor`")


def processor_s(process: int) -> float:
    """Seconds of processor time that a process has used so far, in user and kernel (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def hub_process(home: Path, *options: str) -> Iterator[HubProcess]:
    """A hub over `home`, ended when the block is left."""
    hub = HubProcess(home, *options)
    try:
        yield hub
    finally:
        hub.process.kill()
        hub.process.wait()
