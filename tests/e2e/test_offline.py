"""The hub where there is no network at all: it starts, hears and answers; and what needs a network says so."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.bundled import bundled
from tests.command import hearth, lines_of
from tests.e2e.running import HEARS, RunningHub
from tests.ports import free_port

pytestmark = list(HEARS[1:])  # without `sealed`: where a namespace may not be made, CI too goes without
ALONE = ("unshare", "--net")
LOOPBACK = "ip link set lo up"
A_NETWORK = (
    f"{LOOPBACK}; ip link add name home0 type veth peer name home1; ip addr add 10.77.0.1/24 dev home0; "
    "ip link set home0 up; ip link set home1 up"
)
CLIP = bundled("config") / "demo" / "clips" / "01_light_on.flac"
_SAY = """
import sys, urllib.request
asked = urllib.request.Request(sys.argv[1], sys.argv[2].encode(), {"Content-Type": "application/json"})
print(urllib.request.urlopen(asked, timeout=60).read().decode())
"""


@pytest.fixture(scope="module", autouse=True)
def may_be_alone() -> None:
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("unshare (util-linux) or ip (iproute2) is not installed")
    tried = subprocess.run(
        [*ALONE, "sh", "-c", f"{A_NETWORK} && ip link set lo down"], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"a network namespace may not be made here: {tried.stderr.strip()}")


@pytest.fixture
def open_home(demo_home: Path) -> Path:
    """A home that is open to a network."""
    with (demo_home / "hearth.toml").open("a") as file:
        file.write(f'\n[wyoming]\nenabled = true\nhost = "0.0.0.0"\nport = {free_port()}\n')
    return demo_home


@pytest.fixture
def hub(open_home: Path, request: pytest.FixtureRequest) -> Iterator[RunningHub]:
    """It runs in a network namespace of its own that `request.param` sets up."""
    made = RunningHub(open_home, inside=[*ALONE, "sh", "-c", f'{request.param} && exec "$@"', "sh"])
    yield made
    made.stop()


def beside(hub: RunningHub, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in the hub's network namespace."""
    inside = ["nsenter", "--target", str(hub.pid), "--net", *command]
    return subprocess.run(inside, capture_output=True, text=True, timeout=100, check=False)


def say(hub: RunningHub, text: str) -> Any:
    """What the hub answers to `text`."""
    ran = beside(hub, sys.executable, "-c", _SAY, f"{hub.url}api/v1/say", json.dumps({"text": text}))
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)["reply"]


def test_a_file_is_heard_and_answered_with_no_interface_up() -> None:
    ran = hearth("hear", "--json", "--config", "demo", CLIP, inside=ALONE)
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = lines_of(ran)
    assert [line["event"] for line in lines] == ["wake", "speech", "intent", "command", "reply", "end"]
    assert lines[-2]["text"] == "Turned on the kitchen light."


@pytest.mark.parametrize("hub", [LOOPBACK], indirect=True, ids=["loopback"])
def test_a_hub_runs_on_loopback_alone(hub: RunningHub) -> None:
    assert say(hub, "turn on the kitchen light") == "Turned on the kitchen light."


@pytest.mark.parametrize("hub", [A_NETWORK], indirect=True, ids=["network"])
def test_on_a_network_an_open_hub_is_found(hub: RunningHub) -> None:
    found = beside(hub, sys.executable, "-m", "hub.cli", "device", "discover", "--json", "--seconds", "2")
    assert found.returncode == 0, found.stderr
    [one] = [json.loads(line) for line in found.stdout.splitlines()]
    assert (one["kind"], one["name"], one["host"]) == ("wyoming", "Demo home", "10.77.0.1")


def test_what_needs_a_network_says_that_there_is_none() -> None:
    ran = hearth("device", "discover", "--seconds", "0.1", inside=ALONE)
    assert (ran.returncode, ran.stdout) == (1, "")
    [line] = ran.stderr.splitlines()
    assert "is there a network?" in line
