from datetime import timedelta
from pathlib import Path

import pytest

from hub.core.errors import GrantError, ManifestError, PluginError, UnavailableError, ValueRefusedError
from hub.core.events import StateChanged
from hub.core.traits import PLAIN_CONFIG
from hub.sdk import Entity
from hub.sdk.testing import SkillHome

LAMP = Entity(id="light.lamp", name="lamp", traits={"OnOff": PLAIN_CONFIG})
MANIFEST = 'id = "tried"\nname = "Tried"\nversion = "1"\napi = 1\n'
LOCALE = """
language: en
intents:
  touch: {sentences: ["touch {target}"]}
  later: {sentences: ["later {duration}"]}
  wrong: {sentences: ["wrong"]}
replies:
  touched: "Touched {{ count }}."
"""
CODE = """
from datetime import timedelta
from hub.sdk import Context, Skill, Target
skill = Skill()

@skill.intent("touch")
async def touch(ctx: Context, target: Target) -> str:
    return ctx.reply("touched", count=len(await ctx.home.command(target, "OnOff", True)))

@skill.intent("later")
async def later(ctx: Context, duration: timedelta) -> None:
    await ctx.clock.after(duration, "now", word="done")

@skill.timer("now")
async def now(ctx: Context, word: str) -> None:
    await ctx.say(word)

@skill.intent("wrong")
async def wrong(ctx: Context) -> str:
    return ctx.reply("nobody_wrote_this")
"""


def tried(folder: Path, *ports: str) -> SkillHome:
    (folder / "locale").mkdir()
    (folder / "locale" / "en.yaml").write_text(LOCALE)
    (folder / "skill.py").write_text(CODE)
    grants = "".join(f'[[grant]]\nport = "{p}"\nwhy = "to try it"\n' for p in ports)
    (folder / "skill.toml").write_text(MANIFEST + grants)
    return SkillHome(folder, [LAMP])


async def test_commands_change_the_home(tmp_path: Path) -> None:
    home = tried(tmp_path, "home.control")
    assert await home.ask("touch", "light.lamp") == "Touched 1."
    assert await home.home.states("light.lamp") == {"OnOff": True}


async def test_what_was_not_granted_is_not_there(tmp_path: Path) -> None:
    home = tried(tmp_path, "home.read")
    with pytest.raises(GrantError):
        await home.ask("touch", "light.lamp")
    with pytest.raises(GrantError):
        await home.ask("later", slots={"duration": 5})


async def test_timers_come_due_as_time_moves(tmp_path: Path) -> None:
    home = tried(tmp_path, "clock", "say")
    await home.ask("later", slots={"duration": 5})
    await home.wait(timedelta(seconds=4))
    assert home.said == []
    await home.wait(timedelta(seconds=1))
    assert home.said == ["done"]


async def test_mistakes_are_errors(tmp_path: Path) -> None:
    home = tried(tmp_path, "clock")
    with pytest.raises(PluginError, match="nobody_wrote_this"):
        await home.ask("wrong")
    with pytest.raises(ValueRefusedError):
        await home.ask("later")


PLAIN = """
from datetime import timedelta
from hub.sdk import Context, Skill
from .words import WORD
skill = Skill()

@skill.intent("touch")
async def touch(ctx: Context) -> str:
    await ctx.store.set("wait", timedelta(minutes=2))
    return ctx.reply("waiting", wait=timedelta(minutes=5), kept=await ctx.store.get("wait"), words=[WORD, "bee"])

@skill.intent("later")
async def later(ctx: Context) -> str:
    await ctx.clock.after(timedelta(minutes=1), "nobody")

@skill.intent("wrong")
async def wrong(ctx: Context) -> str:
    return ctx.reply("waiting", wait="long", kept=1, words=[])
"""
SAID = """
language: en
intents: {touch: {sentences: ["touch"]}, later: {sentences: ["later"]}, wrong: {sentences: ["wrong"]}}
replies:
  waiting: "{{ words | choice | sentence }} {{ wait | duration }}, {{ kept | duration }}"
"""


async def test_what_a_skill_hands_over_comes_as_on_the_hub(tmp_path: Path) -> None:
    tried(tmp_path, "store", "clock")
    (tmp_path / "words.py").write_text("WORD = 'ant'")
    (tmp_path / "skill.py").write_text(PLAIN)
    (tmp_path / "locale" / "en.yaml").write_text(SAID)
    home = SkillHome(tmp_path)
    assert await home.ask("touch") == "Ant or bee. 5 minutes, 2 minutes"
    assert home.store.values == {"wait": 120}
    with pytest.raises(ValueRefusedError, match="no timer handler 'nobody'"):
        await home.ask("later")
    with pytest.raises(PluginError, match=r"locale/en\.yaml, the reply 'waiting': TypeError.*'wait': 'long'"):
        await home.ask("wrong")


WIDE = """
from hub.sdk import Skill
from hub.sdk.events import StateChanged
skill = Skill()

@skill.intent("touch")
async def touch(ctx):
    return (await ctx.fetch("https://api.example.org/")).text

@skill.intent("wrong")
async def wrong(ctx):
    return (await ctx.fetch("https://example.net/")).text

@skill.event(StateChanged)
async def follow(ctx, event):
    await ctx.say(event.entity)
"""
GRANTS = """
[[grant]]
port = "fetch"
why = "to try it"
only = ["api.example.org"]
[[grant]]
port = "say"
why = "to try it"
"""


async def test_the_web_and_what_happens_are_within_the_grants(tmp_path: Path) -> None:
    tried(tmp_path)
    (tmp_path / "skill.py").write_text(WIDE)
    (tmp_path / "skill.toml").write_text(MANIFEST + GRANTS)
    home = SkillHome(tmp_path)
    with pytest.raises(UnavailableError, match="answer"):
        await home.ask("touch")
    home.web.answer("https://api.example.org/", "hello")
    assert await home.ask("touch") == "hello"
    with pytest.raises(GrantError):
        await home.ask("wrong")
    event = StateChanged(entity="light.lamp", trait="OnOff", value=True)
    with pytest.raises(GrantError):
        await home.happens(event)
    with (tmp_path / "skill.toml").open("a") as file:
        file.write('[[grant]]\nport = "events"\nwhy = "to try it"\nonly = ["StateChanged"]\n')
    home = SkillHome(tmp_path)
    await home.happens(event)
    assert home.said == ["light.lamp"]


@pytest.mark.parametrize(
    "grant",
    [
        'port = "fetch"',
        'port = "events"',
        'port = "fetch"\nonly = ["*"]',
        'port = "events"\nonly = ["SpeechTranscribed"]',
    ],
)
def test_fetch_and_events_must_say_of_what(tmp_path: Path, grant: str) -> None:
    tried(tmp_path)
    (tmp_path / "skill.toml").write_text(f'{MANIFEST}[[grant]]\nwhy = "to try it"\n{grant}\n')
    with pytest.raises(ManifestError, match=r"fetch|told|events"):
        SkillHome(tmp_path)
