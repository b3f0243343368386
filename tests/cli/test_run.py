"""`hearth run` as a process of its own: it starts, answers, and stops at any moment without leaving anything behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.store.sqlite_file import check_file
from tests.demo_home import demo_folder

_PATIENCE_S = 60
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return demo_folder(tmp_path / "home")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `hearth run --deaf` with a process group and temporary folder of its own; kills what is left."""
    (tmp_path / "tmp").mkdir()
    started: list[subprocess.Popen[str]] = []

    def run(config: Path | str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", "run", "--deaf", "--port", "0", "--config", str(config)],
            stdout=subprocess.PIPE, stderr=(tmp_path / "log").open("w"), text=True, start_new_session=True,
            env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _url(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().split()[-1]


def _nothing_runs(process: "subprocess.Popen[str]") -> None:
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_answers_there_and_stops(start: Start, home: Path, number: signal.Signals) -> None:
    process = start(home)
    with urllib.request.urlopen(f"{_url(process)}healthz", timeout=_PATIENCE_S) as answer:
        health = json.load(answer)
    assert (health["status"], health["listening"], health["problems"]) == ("ok", False, {})
    process.send_signal(number)
    assert process.wait(_PATIENCE_S) == 0
    _nothing_runs(process)
    assert check_file(home / "hearth.db") == []


@pytest.mark.parametrize("delay", [0.1, 0.25, 0.4, 0.6, 0.8])
def test_stopping_while_it_starts_is_clean(start: Start, home: Path, tmp_path: Path, delay: float) -> None:
    process = start(home)
    time.sleep(delay)
    process.terminate()
    time.sleep(0.01)
    process.terminate()  # as `timeout` and impatient people do
    # -SIGTERM and 130: before there was anything to clean up.
    assert process.wait(_PATIENCE_S) in (0, 130, -signal.SIGTERM)
    _nothing_runs(process)
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert not (home / "hearth.db").exists() or check_file(home / "hearth.db") == []


def test_the_copy_of_the_demo_home_goes_with_the_hub(start: Start, tmp_path: Path) -> None:
    process = start("demo")
    _url(process)
    assert [path.name.startswith("hearth-demo-") for path in (tmp_path / "tmp").iterdir()] == [True]
    process.terminate()
    assert process.wait(_PATIENCE_S) == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def _hearth(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "hub.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)


def test_commands_beside_a_running_hub_are_its_own(home: Path, start: Start) -> None:
    url = _url(start(home))
    asked = _hearth("home", "set", "light.kitchen", "on", "--config", str(home), "--json")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert json.loads(asked.stdout) == {
        "event": "command", "entity": "light.kitchen", "trait": "OnOff", "value": True, "ok": True,
    }  # fmt: skip
    with urllib.request.urlopen(f"{url}api/v1/entities/light.kitchen") as answer:
        assert json.load(answer)["traits"]["OnOff"] is True
    said = _hearth("say", "turn off the kitchen light", "--config", str(home), "--json")
    assert [json.loads(line)["event"] for line in said.stdout.splitlines()] == ["intent", "command", "reply"]
    with urllib.request.urlopen(f"{url}api/v1/entities/light.kitchen") as answer:
        assert json.load(answer)["traits"]["OnOff"] is False
    refused = _hearth("home", "set", "light.nothing", "on", "--config", str(home))
    assert refused.returncode == 1
    assert "there is no light.nothing" in refused.stderr
    risky = _hearth("home", "set", "cover.garage_door", "100", "--config", str(home))
    assert risky.returncode == 1
    assert "--yes" in risky.stderr
    added = _hearth("device", "add", "mqtt", "--port", "1", "--config", str(home))
    assert added.stdout == "added mqtt_added; it works from now on\n", added.stderr
    with urllib.request.urlopen(f"{url}api/v1/devices") as answer:
        assert [device["instance"] for device in json.load(answer)["devices"]] == ["virtual", "mqtt_added"]
    again = _hearth("device", "add", "mqtt", "--port", "1", "--config", str(home))
    assert again.returncode == 1
    assert "already" in again.stderr
    assert _hearth("device", "remove", "mqtt_added", "--config", str(home)).stdout == "removed mqtt_added\n"


def test_two_hubs_do_not_run_over_one_home(home: Path, start: Start) -> None:
    url = _url(start(home))
    second = _hearth("run", "--deaf", "--port", "0", "--config", str(home))
    assert second.returncode == 2
    assert f"it is at {url}" in second.stderr


def _health(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{url}healthz", timeout=_PATIENCE_S) as answer:
            return json.load(answer)  # type: ignore[no-any-return]
    except OSError:
        return {"status": "away", "run": ""}


def _restart(url: str) -> tuple[int, dict[str, Any]]:
    request = urllib.request.Request(f"{url}api/v1/restart", b"{}", {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def test_it_begins_anew_at_the_same_address_with_other_settings(start: Start, home: Path, tmp_path: Path) -> None:
    process = start(home)
    url = _url(process)
    settings = home / "hearth.toml"
    good = settings.read_text()
    settings.write_text(good + "\n[web]\nhost = '0.0.0.0'\n")
    status, refusal = _restart(url)  # it would not come up again
    assert (status, refusal["error"]["code"]) == (422, "settings")
    assert "tls" in refusal["error"]["remedy"]
    settings.write_text(good)
    before = _health(url)
    status, told = _restart(url)
    assert (status, told["run"]) == (200, before["run"])
    until = time.monotonic() + _PATIENCE_S
    while (now := _health(url))["status"] != "ok" or now["run"] == before["run"]:
        assert process.poll() is None and time.monotonic() < until, (tmp_path / "log").read_text()
        time.sleep(0.05)
    process.terminate()
    assert process.wait(_PATIENCE_S) == 0
    assert process.stdout is not None
    assert process.stdout.read() == ""  # the address is said once
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log and log.count("the hub starts again") == 1
    assert check_file(home / "hearth.db") == []
