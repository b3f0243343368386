"""Three hubs of one home, each with its own household's hands, hold a round over their real wires."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import failed, hearth, lines_of
from tests.e2e.running import RunningHub
from tests.learning.people import seed
from tests.ports import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
HEARTH_TOML = """
[home]
name = "{name}"
[swarm]
enabled = true
name = "{name}"
port = {ports[0]}
pairing_port = {ports[1]}
bulk_port = {ports[2]}
[learning]
at = ""
"""
NAMES = ("kitchen", "attic", "cellar")


@pytest.fixture
def hubs(tmp_path: Path) -> Iterator[dict[Path, RunningHub]]:
    """Three hubs that run, paired by code, each with examples of its own."""
    ports = free_ports(9)
    running: dict[Path, RunningHub] = {}
    with contextlib.ExitStack() as stack:
        for number, name in enumerate(NAMES):
            home = tmp_path / name
            home.mkdir()
            mine = ports[3 * number : 3 * number + 3]
            (home / "hearth.toml").write_text(HEARTH_TOML.format(name=name, ports=mine))
            asyncio.run(seed(home, number))
            running[home] = RunningHub(home, "--deaf")
            stack.callback(running[home].stop)
        host, *guests = running.values()
        for guest in guests:
            host.wait("api/v1/peers", lambda told: told["peers"])
            guest.wait("api/v1/peers", lambda told: told["peers"])
            _, waiting = host.post("api/v1/peers/pair")
            address = f"127.0.0.1:{ports[1]}"
            assert guest.post("api/v1/peers/join", address=address, code=waiting["code"])[0] == 200
        for hub in running.values():
            hub.wait("api/v1/peers", lambda told: sum(bool(peer["reachable"]) for peer in told["peers"]) >= 2)
            hub.wait("api/v1/learning", lambda told: told.get("kinds"))
        yield running


def test_after_a_round_no_hub_is_worse_and_every_hub_says_so(hubs: dict[Path, RunningHub]) -> None:
    asked = next(iter(hubs))
    ran = hearth("learn", "round", "gesture", "--config", asked, "--json")
    assert ran.returncode == 0, ran.stderr
    [report] = lines_of(ran)
    assert len(report["members"]) == 3
    reports = []
    for hub in hubs.values():
        told = hub.wait("api/v1/learning", lambda told: told["kinds"][0]["last"])
        reports.append(told["kinds"][0]["last"])
    assert sum(each["bytes_sent"] for each in reports) > 0  # none from the hub that led
    assert {each["round"] for each in reports} == {report["round"]}
    assert {each["outcome"] for each in reports} <= {"merged", "own"} and report["outcome"] in ("merged", "own")
    assert all(each["held"] >= 8 and each["right"] >= each["right_before"] for each in reports)
    assert sum(each["right"] for each in reports) > sum(each["right_before"] for each in reports)
    shown = hearth("learn", "status", "--config", asked)
    assert f"round {report['round']}: {report['outcome']}" in shown.stdout
    forgets = next(reversed(hubs))
    [gone] = lines_of(hearth("learn", "forget", "--config", forgets, "--json"))
    assert gone == {"kind": "", "forgotten": 120}
    kinds = hubs[forgets].get("api/v1/learning")["kinds"]
    assert all((kind["examples"], kind["round"], kind["last"]) == (0, 0, None) for kind in kinds)
    failed(hearth("learn", "round", "songs", "--config", asked), "nothing learns 'songs'")
