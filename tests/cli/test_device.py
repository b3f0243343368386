"""`hearth device`: the integrations, and brokers that are added and removed, beside a hub that runs and without one."""

from pathlib import Path
from typing import Any

import pytest

from hub.core.settings_file import parse_settings
from tests.command import failed, hearth, lines_of


def _listed(home: Path) -> dict[str, Any]:
    ran = hearth("device", "list", "--json", "--config", home)
    assert (ran.returncode, ran.stderr) == (0, "")
    return {line["device"]: line for line in lines_of(ran)}


def test_a_broker_is_added_listed_exported_and_removed_without_a_hub(home: Path) -> None:
    before = (home / "hearth.toml").read_text()
    assert {name: line["in_use"] for name, line in _listed(home).items()} == {"mqtt": False, "virtual": True}
    added = hearth("device", "add", "mqtt", "--host", 'odd"name', "--port", "1884", "password=sesame", "timeout_s=2",
                   "--config", home)  # fmt: skip
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout == "added mqtt_added; it works when the hub starts\n"
    listed = _listed(home)["mqtt"]
    assert listed["in_use"] and "sesame" not in str(listed)
    assert [(each["instance"], each["locked"], each["config"]["timeout_s"]) for each in listed["instances"]] == [
        ("mqtt_added", False, 2.0)
    ]
    assert 'odd"name 1884' in hearth("device", "list", "--config", home).stdout
    failed(hearth("device", "add", "mqtt", "--host", 'odd"name', "--port", "1884", "--config", home), "already")
    exported = parse_settings(hearth("home", "export", "--config", home).stdout)
    assert not [problem for problem in exported.problems if "mqtt" in problem.message]
    assert [(broker.host, broker.password) for broker in exported.settings.mqtt] == [('odd"name', "sesame")]
    assert hearth("device", "remove", "mqtt_added", "--config", home).stdout == "removed mqtt_added\n"
    assert not _listed(home)["mqtt"]["in_use"]
    failed(hearth("device", "remove", "mqtt_added", "--config", home), "no device")
    assert (home / "hearth.toml").read_text() == before


def test_what_is_no_device_is_not_kept(home: Path) -> None:
    usage: tuple[tuple[str, ...], ...] = (("mqtt", "--port", "99999"), ("mqtt", "host"))
    for wrong in usage:
        ran = hearth("device", "add", *wrong, "--config", home)
        assert (ran.returncode, ran.stdout) == (2, "")
    for refused in (("zigbee",), ("mqtt", "port=many")):
        failed(hearth("device", "add", *refused, "--config", home))
    assert not _listed(home)["mqtt"]["in_use"]
    failed(hearth("device", "remove", "virtual", "--config", home), "hearth.toml decides")


BRIDGE = """
from msgspec import Struct
from hub.sdk import Device

device = Device()

class Config(Struct):
    host: str
    port: int = 80

@device.connect(Config)
async def connect(ctx, config):
    yield
"""


@pytest.mark.sealed
def test_what_is_wrong_with_an_integration_of_ones_own_is_told(home: Path) -> None:
    for name, code in (("sound", BRIDGE), ("broken", "def x(:")):
        folder = home / "devices" / name
        folder.mkdir(parents=True)
        (folder / "device.toml").write_text(f'id = "{name}"\nname = "B"\nversion = "1"\napi = 1\n')
        (folder / "integration.py").write_text(code)
    failed(hearth("device", "add", "new", "--config", home), "there are: ", "finds new ones when it starts")
    wrong = hearth("device", "add", "sound", "host=1", "prot=81", "--config", home)
    failed(wrong, "prot: there is no such field (there are: host, port)")
    failed(hearth("device", "add", "broken", "--config", home), f"{folder / 'integration.py'}:1: SyntaxError")
    listed = hearth("device", "list", "--config", home).stdout
    [line] = [line for line in listed.splitlines() if line.startswith("broken")]
    assert f"{folder / 'integration.py'}:1: SyntaxError" in line
