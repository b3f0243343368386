"""Why is the light on? From the state back to the words, in the running hub and after it was stopped."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.command import hearth
from tests.e2e.conftest import Run

WORDS = "turn on the kitchen light"
KINDS = ["IntentMatched", "CommandSent", "StateChanged"]


def check_story(story: dict[str, Any]) -> None:
    """It goes from `WORDS` to the light, each step caused by the one before it."""
    steps = story["steps"]
    assert [step["kind"] for step in steps] == KINDS
    assert all(before["event"] in after["causes"] for before, after in pairwise(steps))
    assert steps[0]["data"]["text"] == WORDS
    assert steps[-1]["data"]["value"] is True
    assert story["entity"] == "light.kitchen"
    told = [
        story["text"].find(part) for part in (f"'{WORDS}'", "command light.kitchen OnOff true", "light.kitchen on,")
    ]
    assert told == sorted(told) and -1 not in told, story["text"]


def test_words_to_a_running_hub_are_the_reason_also_after_it_was_stopped(run: Run, demo_home: Path) -> None:
    hub = run(demo_home, "--deaf")
    hub.wait("healthz", lambda health: health["status"] == "ok")
    status, answer = hub.post("api/v1/say", text=WORDS)
    assert (status, answer["understood"]) == (200, True)
    check_story(hub.get("api/v1/why/light.kitchen"))
    hub.stop()
    ran = hearth("home", "why", "light.kitchen", "--json", "--config", demo_home)
    assert (ran.returncode, ran.stderr) == (0, "")
    check_story(json.loads(ran.stdout))


def test_words_typed_at_the_command_line_are_the_reason(demo_home: Path) -> None:
    assert hearth("say", WORDS, "--config", demo_home).returncode == 0
    ran = hearth("home", "why", "light.kitchen", "--config", demo_home)
    assert ran.returncode == 0
    assert ran.stdout.startswith(f"Power skill (turn_on) of '{WORDS}' -> command light.kitchen OnOff true -> ")


def test_a_command_that_was_refused_is_no_reason(run: Run, demo_home: Path) -> None:
    hub = run(demo_home, "--deaf")
    hub.wait("healthz", lambda health: health["status"] == "ok")
    asked = {"entity": "lock.front_door", "trait": "Lock"}
    assert hub.post("api/v1/commands", **asked, value="locked")[0] == 200
    before = hub.get("api/v1/why/lock.front_door")
    status, answer = hub.post("api/v1/commands", **asked, value="unlocked")
    assert (status, answer["error"]["code"]) == (409, "confirmation_required")
    assert hub.get("api/v1/why/lock.front_door") == before
    assert hub.post("api/v1/commands", **asked, value="unlocked", confirmed=True)[0] == 200
    story = hub.get("api/v1/why/lock.front_door")
    assert [step["kind"] for step in story["steps"]] == ["CommandSent", "StateChanged"]
    assert "from web" in story["text"] and "lock.front_door unlocked" in story["text"]
