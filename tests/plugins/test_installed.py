"""Skills in a home: installed, updated by the same signer alone, with more grants only when they were seen."""

from pathlib import Path

import pytest

from hub.core.errors import NotFoundError, PackageError
from hub.core.settings import PluginSettings
from hub.plugins.discovery import find_skills
from hub.plugins.packages.author_key import AuthorKey
from hub.plugins.packages.grant_words import in_words, more_than
from hub.plugins.packages.installed import InstalledSkills
from hub.plugins.packages.package import Package, read_package
from hub.sdk.manifest import Grant
from tests.plugins.packages import crafted, skill_files, write_folder


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> AuthorKey:
    return AuthorKey.at(tmp_path_factory.mktemp("author") / "author.key")


@pytest.fixture
def skills(tmp_path: Path) -> InstalledSkills:
    return InstalledSkills(tmp_path)


def package(key: AuthorKey, *grants: str, name: str = "mine", version: str = "1.0") -> Package:
    return read_package(crafted(skill_files(*grants, name=name, version=version), key, id=name, version=version), "x")


def test_an_installed_skill_is_found_listed_and_removed(
    skills: InstalledSkills, key: AuthorKey, tmp_path: Path
) -> None:
    plan = skills.plan(package(key, "store"))
    assert [g.port for g in plan.more] == ["store"]
    assert not (tmp_path / "skills").exists()  # a plan touches nothing
    installed = skills.install(plan)
    found = next(s for s in find_skills(PluginSettings(), tmp_path).plugins if s.manifest.id == "mine")
    assert (found.folder, found.bundled) == (tmp_path / "skills" / "mine", False)
    assert skills.all() == [installed]
    assert not skills.changed(installed)
    assert sorted(p.name for p in (tmp_path / "skills").iterdir()) == [".installed", "mine"]
    skills.remove("mine")
    assert skills.all() == []
    assert "mine" not in [s.manifest.id for s in find_skills(PluginSettings(), tmp_path).plugins]
    with pytest.raises(NotFoundError):
        skills.remove("mine")


@pytest.mark.parametrize("name", ["nobody", "../mine", "", ".", "MINE"])
def test_only_what_was_installed_is_removed(skills: InstalledSkills, key: AuthorKey, name: str) -> None:
    skills.install(skills.plan(package(key)))
    with pytest.raises(NotFoundError):
        skills.remove(name)
    assert [one.id for one in skills.all()] == ["mine"]


def test_what_was_changed_since_is_told(skills: InstalledSkills, key: AuthorKey, tmp_path: Path) -> None:
    installed = skills.install(skills.plan(package(key)))
    (tmp_path / "skills" / "mine" / "skill.py").write_text("changed")
    assert skills.changed(installed)


def test_an_update_replaces_the_whole_folder(skills: InstalledSkills, key: AuthorKey, tmp_path: Path) -> None:
    skills.install(skills.plan(package(key)))
    (tmp_path / "skills" / "mine" / "left.py").write_text("over")
    plan = skills.plan(package(key, version="1.1"))
    assert plan.before is not None
    assert not plan.more
    skills.install(plan)
    assert not (tmp_path / "skills" / "mine" / "left.py").exists()
    assert [one.version for one in skills.all()] == ["1.1"]


def test_threat_38_another_signer_is_refused(skills: InstalledSkills, key: AuthorKey, tmp_path: Path) -> None:
    skills.install(skills.plan(package(key)))
    stranger = AuthorKey.at(tmp_path / "stranger.key")
    with pytest.raises(PackageError, match="by another"):
        skills.plan(package(stranger, version="2.0"))


def test_threat_38_an_older_version_is_refused(skills: InstalledSkills, key: AuthorKey) -> None:
    skills.install(skills.plan(package(key, version="1.10")))
    with pytest.raises(PackageError, match="older"):
        skills.plan(package(key, version="1.9"))
    again = skills.plan(package(key, version="1.10"))
    assert again.before is not None
    assert not again.more


@pytest.mark.parametrize("version", ["one", "", "../1"])
def test_a_version_that_is_none_is_refused(skills: InstalledSkills, key: AuthorKey, version: str) -> None:
    with pytest.raises(PackageError, match="no version"):
        skills.plan(package(key, version=version))


def test_the_hubs_own_and_handwritten_skills_are_not_replaced(
    skills: InstalledSkills, key: AuthorKey, tmp_path: Path
) -> None:
    with pytest.raises(PackageError, match="comes with the hub"):
        skills.plan(package(key, name="lights"))
    write_folder(tmp_path / "skills" / "mine", skill_files())
    with pytest.raises(PackageError, match="not installed"):
        skills.plan(package(key))
    with pytest.raises(NotFoundError):
        skills.remove("mine")


def test_a_skill_that_cannot_be_unpacked_leaves_the_old_one(
    skills: InstalledSkills, key: AuthorKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skills.install(skills.plan(package(key)))

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("hub.plugins.packages.installed._unpack", full)
    with pytest.raises(PackageError, match="no space"):
        skills.install(skills.plan(package(key, version="2.0")))
    assert [one.version for one in skills.all()] == ["1.0"]
    assert sorted(p.name for p in (tmp_path / "skills").iterdir()) == [".installed", "mine"]


def test_a_skill_that_cannot_be_put_in_place_leaves_the_old_one_and_its_grants(
    skills: InstalledSkills, key: AuthorKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = skills.install(skills.plan(package(key, "store")))
    rename = Path.rename

    def refused(path: Path, to: Path) -> Path:
        if path.name.startswith(".new-") and not path.name.endswith(".old"):
            raise OSError("read-only")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refused)
    for more in (package(key, "store", "say", version="2.0"), package(key, name="other")):
        with pytest.raises(PackageError, match="read-only"):
            skills.install(skills.plan(more))
        assert skills.all() == [before]
        assert not skills.changed(before)
    assert sorted(p.name for p in (tmp_path / "skills").iterdir()) == [".installed", "mine"]


def test_a_damaged_record_is_named(skills: InstalledSkills, key: AuthorKey, tmp_path: Path) -> None:
    skills.install(skills.plan(package(key)))
    (tmp_path / "skills" / ".installed" / "mine.json").write_text("{")
    with pytest.raises(PackageError, match="cannot be read"):
        skills.all()
    found = find_skills(PluginSettings(), tmp_path)  # nobody knows what it may do: it may do nothing
    assert [one.plugin for one in found.broken] == ["mine"]


def grant(port: str, *only: str) -> Grant:
    return Grant(port=port, why="w", only=only)


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        ([], [], []),
        ([], [grant("say")], ["say"]),
        ([grant("say")], [grant("say")], []),
        ([grant("home.control", "light")], [grant("home.control", "light")], []),
        ([grant("home.control", "light")], [grant("home.control", "light", "lock")], ["home.control"]),
        ([grant("home.control", "light")], [grant("home.control")], ["home.control"]),
        ([grant("home.control")], [grant("home.control", "lock")], []),
        ([grant("home.control", "light"), grant("home.control", "lock")], [grant("home.control", "lock", "light")], []),
        ([grant("home.control", "light"), grant("home.control")], [grant("home.control", "lock")], []),
        ([grant("home.read")], [grant("home.control")], ["home.control"]),
    ],
)
def test_threat_38_what_reaches_further_is_noticed(before: list[Grant], after: list[Grant], more: list[str]) -> None:
    assert [g.port for g in more_than(after, before)] == more


def test_grants_in_words() -> None:
    words = in_words(Grant(port="home.control", why="To dim\x1b[2J.", only=("light", "fan")))
    assert words == "control things of the home (only: light, fan): To dim [2J."
