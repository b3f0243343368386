"""`hearth skill`: from an empty folder to a skill that answers in a home, and what is refused on the way."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hub.plugins.packages.author_key import AuthorKey
from tests.command import Ran, failed, hearth, lines_of
from tests.plugins.packages import CODE, LOCALE, crafted, skill_files, wheel, write_folder


def test_a_new_skill_is_sound_tested_packed_installed_and_understood(home: Path, tmp_path: Path) -> None:
    made = hearth("skill", "new", "fridge", "--into", tmp_path, "--yes", "--json")
    assert [Path(line["file"]).name for line in lines_of(made)] == [
        "skill.toml", "skill.py", "en.yaml", "test_fridge.py",
    ]  # fmt: skip
    folder = tmp_path / "fridge"
    assert lines_of(hearth("skill", "check", folder, "--json"))[-1]["ok"]
    [tested] = lines_of(hearth("skill", "test", folder, "--json"))
    assert (tested["passed"], tested["failed"], tested["ok"]) == (1, 0, True)
    key = tmp_path / "author.key"
    [packed] = lines_of(hearth("skill", "pack", folder, "--to", tmp_path, "--key", key, "--json"))
    assert packed["file"] == str(tmp_path / "fridge-0.1.0.hearthskill")
    assert key.stat().st_mode & 0o777 == 0o600

    ran = hearth("skill", "install", packed["file"], "--yes", "--json", "--config", home)
    [installed] = lines_of(ran)
    assert (installed["skill"], installed["before"], installed["signer"]) == ("fridge", None, packed["signer"])
    assert installed["grants"] == ["remember small things of its own: To remember the note."]
    listed = {line["skill"]: line for line in lines_of(hearth("skill", "list", "--json", "--config", home))}
    assert (listed["fridge"]["source"], listed["fridge"]["changed"]) == ("installed", False)
    assert listed["lights"]["source"] == "hub"
    said = lines_of(hearth("say", "note the bins in fridge", "--json", "--config", home))
    assert said[-1] == {"event": "reply", "text": "I noted the bins."} or said[-2]["text"] == "I noted the bins."

    for state in ("off", "on"):
        [line] = lines_of(hearth("skill", "switch", "fridge", state, "--json", "--config", home))
        assert line == {"event": "switched", "skill": "fridge", "on": state == "on", "state": ""}
        listed = {line["skill"]: line for line in lines_of(hearth("skill", "list", "--json", "--config", home))}
        assert listed["fridge"]["enabled"] is (state == "on")
    [removed] = lines_of(hearth("skill", "remove", "fridge", "--yes", "--json", "--config", home))
    assert removed["skill"] == "fridge"
    again = hearth("skill", "install", packed["file"], "--yes", "--config", home)
    assert "of whom nothing is installed yet" in again.stdout
    said = hearth("say", "what does fridge say", "--config", home)
    assert "It says nothing." in said.stdout  # what it kept went with it
    hearth("skill", "remove", "fridge", "--yes", "--config", home)
    failed(hearth("skill", "remove", "fridge", "--yes", "--config", home), "was not installed")


@pytest.fixture
def key(tmp_path: Path) -> AuthorKey:
    return AuthorKey.at(tmp_path / "author.key")


def install(home: Path, content: bytes, *options: str) -> Ran:
    file = home.parent / "some.hearthskill"
    file.write_bytes(content)
    return hearth("skill", "install", file, *options, "--config", home)


def test_grants_are_shown_in_words_and_nothing_happens_without_a_yes(home: Path, key: AuthorKey) -> None:
    content = crafted(skill_files("home.control=light"), key)
    ran = install(home, content)  # nobody is there to say yes
    assert ran.returncode == 1
    assert "nothing was installed" in ran.stderr
    assert "control things of the home (only: light): Because." in ran.stdout
    assert not (home / "skills").exists()


def test_threat_38_what_a_skill_can_do_without_may_be_refused(home: Path, key: AuthorKey) -> None:
    files = skill_files("say")
    files["skill.toml"] += b'[[grant]]\nport = "home.people"\nwhy = "To greet you."\noptional = true\n'
    content = crafted(files, key)
    failed(install(home, content, "--yes", "--json", "--without", "say"), "cannot do without 'say'")
    failed(install(home, content, "--yes", "--json", "--without", "store"), "does not ask for 'store'")
    [line] = lines_of(install(home, content, "--yes", "--json", "--without", "home.people"))
    assert line["grants"] == ["speak unasked: Because."]


def test_threat_38_an_update_that_asks_for_more_asks_again(home: Path, key: AuthorKey) -> None:
    assert install(home, crafted(skill_files("store"), key), "--yes").returncode == 0
    more = crafted(skill_files("store", "home.people", version="1.1"), key, version="1.1")
    ran = install(home, more, "--yes")
    assert ran.returncode == 1
    assert "know which rooms are in use" in ran.stdout
    assert "asks for more" in ran.stderr
    [mine] = [x for x in lines_of(hearth("skill", "list", "--json", "--config", home)) if x["skill"] == "mine"]
    assert mine["version"] == "1.0"
    assert install(home, more, "--yes", "--allow-more").returncode == 0


def test_threat_38_what_is_refused_leaves_nothing_behind(home: Path, key: AuthorKey) -> None:
    for content in (crafted({**skill_files(), "../evil": b""}, key), crafted(skill_files(), key, unsigned=True), b"PK"):
        failed(install(home, content, "--yes"), "some.hearthskill" if content == b"PK" else "")
        assert not (home / "skills").exists()


@pytest.mark.parametrize(
    ("name", "words"), [("Fridge", "small letters"), ("../up", "small letters"), ("taken", "there already")]
)
def test_new_refuses_odd_names_and_what_is_there(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "taken").mkdir()
    failed(hearth("skill", "new", name, "--into", tmp_path, "--yes"), words, code=2)


BROKEN = {
    "ports": ({"skill.py": b"ctx.store"}, "ctx.store is not asked for"),
    "sentences": ({"locale/en.yaml": b"language: en\nintents: {go: {sentences: ['go {nowhere}']}}"}, "unknown list"),
    "example": (
        {"locale/en.yaml": b"language: en\nintents: {go: {sentences: [let it go], examples: [turn on the lamp]}}"},
        "means power.turn_on",
    ),
    "handler": ({"locale/en.yaml": b"language: en\nintents: {fly: {sentences: [fly away]}}"}, "has no handler"),
    "import": ({"skill.py": b"import subprocess; subprocess.run(['true'])"}, "PermissionError"),
    "syntax": ({"skill.py": b"def go(:"}, "SyntaxError"),
    "manifest": ({"skill.toml": b"id = 1"}, "skill.toml"),
    "no such port": (skill_files("connect"), "skills get no connect"),
    "events": (
        {"skill.py": CODE + b"from hub.sdk.events import *\n@skill.event(WakeHeard)\nasync def f(ctx, e): ..."},
        "WakeHeard is not asked for",
    ),
    "a name that is taken": ({"skill.toml": skill_files(name="lights")["skill.toml"]}, "a skill 'lights' of its own"),
    "a reply's name": ({"skill.py": CODE + b"def x(ctx): ctx.reply('y')"}, "there is no reply 'y'"),
    "a timer": (
        {"skill.py": CODE + b"def x(ctx): ctx.clock.after(1, 'y')", "skill.toml": skill_files("clock")["skill.toml"]},
        "skill.py:9: there is no timer handler 'y'",
    ),
    "no coroutine": ({"skill.py": CODE.replace(b"async ", b"")}, "skill.py:6: go is not async"),
    "a timer's": ({"skill.py": CODE + b"@skill.timer('x')\ndef ring(ctx): ..."}, "skill.py:9: ring is not async"),
    "a slot": ({"skill.py": CODE.replace(b"ctx: Context", b"ctx: Context, x: list")}, "x cannot be <class 'list'>"),
    "an annotation": ({"skill.py": CODE.replace(b"ctx: Context", b"ctx: 'Kontext'")}, "skill.py:6: go: name 'Kontext'"),
    "a setting": ({"skill.py": CODE + b"def x(ctx): ctx.settings['y']"}, "there is no setting 'y'"),
    "a wheel": ({"wheels/lore-1.0-cp311-cp311-linux_x86_64.whl": b""}, "it is not pure Python"),
    "a reply": ({"locale/en.yaml": LOCALE + b'replies: {x: "{{ 9 ** 9 }}"}'}, "Pow is not for replies"),
}


@pytest.mark.sealed
@pytest.mark.parametrize("name", BROKEN)
def test_check_says_what_is_wrong_and_where(tmp_path: Path, name: str) -> None:
    files, says = BROKEN[name]
    folder = write_folder(tmp_path / "mine", {**skill_files(), **files})
    ran = hearth("skill", "check", folder, "--json")
    assert ran.returncode == 1
    problems = [f"{line['place']}: {line['problem']}" for line in lines_of(ran) if line["serious"]]
    assert any(says in problem for problem in problems), problems


ODD = b"""language: en
intents:
  go:
    sentences: ["(let it go|turn on the light)"]
    examples: [turn on the light]
replies: {x: y}
"""


@pytest.mark.sealed
def test_check_notes_what_would_run_all_the_same(tmp_path: Path) -> None:
    toml = skill_files()["skill.toml"] + b'languages = ["en", "de"]'
    words = {"locale/en.yaml": ODD, "locale/de.yaml": b"language: de", "locale/fr.yaml": b"language: fr"}
    ran = hearth("skill", "check", write_folder(tmp_path / "mine", {**skill_files(), **words, "skill.toml": toml}))
    assert ran.returncode == 0, ran.stdout
    for note in (
        "en.yaml: 'turn on the light' means power.turn_on where this skill is not",
        "de.yaml: 'go' of en.yaml is missing under intents",
        "de.yaml: 'x' of en.yaml is missing under replies",
        'fr.yaml: it is not read (add "fr" to languages in skill.toml)',
    ):
        assert note in ran.stdout


def test_test_tells_failures_and_missing_tests(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", skill_files())
    failed(hearth("skill", "test", folder, "--json"), "no tests")
    write_folder(
        folder,
        {
            "tests/test_mine.py": b"async def test_it(home):\n"
            b"    await home.say('let it go')\n    home.expect('came')\n"
            b"async def test_nothing(home):\n    await home.say('fly away')\n"
            b"def test_plain():\n    import lore\n    assert lore.WORD == 'x'\n",
            "wheels/lore-1.0-py3-none-any.whl": wheel("lore", "WORD = 'x'"),
        },
    )
    ran = hearth("skill", "test", folder, "--json")
    failed(ran, "not all tests passed")
    [told] = lines_of(ran)
    assert (told["passed"], told["failed"], told["ok"]) == (1, 2, False)


def test_dev_answers_and_reads_a_changed_skill_again(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", skill_files())
    command = [sys.executable, "-m", "hub.cli", "skill", "dev", str(folder), "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as dev:
        assert dev.stdin is not None
        assert dev.stdout is not None

        def say(text: str) -> dict[str, str]:
            assert dev.stdin is not None
            assert dev.stdout is not None
            dev.stdin.write(f"{text}\n")
            dev.stdin.flush()
            told: dict[str, str] = json.loads(dev.stdout.readline())
            return told

        assert say("let it go") == {"event": "reply", "text": "went"}
        assert "nobody understands" in say("fly away")["error"]
        (folder / "skill.py").write_bytes(CODE.replace(b'"went"', b'"came back"'))
        assert say("let it go")["text"] == "came back"
        (folder / "skill.py").write_bytes(CODE.replace(b'"went"', b"1 / 0 and ''"))
        assert say("let it go")["error"] == f"{folder / 'skill.py'}:8: ZeroDivisionError: division by zero"
        (folder / "skill.py").write_bytes(b"def go(:")
        assert f"{folder / 'skill.py'}:1: SyntaxError" in say("let it go")["error"]
        assert "SyntaxError" in say("let it go")["error"]
        (folder / "skill.py").write_bytes(CODE)
        assert say("let it go")["text"] == "went"
        dev.stdin.close()
        assert dev.wait(60) == 0


def test_dev_waits_for_a_broken_skill_to_be_mended(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", {**skill_files(), "skill.py": CODE.replace(b"skill = Skill()", b"oops")})
    command = [sys.executable, "-m", "hub.cli", "skill", "dev", str(folder), "--json"]
    ran = subprocess.run(command, input="", capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    [told] = lines_of(ran)
    assert told["error"] == f"{folder / 'skill.py'}:3: NameError: name 'oops' is not defined (mend its code)"
    failed(hearth("skill", "dev", tmp_path / "none"), "there is no skill.toml", "hearth skill new")


def test_a_test_chooses_settings(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine", skill_files())
    files = {
        "skill.toml": skill_files()["skill.toml"] + b'[[setting]]\nname = "word"\nlabel = "Word"\ndefault = "went"\n',
        "skill.py": CODE.replace(b'"went"', b'ctx.settings["word"]'),
        "tests/test_mine.py": b"async def test_it(home):\n"
        b"    await home.say('let it go')\n    home.expect('went')\n    home.settings['word'] = 'came'\n"
        b"    await home.say('let it go')\n    home.expect('came')\n",
    }
    [told] = lines_of(hearth("skill", "test", write_folder(folder, files), "--json"))
    assert told["ok"]


def test_a_failed_test_shows_the_authors_lines_and_not_the_hubs(tmp_path: Path) -> None:
    tests = (
        b"async def test_answer(home):\n    await home.say('let it go')\n    home.expect('came')\n"
        b"async def test_words(home):\n    await home.say('fly away')\n"
    )
    folder = write_folder(tmp_path / "mine", {**skill_files(), "tests/test_mine.py": tests})
    told = hearth("skill", "test", folder).stdout
    assert "test_mine.py:3" in told
    assert "test_mine.py:5" in told
    assert "hub/" not in told
    (folder / "skill.py").write_bytes(b"def go(:")
    told = hearth("skill", "test", folder).stdout
    assert f"{folder / 'skill.py'}:1: SyntaxError" in told
    assert "hub/" not in told
    assert "During handling" not in told
