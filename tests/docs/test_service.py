"""The service unit starts a command that there is, with options that it has."""

import shutil
import subprocess

import pytest
from click.testing import CliRunner

from hub.cli.main import cli
from tests.docs.markdown import ROOT

UNIT = ROOT / "config" / "hearth.service"


def _values(key: str) -> list[str]:
    lines = UNIT.read_text("utf-8").splitlines()
    return [line.partition("=")[2] for line in lines if line.partition("=")[0] == key]


def test_the_command_is_one_of_the_hub() -> None:
    (start,) = _values("ExecStart")
    program, *arguments = start.split()
    assert program.endswith("/.venv/bin/hearth")
    assert CliRunner().invoke(cli, [*arguments, "--help"]).exit_code == 0
    assert f"/var/lib/{_values('StateDirectory')[0]}" in arguments


def test_nothing_outside_the_home_may_be_reached() -> None:
    assert _values("IPAddressDeny") == ["any"]
    allowed = " ".join(_values("IPAddressAllow")).split()
    assert "localhost" in allowed
    assert "any" not in allowed


def test_systemd_understands_the_unit() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    command = ["systemd-analyze", "verify", "--man=no", str(UNIT)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stderr
    complaints = [line for line in said.splitlines() if "hearth" in line and "not executable" not in line]
    assert complaints == []
