"""Discovery: finds plugins on disk and checks all that can be checked before any of their code is imported."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct

from hub.core.bundled import bundled
from hub.core.errors import HearthError, ManifestError
from hub.core.settings import PluginSettings
from hub.plugins.packages.grant_words import within
from hub.plugins.skill_settings import SkillSettings
from hub.plugins.skill_switches import SkillSwitches
from hub.sdk.locale import Locale, SkillWords, read_locale
from hub.sdk.manifest import DeviceManifest, Grant, SkillManifest, read_manifest
from hub.sdk.setting import Value, chosen_or_default


class FoundSkill(Struct, frozen=True):
    """A skill whose manifest and words are sound.

    Its manifest has the grants that the household agreed to; where these are not all, `asked` are all. `chosen` are
    the settings that the household changed.
    """

    folder: Path
    manifest: SkillManifest
    words: SkillWords
    asked: tuple[Grant, ...] | None = None
    chosen: dict[str, Any] = {}

    @property
    def settings(self) -> dict[str, Value]:
        """Its settings: what the household chose, as far as that still fits, and the defaults."""
        return chosen_or_default(self.manifest.setting, self.chosen)

    @property
    def code(self) -> Path:
        """Its module."""
        return self.folder / "skill.py"

    @property
    def bundled(self) -> bool:
        """Whether it comes with the hub. The code of every other skill is a stranger's."""
        return self.folder.parent == bundled("skills")


class FoundDevice(Struct, frozen=True):
    """A device integration whose manifest is sound."""

    folder: Path
    manifest: DeviceManifest

    @property
    def code(self) -> Path:
        """Its module."""
        return self.folder / "integration.py"

    @property
    def bundled(self) -> bool:
        """Whether it comes with the hub. The code of every other integration is a stranger's."""
        return self.folder.parent == bundled("devices")


class Broken(Struct, frozen=True):
    """A plugin that is left out: its id (or folder's name) and what is wrong with it."""

    plugin: str
    error: HearthError


F = TypeVar("F", FoundSkill, FoundDevice)


class Found(Struct, Generic[F], frozen=True):
    """What a search came to."""

    plugins: tuple[F, ...]
    broken: tuple[Broken, ...]


def find_skills(settings: PluginSettings, home: Path | None = None, *, also_off: bool = False) -> Found[FoundSkill]:
    """The bundled skills and those in `skills/` of the `home` and under the settings' paths, without the disabled.

    Those that the household switched off are left out as well, unless `also_off` is asked for.
    """
    found: list[FoundSkill] = []
    broken: list[Broken] = []
    off = {*settings.disabled, *(SkillSwitches(home).off() if home is not None and not also_off else ())}
    for folder in _folders("skills", settings, "skill.toml", home):
        try:
            manifest = read_manifest(folder / "skill.toml", SkillManifest)
            if manifest.id not in off:
                _check(folder, manifest.id, "skill.py", {s.manifest.id: s.folder for s in found})
                found.append(read_skill(folder, manifest, home))
        except HearthError as error:
            broken.append(Broken(folder.name, error))
    return Found(tuple(found), tuple(broken))


def find_home_skills(settings: PluginSettings, home: Path) -> Found[FoundSkill]:
    """Every skill of a home, also those that are off, be it by a switch or by hearth.toml."""
    found = find_skills(settings, home, also_off=True)
    if not settings.disabled:
        return found
    ids = {one.manifest.id for one in found.plugins}
    rest = find_skills(msgspec.structs.replace(settings, disabled=()), home, also_off=True)
    off = [one for one in rest.plugins if one.manifest.id in settings.disabled and one.manifest.id not in ids]
    return Found((*found.plugins, *off), found.broken)


def read_skill(folder: Path, manifest: SkillManifest, home: Path | None) -> FoundSkill:
    """The skill in `folder`, with no more than the household agreed to. Raises `ManifestError`, `PackageError`."""
    chosen = SkillSettings(home).of(manifest.id) if home is not None and manifest.setting else {}
    skill = FoundSkill(folder, manifest, read_words(folder, manifest), chosen=chosen)
    if skill.bundled:
        return skill
    check_words(skill)
    return skill if home is None else _as_agreed(skill, home)


def _as_agreed(skill: FoundSkill, home: Path) -> FoundSkill:
    """An installed skill asks for what it was installed with, whatever its manifest says by now."""
    if skill.folder.parent.resolve() != (home / "skills").resolve():
        return skill
    from hub.plugins.packages.installed import InstalledSkills  # reads packages; not needed where none was installed

    record = InstalledSkills(home).get(skill.manifest.id)
    if record is None:
        return skill
    grants = within(skill.manifest.grant, record.grant)
    narrowed = msgspec.structs.replace(skill.manifest, grant=grants)
    return msgspec.structs.replace(skill, manifest=narrowed, asked=skill.manifest.grant)


def find_devices(settings: PluginSettings, home: Path | None = None) -> Found[FoundDevice]:
    """The bundled integrations and those in `devices/` of the `home` and under the settings' paths, without the
    disabled ones.
    """
    found: list[FoundDevice] = []
    broken: list[Broken] = []
    for folder in _folders("devices", settings, "device.toml", home):
        try:
            manifest = read_manifest(folder / "device.toml", DeviceManifest)
            if manifest.id not in settings.disabled:
                _check(folder, manifest.id, "integration.py", {d.manifest.id: d.folder for d in found})
                found.append(FoundDevice(folder, manifest))
        except HearthError as error:
            broken.append(Broken(folder.name, error))
    return Found(tuple(found), tuple(broken))


def read_words(folder: Path, manifest: SkillManifest) -> SkillWords:
    """The skill's words in every language that its manifest names; raises `ManifestError`."""
    locales: dict[str, Locale] = {}
    for language in manifest.languages:
        path = folder / "locale" / f"{language}.yaml"
        locale = read_locale(path)
        if locale.language != language:
            raise ManifestError(
                f"speaks {locale.language!r}", place=str(path), remedy=f"set language: {language}, or rename it"
            )
        locales[language] = locale
    return SkillWords(skill=manifest.id, locales=locales)


def check_words(skill: FoundSkill) -> None:
    """Raises `ManifestError` when a reply of a stranger's skill does what a reply may not."""
    from hub.plugins.packages.reply_templates import check_replies  # jinja2 is not needed where no such skill is

    for language, locale in skill.words.locales.items():
        check_replies(locale, str(skill.folder / "locale" / f"{language}.yaml"))


def _folders(
    kind: Literal["skills", "devices"], settings: PluginSettings, manifest: str, home: Path | None = None
) -> Iterable[Path]:
    roots = [Path(p).expanduser() for p in settings.paths]
    if home is not None and home.resolve() not in [root.resolve() for root in roots]:
        roots.insert(0, home)
    for root in (bundled(kind), *(root / kind for root in roots)):
        if root.is_dir():  # what begins with a dot is being installed just now
            yield from sorted(f for f in root.iterdir() if f.name[0] != "." and (f / manifest).is_file())


def _check(folder: Path, plugin: str, module: str, taken: dict[str, Path]) -> None:
    if plugin in taken:
        remedy = f"the other is {taken[plugin]}; rename or remove one of them"
        raise ManifestError(f"a second plugin {plugin!r}", place=str(folder), remedy=remedy)
    if not (folder / module).is_file():
        raise ManifestError(f"there is no {module}", place=str(folder), remedy=f"put the code in {module}")
