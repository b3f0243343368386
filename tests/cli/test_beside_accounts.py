"""Commands beside a hub that runs and has an owner: who can read the home's files needs no password."""

import contextlib
import json
import os
import signal
import ssl
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import failed, hearth, lines_of

OWNER = {"name": "Ann", "password": "correct horse"}


@pytest.fixture(params=["", "[web]\ntls = true\n"], ids=["http", "https"])
def owned(request: pytest.FixtureRequest, home: Path, tmp_path: Path) -> Iterator[str]:
    """A hub that runs over `home`, which has an owner: its URL."""
    with (home / "hearth.toml").open("a") as settings:
        settings.write(request.param)
    process = subprocess.Popen(
        [sys.executable, "-m", "hub.cli", "run", "--deaf", "--port", "0", "--config", str(home)],
        stdout=subprocess.PIPE, stderr=(tmp_path / "log").open("w"), text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        url = process.stdout.readline().split()[-1]
        headers = {"Content-Type": "application/json"}
        setup = urllib.request.Request(f"{url}api/v1/setup", json.dumps(OWNER).encode(), headers)
        with urllib.request.urlopen(setup, context=_trusting(home, url)) as answer:
            assert json.load(answer)["role"] == "owner"
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
        process.stdout.close()


def _trusting(home: Path, url: str) -> ssl.SSLContext | None:
    """The home's own authority, and no other."""
    return ssl.create_default_context(cafile=str(home / "web" / "ca.crt")) if url.startswith("https:") else None


def test_the_homes_own_commands_are_let_in(home: Path, owned: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{owned}api/v1/home", context=_trusting(home, owned))
    assert caught.value.code == 401
    caught.value.close()
    token = home / "web" / "command.token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600

    done = hearth("home", "set", "light.kitchen", "on", "--config", home, "--json")
    assert lines_of(done)[0]["ok"] is True, done.stderr
    light = next(line for line in lines_of(hearth("home", "--config", home, "--json")) if line["kind"] == "light")
    assert light["traits"]["OnOff"] is True
    said = hearth("say", "turn off the kitchen light", "--config", home, "--json")
    assert said.returncode == 0, said.stderr
    assert any(line["event"] == "command" and line["value"] is False for line in lines_of(said))
    kinds = [line["kind"] for line in lines_of(hearth("learn", "status", "--config", home, "--json"))]
    assert "gesture" in kinds

    secret = home.parent / "secret"
    secret.write_text("battery staple\n")
    for change in (("add", "Bob", "--role", "guest"), ("password", "ann")):
        done = hearth("account", *change, "--password-file", secret, "--config", home)
        assert done.returncode == 0, done.stderr
    accounts = lines_of(hearth("account", "list", "--config", home, "--json"))
    assert [(each["name"], each["role"]) for each in accounts] == [("Ann", "owner"), ("Bob", "guest")]
    failed(hearth("account", "remove", "Ann", "--config", home), "keeps an owner")

    token.write_text("hearth_" + "x" * 43)
    failed(hearth("home", "--config", home), "log in first")
    token.chmod(0o644)
    failed(hearth("home", "--config", home), "chmod 600")
