"""`hearth doctor`: what is broken here, and the step that mends it."""

import socket
from pathlib import Path

from tests.command import failed, hearth, lines_of


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
