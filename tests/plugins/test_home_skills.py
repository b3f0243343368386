"""Skills of a running hub: installed, updated, granted, switched and removed while it runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import NotFoundError, PackageError, UsageError, ValueRefusedError
from hub.core.settings import PluginSettings
from hub.plugins.channel.pace import Pace
from hub.plugins.discovery import find_skills
from hub.plugins.packages.author_key import AuthorKey
from hub.plugins.skills.home_skills import HomeSkills
from hub.plugins.skills.known_skill import KnownSkill, Reviewed
from tests.plugins.calls import call
from tests.plugins.conftest import Hub
from tests.plugins.packages import CODE, crafted, manifest, skill_files, write_folder

REMEMBERS = b"""from hub.sdk import Context, Skill
skill = Skill()

@skill.intent("go")
async def go(ctx: Context) -> str:
    await ctx.store.set("k", 1)
    return "kept"
"""


class Kept:
    """What the hub was told to follow."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.forgotten: list[str] = []

    async def change(self, skill: str) -> None:
        self.changed.append(skill)

    async def forget(self, skill: str) -> None:
        self.forgotten.append(skill)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def key(tmp_path: Path) -> AuthorKey:
    return AuthorKey.at(tmp_path / "author.key")


@pytest.fixture
async def skills(hub: Hub, kept: Kept, tmp_path: Path) -> AsyncIterator[HomeSkills]:
    made = HomeSkills(tmp_path, PluginSettings(), hub.skills, hub.bus, changed=kept.change, forget=kept.forget)
    await made.start(hub.ports)
    yield made
    made.close()


def package(key: AuthorKey, *grants: str, version: str = "1.0", code: bytes = CODE, more: bytes = b"") -> bytes:
    files = skill_files(*grants, version=version) | {"skill.py": code}
    files["skill.toml"] += more
    return crafted(files, key, version=version)


async def installed(skills: HomeSkills, content: bytes) -> KnownSkill:
    """Install it, agreeing to all."""
    found = await skills.review(content)
    return await skills.install(found.digest, [one.grant for one in found.grants])


async def the(skills: HomeSkills, name: str) -> KnownSkill:
    return next(one for one in await skills.known() if one.skill == name)


async def said(hub: Hub) -> str:
    answer = await hub.skills.call(call("mine"))
    return answer.text if answer.error is None else answer.error["code"]


def understood(hub: Hub) -> bool:
    return "mine" in [words.skill for words in hub.skills.words()]


async def test_a_skill_lives_from_its_installation_to_its_removal(
    skills: HomeSkills, hub: Hub, kept: Kept, key: AuthorKey, tmp_path: Path
) -> None:
    reviewed = await skills.review(package(key, "store"))
    assert (reviewed.skill, reviewed.before, reviewed.signer_known) == ("mine", "", False)
    assert not (tmp_path / "skills").exists()
    assert await said(hub) == "not_found"
    told = await skills.install(reviewed.digest, ["store"])
    assert (told.source, told.on, told.condition.state, told.intents) == ("installed", True, "running", ("go",))
    assert (await said(hub), understood(hub), kept.changed) == ("went", True, ["mine"])

    update = await skills.review(package(key, "store", version="1.1", code=CODE.replace(b"went", b"flew")))
    assert (update.before, update.signer_known, update.grants[0].new) == ("1.0", True, False)
    assert (await skills.install(update.digest, ["store"])).version == "1.1"
    assert await said(hub) == "flew"

    assert (await skills.switch("mine", on=False)).condition.state == "off"
    assert (await said(hub), understood(hub)) == ("not_found", False)
    assert "mine" not in [one.manifest.id for one in find_skills(PluginSettings(), tmp_path).plugins]
    assert (await skills.switch("mine", on=True)).condition.state == "running"
    assert await said(hub) == "flew"

    await skills.remove("mine")
    assert (await said(hub), understood(hub), kept.forgotten) == ("not_found", False, ["mine"])
    assert not (tmp_path / "skills" / "mine").exists()
    assert "mine" not in [one.skill for one in await skills.known()]
    with pytest.raises(NotFoundError):
        await skills.remove("mine")


async def test_threat_38_exactly_what_was_agreed_to_is_granted(
    skills: HomeSkills, hub: Hub, key: AuthorKey, tmp_path: Path
) -> None:
    optional = b'[[grant]]\nport = "store"\nwhy = "To remember."\noptional = true\n'
    content = package(key, "say", code=REMEMBERS, more=optional)
    reviewed = await skills.review(content)
    assert [(one.grant, one.optional) for one in reviewed.grants] == [("say", False), ("store", True)]
    for grants, says in (([], "cannot do without"), (["say", "home.control"], "does not ask for")):
        with pytest.raises(PackageError, match=says):
            await skills.install(reviewed.digest, grants)
    assert not (tmp_path / "skills").exists()
    told = await skills.install(reviewed.digest, ["say"])
    assert [(one.grant, one.agreed) for one in told.grants] == [("say", True), ("store", False)]
    assert await said(hub) == "grant"
    found = next(s for s in find_skills(PluginSettings(), tmp_path).plugins if s.manifest.id == "mine")
    assert [grant.port for grant in found.manifest.grant] == ["say"]  # also after the next start

    await skills.grant("mine", ["say", "store"])
    assert await said(hub) == "kept"
    with pytest.raises(PackageError, match="cannot do without"):
        await skills.grant("mine", ["store"])
    (tmp_path / "skills" / "mine" / "skill.toml").write_bytes(manifest("mine", "1.0", "say", "home.people"))
    found = next(s for s in find_skills(PluginSettings(), tmp_path).plugins if s.manifest.id == "mine")
    assert [grant.port for grant in found.manifest.grant] == ["say"]  # whatever its manifest says by now
    assert (await the(skills, "mine")).changed


async def test_settings_are_chosen_kept_and_known_to_the_skill(
    skills: HomeSkills, hub: Hub, key: AuthorKey, tmp_path: Path
) -> None:
    setting = b'[[setting]]\nname = "word"\nlabel = "The word"\ndefault = "moon"\noptions = ["moon", "sun"]\n'
    code = CODE.replace(b'"went"', b'ctx.settings["word"]')
    told = await installed(skills, package(key, code=code, more=setting))
    assert [(one.name, one.label, one.value) for one in told.settings] == [("word", "The word", "moon")]
    assert await said(hub) == "moon"
    assert (await skills.configure("mine", {"word": "sun"})).settings[0].value == "sun"
    assert await said(hub) == "sun"
    found = next(s for s in find_skills(PluginSettings(), tmp_path).plugins if s.manifest.id == "mine")
    assert found.settings == {"word": "sun"}  # also after the next start
    for values, error in (({"word": "star"}, ValueRefusedError), ({"size": 1}, NotFoundError)):
        with pytest.raises(error):
            await skills.configure("mine", values)
    with pytest.raises(NotFoundError):
        await skills.configure("nobody", {"word": "sun"})
    await skills.remove("mine")
    await installed(skills, package(key, code=code, more=setting))
    assert await said(hub) == "moon"


async def test_threat_38_only_what_was_reviewed_is_installed(
    skills: HomeSkills, key: AuthorKey, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError):
        await skills.install("0" * 64, [])
    old, new = await skills.review(package(key)), await skills.review(package(key, version="1.1"))
    await skills.install(new.digest, [])
    with pytest.raises(PackageError, match="older"):  # what was true at the review is not any more
        await skills.install(old.digest, [])
    stranger = AuthorKey.at(tmp_path / "stranger.key")
    with pytest.raises(PackageError, match="by another"):
        await skills.review(package(stranger, version="2.0"))
    for content in (b"PK", crafted({**skill_files(), "../evil": b""}, key)):
        with pytest.raises(PackageError):
            await skills.review(content)


async def test_only_the_last_few_reviews_are_kept(skills: HomeSkills, key: AuthorKey) -> None:
    found: list[Reviewed] = [await skills.review(package(key, version=f"1.{n}")) for n in range(5)]
    with pytest.raises(NotFoundError):
        await skills.install(found[0].digest, [])
    await skills.install(found[4].digest, [])


async def test_one_that_does_not_run_says_why_and_can_be_removed(skills: HomeSkills, hub: Hub, key: AuthorKey) -> None:
    told = await installed(skills, package(key, code=b"raise RuntimeError('moon')"))
    assert (told.condition.state, told.on) == ("left_out", True)
    assert "moon" in told.condition.reason
    assert await said(hub) == "not_found"
    await skills.remove("mine")
    assert "mine" not in [one.skill for one in await skills.known()]


async def test_a_switch_is_kept_and_hearth_toml_has_the_last_word(
    skills: HomeSkills, hub: Hub, kept: Kept, tmp_path: Path, make_hub: Callable[..., Hub]
) -> None:
    assert (await the(skills, "weather")).condition.state == "running"
    await skills.switch("weather", on=False)
    again = make_hub()
    settings = PluginSettings(disabled=("media",))
    later = HomeSkills(tmp_path, settings, again.skills, again.bus, changed=kept.change, forget=kept.forget)
    await later.start(again.ports)
    by_name = {one.skill: one for one in await later.known()}
    assert [(by_name[name].on, by_name[name].fixed) for name in ("weather", "media", "lights")] == [
        (False, False), (False, True), (True, False),
    ]  # fmt: skip
    with pytest.raises(UsageError, match=r"hearth\.toml"):
        await later.switch("media", on=True)
    for name in ("nobody", "../lights"):
        with pytest.raises(NotFoundError):
            await later.switch(name, on=False)
    with pytest.raises(NotFoundError):
        await later.remove("lights")
    await again.close()


async def test_a_broken_folder_is_told_of(hub: Hub, kept: Kept, tmp_path: Path) -> None:
    write_folder(tmp_path / "skills" / "odd", {"skill.toml": b"id = 1"})
    write_folder(tmp_path / "skills" / "own", {**skill_files(name="own")})
    made = HomeSkills(tmp_path, PluginSettings(), hub.skills, hub.bus, changed=kept.change, forget=kept.forget)
    await made.start(hub.ports)
    odd, own = await the(made, "odd"), await the(made, "own")
    assert (odd.condition.state, odd.source, own.source, own.condition.state) == (
        "left_out", "folder", "folder", "running",
    )  # fmt: skip
    assert str(tmp_path) not in odd.condition.reason
    with pytest.raises(NotFoundError):
        await made.remove("own")
    made.close()


async def test_two_at_once_end_with_one_that_runs(skills: HomeSkills, hub: Hub, key: AuthorKey) -> None:
    reviews = [await skills.review(package(key, version=f"1.{n}")) for n in range(3)]
    outcomes: list[Any] = await asyncio.gather(
        *(skills.install(one.digest, []) for one in reviews), return_exceptions=True
    )
    assert not [one for one in outcomes if not isinstance(one, KnownSkill)]
    assert (await the(skills, "mine")).version == "1.2"
    assert await said(hub) == "went"


def test_slow_is_more_than_once_in_ten_calls() -> None:
    pace = Pace()
    pace.note(1.5)
    assert not pace.slow
    pace.note(1.5)
    assert pace.slow
    for _ in range(9):
        pace.note(0.01)
    assert not pace.slow
