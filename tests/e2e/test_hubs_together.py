"""Three hubs find each other, are paired by code, and are one home.

Each has a machine of its own, which is a network namespace where such can be made; elsewhere all are on one machine, on
ports of their own. There is no cable between ports, so there the part in which it is pulled is left out.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.running import PATIENCE_S
from tests.e2e.street import Cabled, Machine, Street, namespaces_can_be_made, street_of_namespaces, until
from tests.e2e.street_of_ports import street_of_ports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
NAMES = ("kitchen", "attic", "cellar")


def pair(host: Machine, guest: Machine) -> None:
    """The guest finds the host, and is told the code."""
    command = [*host.inside, sys.executable, "-m", "hub.cli", "peer", "pair", "--json", "--config", str(host.home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
        try:
            assert waiting.stdout is not None
            code = json.loads(waiting.stdout.readline())["code"]
            joined = guest.join(host, code)
            assert joined.returncode == 0, joined.stderr
            assert waiting.wait(PATIENCE_S) == 0
        finally:
            waiting.kill()


def part_and_heal(kitchen: Machine, attic: Cabled, cellar: Machine) -> None:
    """The network parts, both sides go on, and it heals."""
    machines = {"kitchen": kitchen, "attic": attic, "cellar": cellar}
    attic.plug(into_the_network=False)
    until(lambda: kitchen.reachable() == {"cellar"}, machines)
    assert attic.run("home", "set", "light.attic", "on").returncode == 0
    assert kitchen.run("home", "set", "light.kitchen", "on").returncode == 0
    attic.plug(into_the_network=True)
    until(lambda: all(len(m.reachable()) == 2 for m in machines.values()), machines)
    until(lambda: cellar.entity("light.attic")["traits"]["OnOff"], machines)


@pytest.fixture
def street() -> Street:
    return street_of_namespaces if namespaces_can_be_made() else street_of_ports


def test_three_hubs_are_discovered_paired_by_code_and_act_as_one(street: Street, tmp_path: Path) -> None:
    with street(tmp_path, NAMES) as machines:
        kitchen, attic, cellar = machines.values()
        for machine in machines.values():
            machine.start("--deaf")
        pair(kitchen, attic)
        pair(kitchen, cellar)
        until(lambda: all(len(m.reachable()) == 2 for m in machines.values()), machines)

        # All see all, and commands go to whoever has the thing.
        until(lambda: attic.entity("light.cellar").get("available"), machines)
        assert attic.entity("light.cellar")["hub"] == "cellar"
        assert attic.run("home", "set", "light.cellar", "on").returncode == 0
        until(lambda: kitchen.entity("light.cellar")["traits"]["OnOff"], machines)
        lights = [e for e in kitchen.lines("home") if e["name"].endswith(" light")]
        assert {e["name"] for e in lights} == {"kitchen light", "attic light", "cellar light"}
        assert len({e["entity"] for e in lights}) == 3

        # One is killed: its things are away, and come back with it.
        assert cellar.hub is not None
        cellar.hub.kill()
        until(lambda: not kitchen.entity("light.cellar")["available"], machines)
        assert "cannot be reached" in kitchen.run("home", "set", "light.cellar", "off").stderr
        cellar.start("--deaf")
        until(lambda: kitchen.entity("light.cellar")["available"], machines)

        if isinstance(attic, Cabled):
            part_and_heal(kitchen, attic, cellar)

        # One hangs and wakes; one is removed, and is out at once.
        attic.hub.signal(signal.SIGSTOP)  # type: ignore[union-attr]
        until(lambda: kitchen.reachable() == {"cellar"}, machines)
        attic.hub.signal(signal.SIGCONT)  # type: ignore[union-attr]
        until(lambda: len(kitchen.reachable()) == 2, machines)
        assert kitchen.run("peer", "remove", "cellar").returncode == 0
        until(lambda: attic.reachable() == {"kitchen"} and not attic.entity("light.cellar"), machines)
