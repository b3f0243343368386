"""`hearth doctor`: what is broken here, and the step that mends it."""

import asyncio
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from hub.cli.doctor.checks import examine
from hub.cli.doctor.finding import Finding
from hub.core.paths import HomePaths
from hub.core.settings import SatelliteSettings
from hub.core.settings_file import parse_settings
from hub.media import devices
from hub.store.database import Database
from hub.store.home_table import HomeTable
from tests.command import failed, hearth, lines_of
from tests.e2e.running import RunningHub


def test_it_tells_what_is_broken_and_how_to_mend_it(home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = probe.getsockname()[1]
    with (home / "hearth.toml").open("a") as file:
        file.write(f"\n[[mqtt]]\nport = {nobody}\n\n[web]\nprot = 80\n")
    ran = hearth("doctor", "--json", "--config", home)
    failed(ran, "broken: ", "settings", f"broker 127.0.0.1:{nobody}")
    found = {line["check"]: line for line in lines_of(ran)}
    assert {"python", "disk", "speech out", "microphone", "plugins", "web port", "store", "sealed workers"} <= set(
        found
    )
    assert {line["level"] for line in found.values()} <= {"ok", "absent", "broken"}
    assert all(line["mend"] for line in found.values() if line["level"] == "broken")
    settings = found["settings"]
    assert settings["detail"].startswith(f"{home / 'hearth.toml'}:") and settings["mend"] == "did you mean 'port'?"
    assert found[f"broker 127.0.0.1:{nobody}"]["level"] == "broken"


def test_its_exit_code_is_its_verdict() -> None:
    ran = hearth("doctor", "--config", "demo")
    marks = {line[0] for line in ran.stdout.splitlines() if not line.startswith(" ")}
    assert marks <= {"✓", "-", "✗"}
    assert ran.returncode == len(ran.stderr.splitlines()) == int("✗" in marks)


async def _set_in_the_app(home: Path, **settings: Any) -> None:
    database = await Database.open(home / "hearth.db")
    rows = [("setting", f"toml.{key.replace('__', '.')}", value) for key, value in settings.items()]
    await HomeTable(database).change_rows(rows)
    await database.close()


def _of(findings: list[Finding], check: str) -> list[Finding]:
    return [finding for finding in findings if finding.check == check]


async def test_it_judges_what_was_set_in_the_app_and_says_where_it_stands(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "microphones", list)
    monkeypatch.setenv("PATH", "")
    await _set_in_the_app(home, voice__microphone=True, voice__tts="espeak-ng", voice__silence_ms=5, swarm__name="Mill")
    findings = await examine(HomePaths(home))
    (microphone,) = _of(findings, "microphone")
    assert microphone.level == "broken" and "'Microphone' of the app's settings is on" in microphone.detail
    assert "set 'Microphone' to false in the app's settings" in microphone.mend
    (voice,) = _of(findings, "speech out")
    assert voice.level == "absent" and "'Engine that speaks' of the app's settings wants espeak-ng" in voice.detail
    _, unfit, told = _of(findings, "settings")
    assert unfit.level == "broken" and "kept in the app: voice.silence_ms" in unfit.detail
    assert told.detail == "made in the app: swarm.name, voice.microphone, voice.tts"
    with (home / "hearth.toml").open("a") as file:
        file.write("\n[voice]\nmicrophone = true\n")
    (microphone,) = _of(await examine(HomePaths(home)), "microphone")
    assert "[voice] microphone of hearth.toml is on" in microphone.detail
    assert microphone.mend.endswith("set [voice] microphone = false")


async def test_a_setting_of_the_app_that_the_file_overrules_is_not_judged(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "microphones", list)
    await _set_in_the_app(home, voice__microphone=True)
    with (home / "hearth.toml").open("a") as file:
        file.write("\n[voice]\nmicrophone = false\n")
    findings = await examine(HomePaths(home))
    assert [finding.level for finding in _of(findings, "microphone")] == ["absent"]
    assert "made in the app" not in " ".join(finding.detail for finding in findings)


def test_a_store_that_cannot_be_read_is_told_and_the_file_is_judged(home: Path) -> None:
    (home / "hearth.db").write_bytes(b"no database at all" * 100)
    findings = asyncio.run(examine(HomePaths(home)))
    ok, unread = _of(findings, "settings")
    assert (ok.level, unread.level) == ("ok", "broken") and unread.mend
    assert not (home / "hearth.db").read_bytes().startswith(b"no database")


async def test_a_satellite_that_was_added_is_asked_too_and_stands_in_what_is_exported(home: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        database = await Database.open(home / "hearth.db")
        about = SatelliteSettings(name="shelf", host="127.0.0.1", port=port, area="kitchen")
        await HomeTable(database).set_row("satellite", about.name, about)
        await database.close()
        (found,) = _of(await examine(HomePaths(home)), "satellite shelf")
    assert found.level == "broken" and "added in the app, under Devices" in found.detail
    ran = await asyncio.to_thread(hearth, "home", "export", "--config", home)
    assert parse_settings(ran.stdout).settings.satellite == (about,)


async def test_a_home_that_speaks_german_is_told_what_it_lacks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "flite" else None)
    assert _of(await examine(HomePaths(home)), "hearing") == []
    await _set_in_the_app(home, home__language="de")
    findings = await examine(HomePaths(home))
    (hearing,), (voice,) = _of(findings, "hearing"), _of(findings, "speech out")
    assert hearing.level == "absent" and "speech in 'de'" in hearing.detail and "type and read" in hearing.mend
    assert voice.level == "absent" and "flite speaks English only" in voice.detail and "espeak-ng" in voice.mend


async def test_a_broker_that_was_added_and_does_not_answer_is_broken(home: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        ran = await asyncio.to_thread(
            hearth, "device", "add", "mqtt", "--host", "127.0.0.1", f"port={port}", "--config", home
        )
        assert ran.returncode == 0, ran.stderr
        (found,) = _of(await examine(HomePaths(home)), "device mqtt_added")
    assert found.level == "broken" and f"127.0.0.1:{port} cannot be reached" in found.detail and found.mend


def test_beside_a_hub_that_runs_it_says_what_that_says_of_its_devices(home: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        with (home / "hearth.toml").open("a") as file:
            file.write("\n[swarm]\nenabled = false\n")
        hub = RunningHub(home, "--deaf")
        try:
            body = {"integration": "mqtt", "config": {"host": "127.0.0.1", "port": port}}
            assert hub.post("api/v1/devices", **body)[0] == 200
            hub.wait("api/v1/devices", lambda told: any(device["trouble"] for device in told["devices"]))
            ran = hearth("doctor", "--json", "--config", home)
        finally:
            hub.kill()
    found = {line["check"]: line for line in lines_of(ran)}
    assert found["device mqtt_added"]["level"] == "broken"
    assert f"127.0.0.1:{port}" in found["device mqtt_added"]["detail"] and ran.returncode == 1
    assert found["device virtual"]["level"] == "ok"


async def test_a_wake_word_that_nobody_knows_is_broken(home: Path) -> None:
    with (home / "hearth.toml").open("a") as file:
        file.write('\n[[wake]]\nmodel = "hey_computer"\n')
    (found,) = _of(await examine(HomePaths(home)), "hearing")
    assert found.level == "broken" and "'hey_computer' ([[wake]])" in found.detail and "hey_jarvis" in found.mend
