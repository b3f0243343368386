"""What an author's type checker says of a skill that is sound, and of one that is not."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import hearth

CODE = '''
"""Uses what a skill may use."""

from datetime import timedelta

from hub.sdk import Context, Skill
from hub.sdk.events import StateChanged

skill = Skill()


@skill.intent("later")
async def later(ctx: Context, name: str = "") -> str:
    """Set a timer by what the household chose."""
    await ctx.clock.after(timedelta(minutes=ctx.settings["minutes"]), "due", name=name)
    return ctx.reply("later", number=ctx.settings["minutes"])


@skill.event(StateChanged)
async def changed(ctx: Context, event: StateChanged) -> None:
    """Tell it."""
    await ctx.say(event.entity)
'''


def checked(file: Path) -> str:
    """What mypy says, as an author runs it: outside the repository, against the package that is installed."""
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(file)]
    return subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False).stdout


@pytest.mark.timeout(120)
def test_strict_types_accept_a_sound_skill_and_find_a_mistake(tmp_path: Path) -> None:
    hearth("skill", "new", "fridge", "--into", tmp_path, "--yes")
    skill = tmp_path / "fridge" / "skill.py"
    assert "Success" in checked(skill)
    assert "Success" in checked(tmp_path / "fridge" / "tests" / "test_fridge.py")
    skill.write_text(CODE)
    assert "Success" in checked(skill)
    skill.write_text(CODE.replace("event.entity", "event.entiti"))
    assert 'has no attribute "entiti"' in checked(skill)
