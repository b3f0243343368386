"""`hearth peer` between real processes: hubs that run, and homes where none does."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import failed, hearth, lines_of
from tests.ports import free_ports

_PATIENCE_S = 60.0
Process = subprocess.Popen[str]


def make_home(folder: Path, name: str) -> Path:
    mesh, pairing, bulk = free_ports(3)
    folder.mkdir()
    (folder / "hearth.toml").write_text(
        f'[swarm]\nenabled = true\nname = "{name}"\nport = {mesh}\npairing_port = {pairing}\nbulk_port = {bulk}\n'
    )
    return folder


@pytest.fixture
def kitchen(tmp_path: Path) -> Path:
    return make_home(tmp_path / "kitchen", "kitchen")


@pytest.fixture
def attic(tmp_path: Path) -> Path:
    return make_home(tmp_path / "attic", "attic")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    """Starts `hearth ...`; ends what is left."""
    started: list[Process] = []

    def run(*arguments: str | Path) -> Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=(tmp_path / "log").open("a"), text=True, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def line_of(process: Process) -> dict[str, Any]:
    """Its next line of JSON."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _PATIENCE_S)
    assert ready, "it says nothing"
    line = process.stdout.readline()
    assert line, "it ended"
    found: dict[str, Any] = json.loads(line)
    return found


def running(start: Any, home: Path) -> Process:
    process: Process = start("run", "--deaf", "--port", "0", "--config", home)
    assert process.stdout is not None
    process.stdout.readline()  # its address
    until = time.monotonic() + _PATIENCE_S
    while hearth("peer", "list", "--config", home).returncode and time.monotonic() < until:
        time.sleep(0.1)
    return process


def names(home: Path) -> set[str]:
    ran = hearth("peer", "list", "--json", "--config", home)
    assert ran.returncode == 0, ran.stderr
    return {line["name"] for line in lines_of(ran)}


def pair(start: Any, host: Path, guest: Path) -> None:
    waiting = start("peer", "pair", "--json", "--config", host)
    shown = line_of(waiting)
    assert (shown["event"], shown["stage"], len(shown["code"])) == ("pairing", "waiting", 6)
    wrong = f"{(int(shown['code']) + 1) % 10**6:06}"
    failed(hearth("peer", "pair", shown["addresses"][0], wrong, "--config", guest), "code is not the one")
    joined = hearth("peer", "pair", shown["addresses"][0], shown["code"], "--json", "--config", guest)
    assert joined.returncode == 0, joined.stderr
    [line] = lines_of(joined)
    assert (line["event"], line["name"]) == ("paired", "kitchen")
    told = line_of(waiting)
    assert (told["event"], told["name"]) == ("paired", "attic")
    assert waiting.wait(_PATIENCE_S) == 0


def test_two_running_hubs_pair_and_part(start: Any, kitchen: Path, attic: Path) -> None:
    hubs = [running(start, home) for home in (kitchen, attic)]
    pair(start, kitchen, attic)
    assert names(kitchen) == names(attic) == {"kitchen", "attic"}
    for hub in hubs:
        hub.terminate()
        assert hub.wait(_PATIENCE_S) == 0
    assert names(kitchen) == names(attic) == {"kitchen", "attic"}  # it is on the disk
    running(start, kitchen)
    removed = hearth("peer", "remove", "attic", "--json", "--config", kitchen)
    assert [(line["event"], line["name"]) for line in lines_of(removed)] == [("removed", "attic")]
    assert names(kitchen) == {"kitchen"}
    assert b"PRIVATE" not in (kitchen / "swarm" / "fabric.json").read_bytes()


def test_where_no_hub_runs_the_command_does_it(start: Any, kitchen: Path, attic: Path) -> None:
    pair(start, kitchen, attic)
    assert names(attic) == {"kitchen", "attic"}
    left = hearth("peer", "remove", "attic", "--config", attic)
    assert (left.returncode, left.stdout) == (0, "this hub left the home\n")
    assert names(attic) == {"attic"}


def test_a_person_reads_what_to_type(start: Any, kitchen: Path) -> None:
    waiting = start("peer", "pair", "--config", kitchen)
    assert waiting.stdout is not None
    line = waiting.stdout.readline()
    assert line.startswith("On the other hub, within three minutes:  hearth peer pair 127.0.0.1:")
    waiting.send_signal(signal.SIGINT)
    assert waiting.wait(_PATIENCE_S) == 130
    assert len(names(kitchen)) == 1


def test_a_hub_that_was_not_told_to_see_others(start: Any, tmp_path: Path) -> None:
    home = tmp_path / "alone"
    home.mkdir()
    shutil.copy(Path(__file__).parents[2] / "config" / "demo" / "hearth.toml", home)
    process = start("run", "--deaf", "--port", "0", "--config", home)
    assert process.stdout is not None
    process.stdout.readline()
    failed(hearth("peer", "list", "--config", home), "enabled = true")
    assert not (home / "swarm").exists()


def test_wrong_usage(kitchen: Path) -> None:
    failed(hearth("peer", "pair", "127.0.0.1:1", "12", "--config", kitchen), "6 digits", code=2)
    failed(hearth("peer", "pair", "nowhere at all:x", "123456", "--config", kitchen), "is no address", code=2)
    failed(hearth("peer", "pair", "8.8.8.8", "123456", "--config", kitchen), "outside the home")
    failed(hearth("peer", "remove", "cellar", "--config", kitchen), "no hub of this home is")
    failed(hearth("peer", "remove", "7K3M-9QF2-XA4D-00", "--config", kitchen), "slip", code=2)
