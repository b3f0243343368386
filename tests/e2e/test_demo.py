"""`hearth demo` is the product's promise: every clip of its story is heard, understood, done and answered."""

from typing import Any

import pytest

from hub.cli.demo.story import Clip, story
from tests.command import hearth, lines_of
from tests.e2e.running import HEARS

pytestmark = [pytest.mark.alone, pytest.mark.slow, *HEARS[:2]]

TOGETHER = ("paired", "answered", "commanded", "learnt")


def missing(clip: Clip, lines: list[dict[str, Any]]) -> list[str]:
    """What there should be among the lines of a clip, and is not."""
    seen = [line for line in lines if line["event"] in ("gesture", "presence")]
    kinds = [line["event"] for line in lines if line not in seen]
    commands = [line for line in lines if line["event"] == "command"]
    wanted = [{"event": "command", **command, "ok": True} for command in clip.commands]
    heard = ["wake", "speech"] if clip.wake else ["speech"]
    holds = {
        "it is heard, then understood": kinds[: len(heard) + 1] == [*heard, "intent"],
        "it is answered, and that is the end": "reply" in kinds and kinds[-1] == "end",
        "nothing else happens": set(kinds) <= {"wake", "speech", "intent", "command", "reply", "end"},
        "what is due is done": all(command in commands for command in wanted),
        "what is done succeeds, and is due": bool(commands) == bool(wanted) and all(c["ok"] for c in commands),
        "the answer says it": any(clip.reply in line["text"] for line in lines if line["event"] == "reply"),
        "it is seen": tuple(line["name"] for line in seen if line["event"] == "gesture") == clip.gestures,
        "it is as told": lines[-1].get("as_told") is True,
        "every stage is timed": set(lines[-1].get("stages_ms", ())) == {"wake", "vad", "speech", "intent", "act"},
    }
    return [what for what, held in holds.items() if not held]


def test_every_clip_goes_from_sound_to_deed_and_answer() -> None:
    clips = story()[1]
    ran = hearth("demo", "--json")
    told: dict[str, list[dict[str, Any]]] = {}
    scenes: list[dict[str, Any]] = []
    for line in lines_of(ran):
        if line["event"] == "together":
            scenes.append(line)
        elif line["event"] == "clip":
            told[line["id"]] = lines = []
        else:
            lines.append(line)
    assert list(told) == [clip.id for clip in clips]
    trouble = {clip.id: (found, told[clip.id]) for clip in clips if (found := missing(clip, told[clip.id]))}
    assert trouble == {}
    assert [(scene["id"], scene["as_told"]) for scene in scenes] == [(name, True) for name in TOGETHER], scenes
    assert (ran.returncode, ran.stderr) == (0, "")
