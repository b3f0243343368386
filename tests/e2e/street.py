"""Three machines on one network: network namespaces on a bridge, each with a hub of its own."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.command import Ran, hearth, lines_of
from tests.e2e.running import PATIENCE_S, RunningHub

HEARTH_TOML = """
[home]
name = "{name}"
[swarm]
enabled = true
name = "{name}"
host = "0.0.0.0"
[[area]]
id = "kitchen"
name = "Kitchen"
[[entity]]
id = "light.kitchen"
name = "{name} light"
area = "kitchen"
traits = ["OnOff"]
[[entity]]
id = "light.{name}"
name = "lamp of the {name}"
area = "kitchen"
traits = ["OnOff"]
"""


def ip(*words: str) -> None:
    """Run `ip` (iproute2)."""
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=PATIENCE_S)


class Machine:
    """One machine, with a home and perhaps a hub that runs."""

    def __init__(self, namespace: str, cable: str, home: Path) -> None:
        self.inside = ("ip", "netns", "exec", namespace)
        self.home = home
        self._cable = cable
        self.hub: RunningHub | None = None

    def start(self, *options: str) -> None:
        self.hub = RunningHub(self.home, *options, inside=self.inside)

    def run(self, *arguments: str) -> Ran:
        """A command of `hearth` on this machine."""
        return hearth(*arguments, "--config", self.home, inside=self.inside)

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        ran = self.run(*arguments, "--json")
        assert ran.returncode == 0, ran.stderr
        return lines_of(ran)

    def plug(self, *, into_the_network: bool) -> None:
        """Plug the cable in, or pull it."""
        ip("link", "set", self._cable, "up" if into_the_network else "down")

    def reachable(self) -> set[str]:
        """The other hubs that this one reaches."""
        return {peer["name"] for peer in self.lines("peer", "list") if peer["reachable"] and not peer["here"]}

    def entity(self, wanted: str) -> dict[str, Any]:
        return next((line for line in self.lines("home") if line["entity"] == wanted), {})


@contextlib.contextmanager
def street(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Machine]]:
    """A machine of each name; skips where namespaces cannot be made."""
    mark = f"{os.getpid() % 100_000}"
    bridge = f"hb{mark}"
    try:
        ip("link", "add", bridge, "type", "bridge")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("network namespaces cannot be made here")
    machines: dict[str, Machine] = {}
    try:
        ip("link", "set", bridge, "up")
        for number, name in enumerate(names, 1):
            namespace, cable = f"hn{mark}-{number}", f"hv{mark}-{number}"
            ip("netns", "add", namespace)
            home = folder / name
            home.mkdir()
            (home / "hearth.toml").write_text(HEARTH_TOML.format(name=name))
            machines[name] = Machine(namespace, cable, home)
            ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace)
            ip("link", "set", cable, "master", bridge, "up")
            ip("-n", namespace, "addr", "add", f"10.91.0.{number}/24", "brd", "+", "dev", "eth0")
            for device in ("lo", "eth0"):
                ip("-n", namespace, "link", "set", device, "up")
            ip("-n", namespace, "route", "add", "default", "dev", "eth0")
        yield machines
        for machine in machines.values():
            if machine.hub is not None:
                machine.hub.stop()
    finally:
        for number, machine in enumerate(machines.values(), 1):
            if machine.hub is not None:
                machine.hub.kill()
            with contextlib.suppress(subprocess.CalledProcessError):
                ip("netns", "del", f"hn{mark}-{number}")
        ip("link", "del", bridge)


def until(holds: Callable[[], object], machines: dict[str, Machine]) -> None:
    """Return when it holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "\n".join(m.hub.log() for m in machines.values() if m.hub is not None)
        time.sleep(0.1)
