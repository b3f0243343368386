"""`hearth device`: the integrations, and a broker that is added."""

from pathlib import Path

from hub.core.settings_file import load_settings
from tests.command import hearth, lines_of


def test_integrations_are_listed_with_their_use(home: Path) -> None:
    def in_use() -> dict[str, bool]:
        ran = hearth("device", "list", "--json", "--config", home)
        assert (ran.returncode, ran.stderr) == (0, "")
        return {line["device"]: line["in_use"] for line in lines_of(ran)}

    assert in_use() == {"mqtt": False, "virtual": True}
    added = hearth("device", "add", "mqtt", "--host", 'odd"name', "--port", "1884", "--config", home)
    assert (added.returncode, added.stderr) == (0, "")
    assert in_use() == {"mqtt": True, "virtual": True}
    loaded = load_settings(home / "hearth.toml")
    assert loaded.problems == ()
    assert [(broker.host, broker.port) for broker in loaded.settings.mqtt] == [('odd"name', 1884)]
    again = hearth("device", "add", "mqtt", "--host", 'odd"name', "--port", "1884", "--config", home)
    assert again.returncode == 0 and "already" in again.stdout
    assert load_settings(home / "hearth.toml") == loaded


def test_what_is_no_broker_is_not_written(home: Path) -> None:
    before = (home / "hearth.toml").read_text()
    for wrong in (("mqtt", "--port", "99999"), ("mqtt", "--port", "0"), ("zigbee",), ()):
        ran = hearth("device", "add", *wrong, "--config", home)
        assert (ran.returncode, ran.stdout) == (2, "")
    assert (home / "hearth.toml").read_text() == before
