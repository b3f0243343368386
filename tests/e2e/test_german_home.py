"""A home that speaks German goes by text, and nothing is wrong with it."""

import time
from pathlib import Path

from tests.demo_home import demo_folder
from tests.e2e.running import PATIENCE_S, RunningHub


def test_a_home_in_a_language_that_is_not_heard_is_well_and_goes_by_text(tmp_path: Path) -> None:
    home = demo_folder(tmp_path / "home")
    settings = home / "hearth.toml"
    settings.write_text(settings.read_text().replace('language = "en"', 'language = "de"', 1))
    hub = RunningHub(home)
    try:
        until = time.monotonic() + PATIENCE_S
        while "the hub does not hear" not in hub.log():  # its ears have been looked for
            assert time.monotonic() < until, hub.log()
            time.sleep(0.05)
        health = hub.wait("healthz", lambda told: told["status"] != "starting")
        assert (health["status"], health["listening"], health["problems"]) == ("ok", False, {})
        status, said = hub.post("api/v1/say", text="schalte das Küchenlicht ein")
        assert status == 200 and said["understood"]
    finally:
        hub.stop()
