"""`hearth say`: the same lines as hearing gives from `intent` on, and how it went as the exit code."""

from pathlib import Path

import pytest

from tests.command import failed, hearth, lines_of


def test_what_is_understood_is_told_line_by_line(home: Path) -> None:
    ran = hearth("say", "--json", "--config", home, "turn on the kitchen light and dim it to 40 percent")
    assert (ran.returncode, ran.stderr) == (0, "")
    power, on, brightness, dimmed, reply = lines_of(ran)
    light = "light.kitchen"
    assert power == {"event": "intent", "name": "power.turn_on", "slots": {"value": True}, "target": [light]}
    assert on == {"event": "command", "entity": light, "trait": "OnOff", "value": True, "ok": True}
    assert (brightness["name"], brightness["slots"]) == ("lights.brightness", {"percent": 40})
    assert dimmed == {"event": "command", "entity": light, "trait": "Level", "value": 40, "ok": True}
    assert reply == {"event": "reply", "text": "Turned on the kitchen light. Set the kitchen light to 40 percent."}


def test_the_area_says_which_light() -> None:
    ran = hearth("say", "--json", "--config", "demo", "--area", "bedroom", "turn on the light")
    assert [line["target"] for line in lines_of(ran) if line["event"] == "intent"] == [["light.bedroom"]]


@pytest.mark.parametrize(
    ("text", "reason"), [("turn on the attic light", "unknown_name"), ("purple bananas sing", "not_understood")]
)
def test_what_is_not_understood_is_a_failure(home: Path, text: str, reason: str) -> None:
    ran = hearth("say", "--json", "--config", home, text)
    failed(ran, reason.replace("_", " "), text)
    missed, reply = lines_of(ran)
    assert missed == {"event": "not_understood", "text": text, "reason": reason}
    assert reply["event"] == "reply" and reply["text"]


def test_what_is_understood_and_not_done_is_a_failure(home: Path) -> None:
    ran = hearth("say", "--json", "--config", home, "broken scene")
    failed(ran, "scene.broken", "there is no light.attic")
    _, command, reply = lines_of(ran)
    assert (command["ok"], command["code"]) == (False, "command_failed")
    assert "there is no light.attic" in command["reason"]
    assert reply["text"] == "The broken scene did not do it."


def test_a_question_is_an_answer_and_changes_nothing(home: Path) -> None:
    ran = hearth("say", "--config", home, "unlock the front door")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Do you really want me to do this: unlock the front door?" in ran.stdout
    assert "command" not in ran.stdout
