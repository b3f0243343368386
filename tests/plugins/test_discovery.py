import pytest

from hub.core.errors import ManifestError, PluginError
from hub.core.settings import PluginSettings
from hub.plugins.discovery import find_devices, find_skills
from hub.plugins.loader import load_device, load_skill

GOOD = """
@skill.intent("go")
async def go(ctx: Context) -> str:
    return "went"
"""
BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def ids(found):
    return [p.manifest.id for p in found.plugins]


@pytest.fixture
def settings(tmp_path):
    return PluginSettings(paths=(str(tmp_path),))


def test_every_bundled_plugin_is_sound_and_loads():
    skills, devices = find_skills(PluginSettings()), find_devices(PluginSettings())
    assert [(b.plugin, str(b.error)) for b in (*skills.broken, *devices.broken)] == []
    assert "virtual" in ids(devices)
    for skill in skills.plugins:
        assert load_skill(skill).intents
    assert load_device(next(d for d in devices.plugins if d.manifest.id == "virtual")).run


def test_plugins_of_the_settings_paths_are_found_and_disabled_ones_left_out(settings, write_skill):
    write_skill("mine", GOOD)
    assert "mine" in ids(find_skills(settings))
    off = PluginSettings(paths=settings.paths, disabled=("mine", "virtual"))
    assert "mine" not in ids(find_skills(off))
    assert "virtual" not in ids(find_devices(off))


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("skill.toml", "id = ", "skill.toml"),
        ("skill.toml", 'id = "Bad Id"\nname = "x"\nversion = "1"\napi = 1', "id"),
        ("skill.toml", 'id = "mine"\nname = "x"\nversion = "1"\napi = 2', "api 2"),
        (
            "skill.toml",
            'id = "mine"\nname = "x"\nversion = "1"\napi = 1\n[[grant]]\nport = "root"\nwhy = "x"',
            "'root'",
        ),
        ("skill.toml", 'id = "mine"\nname = "x"\nversion = "1"\napi = 1\nlanguages = ["en", "fr"]', "fr.yaml"),
        ("locale/en.yaml", "language: de", "speaks 'de'"),
        ("locale/en.yaml", "language: en\nintents: [1]", "en.yaml"),
        ("locale/en.yaml", "!!python/object/apply:os.system ['true']", "en.yaml"),
        ("locale/en.yaml", "\x00\xff", "en.yaml"),
        ("locale/en.yaml", BOMB, "swell"),
    ],
)
def test_a_broken_manifest_or_locale_is_named_before_any_import(settings, write_skill, file, text, says):
    folder = write_skill("mine", "raise SystemExit('imported')")
    (folder / file).write_text(text)
    found = find_skills(settings)
    [broken] = found.broken
    assert isinstance(broken.error, ManifestError)
    assert says in str(broken.error)
    assert "mine" not in ids(found)


def test_a_second_plugin_of_the_same_id_is_refused(settings, write_skill):
    folder = write_skill("zmine", GOOD)
    (folder / "skill.toml").write_text('id = "mine"\nname = "x"\nversion = "1"\napi = 1')
    write_skill("mine", GOOD)
    [broken] = find_skills(settings).broken
    assert "second plugin 'mine' (the other is " in str(broken.error)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("raise ValueError('no')", "skill.py:4: ValueError: no"),
        ("raise SystemExit(3)", "skill.py:4: SystemExit: 3"),
        ("def broken(:", "skill.py:4: SyntaxError"),
        ("import not_there_at_all", "skill.py:4: ModuleNotFoundError"),
        ("skill = 3", "no skill of type Skill"),
        ("", "'go', which has no handler"),
    ],
)
def test_broken_code_is_named_with_its_line(settings, write_skill, code, says):
    write_skill("mine", code)
    mine = next(p for p in find_skills(settings).plugins if p.manifest.id == "mine")
    with pytest.raises(PluginError) as caught:
        load_skill(mine)
    assert says in str(caught.value)


def test_a_plugin_may_have_modules_beside_it_and_no_public_name(settings, write_skill):
    folder = write_skill("mine", "from .words import WORD\n" + GOOD.replace('"went"', "WORD"))
    (folder / "words.py").write_text("WORD = 'beside'")
    mine = next(p for p in find_skills(settings).plugins if p.manifest.id == "mine")
    handler = load_skill(mine).intents["go"]
    assert handler.__module__ == "_hearth_plugins.skill_mine"
    assert handler.__globals__["WORD"] == "beside"
    (folder / "words.py").write_text("WORD = 'anew, and longer'")
    assert load_skill(mine).intents["go"].__globals__["WORD"] == "anew, and longer"


def test_a_device_without_a_generator_is_refused(settings, write_device):
    write_device("mine", "")
    mine = next(d for d in find_devices(settings).plugins if d.manifest.id == "mine")
    with pytest.raises(PluginError, match="nothing to run"):
        load_device(mine)
