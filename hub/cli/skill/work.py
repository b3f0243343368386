"""Who installs, switches and removes skills for the commands: the hub that runs over the home, else the command."""

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from hub.cli import beside
from hub.core.errors import NotFoundError, UsageError
from hub.core.paths import HomePaths
from hub.plugins.packages.grant_words import chosen
from hub.plugins.skills.known_skill import Reviewed


class Done(Struct, frozen=True, kw_only=True):
    """A skill after it was changed: what it may do, in words, and what `state` a hub that runs has it in, and why."""

    skill: str
    version: str
    grants: tuple[str, ...] = ()
    state: str = ""
    reason: str = ""


class SkillWork(Protocol):
    """What the commands ask for. All raise `HearthError`s."""

    def review(self, content: bytes, place: str) -> Reviewed:
        """Look at the package that was read from `place`."""
        ...

    def install(self, reviewed: Reviewed, grants: Iterable[str]) -> Done:
        """Install what was reviewed last, with exactly these grants."""
        ...

    def switch(self, skill: str, on: bool) -> Done:
        """Switch a skill on or off, for good."""
        ...

    def remove(self, skill: str) -> Done:
        """Take a skill out of the home, with what it kept."""
        ...


def skill_work(paths: HomePaths) -> SkillWork:
    """Who does it for the home at `paths`."""
    running = beside.running_hub(paths)
    return Alone(paths) if running is None else BesideHub(running)


class BesideHub:
    """Has the hub that runs do it: it takes up what was changed at once."""

    def __init__(self, hub: beside.RunningHub) -> None:
        self._hub = hub

    def review(self, content: bytes, place: str) -> Reviewed:
        """As `SkillWork.review`."""
        from hub.plugins.packages.package import read_package

        read_package(content, place)  # what is wrong with it is told with its name
        answer = asyncio.run(beside.upload(self._hub, "api/v1/skills/review", content))
        return msgspec.convert(answer, Reviewed)

    def install(self, reviewed: Reviewed, grants: Iterable[str]) -> Done:
        """As `SkillWork.install`."""
        return self._done("install", digest=reviewed.digest, grants=list(grants))

    def switch(self, skill: str, on: bool) -> Done:
        """As `SkillWork.switch`."""
        return self._done("switch", skill=skill, on=on)

    def remove(self, skill: str) -> Done:
        """As `SkillWork.remove`."""
        known = asyncio.run(beside.get(self._hub, "api/v1/skills"))["skills"]
        version = next((one["version"] for one in known if one["skill"] == skill), "")
        self._post("remove", skill=skill)
        return Done(skill=skill, version=version)

    def _done(self, what: str, **body: Any) -> Done:
        told = self._post(what, **body)
        return Done(
            skill=told["skill"],
            version=told["version"],
            grants=tuple(grant["words"] for grant in told["grants"] if grant["agreed"]),
            state=told["condition"]["state"],
            reason=told["condition"]["reason"],
        )

    def _post(self, what: str, **body: Any) -> dict[str, Any]:
        return asyncio.run(beside.post(self._hub, f"api/v1/skills/{what}", body))


class Alone:
    """Does it itself, while no hub runs."""

    def __init__(self, paths: HomePaths) -> None:
        from hub.plugins.packages.installed import InstalledSkills, Plan

        self._paths = paths
        self._installed = InstalledSkills(paths.root)
        self._plan: Plan | None = None

    def review(self, content: bytes, place: str) -> Reviewed:
        """As `SkillWork.review`."""
        from hub.plugins.packages.package import read_package
        from hub.plugins.skills.review import reviewed

        package = read_package(content, place)
        plan = self._plan = self._installed.plan(package)
        signers = {one.signer for one in self._installed.all()}
        return reviewed(content, plan, known=package.index.signer in signers)

    def install(self, reviewed: Reviewed, grants: Iterable[str]) -> Done:
        """As `SkillWork.install`."""
        from hub.plugins.packages.grant_words import in_words
        from hub.plugins.skill_switches import SkillSwitches

        assert self._plan is not None
        record = self._installed.install(self._plan, chosen(self._plan.package.manifest.grant, grants))
        SkillSwitches(self._paths.root).switch(record.id, on=True)
        return Done(skill=record.id, version=record.version, grants=tuple(map(in_words, record.grant)))

    def switch(self, skill: str, on: bool) -> Done:
        """As `SkillWork.switch`."""
        from hub.core.settings_file import load_settings
        from hub.plugins.discovery import find_home_skills
        from hub.plugins.skill_switches import SkillSwitches

        settings = load_settings(self._paths.settings).settings.plugins
        found = {one.manifest.id: one for one in find_home_skills(settings, self._paths.root).plugins}
        if skill not in found:
            raise NotFoundError(f"there is no skill {skill[:80]!r}", remedy="`hearth skill list` shows what there is")
        if skill in settings.disabled:
            raise UsageError(f"hearth.toml leaves {skill} out", remedy="take it out of [plugins] disabled")
        SkillSwitches(self._paths.root).switch(skill, on)
        return Done(skill=skill, version=found[skill].manifest.version)

    def remove(self, skill: str) -> Done:
        """As `SkillWork.remove`."""
        from hub.plugins.skill_settings import SkillSettings
        from hub.plugins.skill_switches import SkillSwitches

        record = self._installed.named(skill)
        asyncio.run(self._forget(skill))
        SkillSettings(self._paths.root).forget(skill)
        self._installed.remove(skill)
        SkillSwitches(self._paths.root).switch(skill, on=True)
        return Done(skill=record.id, version=record.version)

    async def _forget(self, skill: str) -> None:
        """What it kept goes with it: the next one of this name may be another author's."""
        from hub.cli.open_store import open_store
        from hub.core.settings_file import load_settings
        from hub.store.plugin_data import PluginData
        from hub.store.timers import Timers

        if not load_settings(self._paths.settings).settings.store.url and not self._paths.database.exists():
            return
        async with open_store(self._paths) as database:
            await PluginData(database).clear(skill)
            timers = Timers(database)
            for kept in await timers.pending(skill):
                await timers.cancel(skill, kept.timer.id)
