"""Three machines on one network: network namespaces on a bridge, each with a hub of its own.

What a story asks of its machines is `Machine`; `tests.e2e.street_of_ports` has others, where namespaces cannot be made.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
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
{swarm}
[[area]]
id = "kitchen"
name = "Kitchen"
[[entity]]
id = "light.ceiling"
name = "{name} light"
area = "kitchen"
traits = ["OnOff"]
[[entity]]
id = "light.{name}"
name = "lamp of the {name}"
area = "kitchen"
traits = ["OnOff"]
"""


class Machine:
    """A place for one hub, with a home and perhaps a hub that runs. `inside` is a command that runs others there."""

    def __init__(self, home: Path, swarm: str, inside: Sequence[str] = ()) -> None:
        """`swarm` are the settings of the hub's network."""
        home.mkdir()
        (home / "hearth.toml").write_text(HEARTH_TOML.format(name=home.name, swarm=swarm))
        self.home = home
        self.inside = inside
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

    def join(self, host: "Machine", code: str) -> Ran:
        """Be paired with the host, told the code alone: this hub finds the host on the network."""
        return self.run("peer", "pair", code)

    def reachable(self) -> set[str]:
        """The other hubs that this one reaches."""
        return {peer["name"] for peer in self.lines("peer", "list") if peer["reachable"] and not peer["here"]}

    def entity(self, wanted: str) -> dict[str, Any]:
        return next((line for line in self.lines("home") if line["entity"] == wanted), {})


Street = Callable[[Path, Sequence[str]], AbstractContextManager[dict[str, Machine]]]
"""Machines of these names, with their homes in the folder; their hubs must end well."""


class Cabled(Machine):
    """A network namespace. The cable is the end of it that is on the bridge."""

    def __init__(self, home: Path, namespace: str, cable: str) -> None:
        super().__init__(home, 'host = "0.0.0.0"', ("ip", "netns", "exec", namespace))
        self._cable = cable

    def plug(self, *, into_the_network: bool) -> None:
        """Plug the cable in, or pull it."""
        ip("link", "set", self._cable, "up" if into_the_network else "down")


def ip(*words: str) -> None:
    """Run `ip` (iproute2)."""
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=PATIENCE_S)


def namespaces_can_be_made() -> bool:
    """Whether this user may make network namespaces and join them."""
    mark = f"ht{os.getpid() % 100_000}"
    try:
        with contextlib.ExitStack() as stack:
            _make(stack, "link", mark, "type", "bridge")
            _make(stack, "netns", mark)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


@contextlib.contextmanager
def street_of_namespaces(folder: Path, names: Sequence[str]) -> Iterator[dict[str, Machine]]:
    """Each machine is a namespace; skips where none can be made."""
    mark = f"{os.getpid() % 100_000}"
    bridge = f"hb{mark}"
    namespaces = {name: f"hn{mark}-{number}" for number, name in enumerate(names, 1)}
    with contextlib.ExitStack() as stack:
        try:
            _make(stack, "link", bridge, "type", "bridge")
            for namespace in namespaces.values():
                _make(stack, "netns", namespace)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("network namespaces cannot be made here")
        ip("link", "set", bridge, "up")
        machines: dict[str, Machine] = {}
        for number, (name, namespace) in enumerate(namespaces.items(), 1):
            cable = f"hv{mark}-{number}"
            ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace)
            ip("link", "set", cable, "master", bridge, "up")
            ip("-n", namespace, "addr", "add", f"10.91.0.{number}/24", "brd", "+", "dev", "eth0")
            for device in ("lo", "eth0"):
                ip("-n", namespace, "link", "set", device, "up")
            ip("-n", namespace, "route", "add", "default", "dev", "eth0")
            machines[name] = Cabled(folder / name, namespace, cable)
        with ended(machines):
            yield machines


def _make(stack: contextlib.ExitStack, kind: str, name: str, *words: str) -> None:
    """Add something of `ip`, until the stack is closed."""
    ip(kind, "add", name, *words)
    stack.callback(ip, kind, "del", name)


@contextlib.contextmanager
def ended(machines: dict[str, Machine]) -> Iterator[None]:
    """Has the hubs stop well afterwards, and leaves none when something failed."""
    try:
        yield
        for machine in machines.values():
            if machine.hub is not None:
                machine.hub.stop()
    finally:
        for machine in machines.values():
            if machine.hub is not None:
                machine.hub.kill()


def until(holds: Callable[[], object], machines: dict[str, Machine]) -> None:
    """Return when it holds."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "\n".join(m.hub.log() for m in machines.values() if m.hub is not None)
        time.sleep(0.1)
