"""The skills of a running hub: taken up, switched and let go of while it runs."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import structlog

from hub.core.bus import Bus
from hub.core.errors import HearthError, NotFoundError, UsageError
from hub.core.events import PluginFailed
from hub.core.settings import PluginSettings
from hub.plugins.discovery import Found, FoundSkill, find_home_skills, read_skill
from hub.plugins.packages.grant_words import chosen
from hub.plugins.ports.hub_ports import HubPorts
from hub.plugins.skill_settings import SkillSettings
from hub.plugins.skill_switches import SkillSwitches
from hub.plugins.skills.known_skill import Installed, KnownSkill, Reviewed, broken_skill, known_skill
from hub.plugins.skills.skill_host import SkillHost
from hub.sdk.manifest import SkillManifest, read_manifest

if TYPE_CHECKING:
    from hub.plugins.packages.installed import InstalledSkills
    from hub.plugins.packages.package import Package

log = structlog.get_logger(__name__)
_MOST_REVIEWED: Final = 4
_REVIEWED_S: Final = 900.0


class HomeSkills:
    """What the household does with the skills of the home at `root`, one thing at a time.

    `changed` is awaited after every change of what runs, with the skill's id; `forget` after one was removed, for what
    it kept. `start` it before anything else.
    """

    def __init__(
        self,
        root: Path,
        settings: PluginSettings,
        host: SkillHost,
        bus: Bus,
        *,
        changed: Callable[[str], Awaitable[None]],
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        self._root, self._settings, self._host = root, settings, host
        self._changed, self._forget = changed, forget
        self._switches, self._choices = SkillSwitches(root), SkillSettings(root)
        self._off: set[str] = set()
        self._found: dict[str, FoundSkill] = {}
        self._broken: dict[str, HearthError] = {}
        self._reviewed: dict[str, tuple[float, Package]] = {}  # by digest, with when
        self._troubles: dict[str, str] = {}
        self._lock = asyncio.Lock()
        self._end = bus.subscribe(PluginFailed, self._note)

    async def start(self, ports: HubPorts) -> None:
        """Find the home's skills and start those that are on; returns when each runs or is left out."""
        found = await asyncio.to_thread(find_home_skills, self._settings, self._root)
        self._off.update(await asyncio.to_thread(self._switches.off))
        self._found = {one.manifest.id: one for one in found.plugins}
        self._broken = {one.plugin: one.error for one in found.broken}
        on = tuple(one for one in found.plugins if self._on(one.manifest.id))
        self._host.start(Found(on, found.broken), ports)
        await self._host.ready()

    def close(self) -> None:
        """Follow what goes wrong no more."""
        self._end()

    async def known(self) -> list[KnownSkill]:
        """Every skill of the home, those that are off or broken included: the household's first, then the hub's."""
        records = await asyncio.to_thread(self._records)
        known = [
            *(self._known(one, records) for one in self._found.values()),
            *(broken_skill(name, error, records.get(name)) for name, error in self._broken.items()),
        ]
        return sorted(known, key=lambda one: (one.source == "hub", one.name.casefold()))

    async def review(self, content: bytes) -> Reviewed:
        """Look at a package without unpacking it. Raises `PackageError`, `ManifestError`."""
        package, reviewed = await asyncio.to_thread(self._review, content)
        now, digest = time.monotonic(), reviewed.digest
        fresh = {key: kept for key, kept in self._reviewed.items() if now - kept[0] < _REVIEWED_S and key != digest}
        self._reviewed = dict([*fresh.items(), (digest, (now, package))][-_MOST_REVIEWED:])
        return reviewed

    async def install(self, digest: str, grants: Iterable[str]) -> KnownSkill:
        """Install a package that was reviewed, with exactly these grants, and start it.

        Raises `NotFoundError` when it was not reviewed lately, `PackageError` when it may not be installed so.
        """
        async with self._lock:
            when, package = self._reviewed.get(digest, (-_REVIEWED_S, None))
            if package is None or time.monotonic() - when >= _REVIEWED_S:
                raise NotFoundError("this package was not looked at, or long ago", remedy="look at it again first")
            agreed, installed = chosen(package.manifest.grant, grants), self._installed()
            # What was reviewed may not fit any more: planned anew, beside what is installed now.
            record = await asyncio.to_thread(lambda: installed.install(installed.plan(package), agreed))
            self._reviewed.pop(digest, None)
            await self._put(record.id, on=True)
            log.info("a skill was installed", skill=record.id, version=record.version)
            return await self._take_up(record.id)

    async def grant(self, skill: str, grants: Iterable[str]) -> KnownSkill:
        """Let an installed skill have exactly these of the grants that it asks for; it starts anew with them.

        Raises `NotFoundError` for what was not installed, `PackageError`.
        """
        async with self._lock:
            record = await asyncio.to_thread(self._installed().named, skill)
            found = self._named(skill)
            agreed = chosen(found.manifest.grant if found.asked is None else found.asked, grants)
            await asyncio.to_thread(self._installed().agree, record, agreed)
            return await self._take_up(skill)

    async def configure(self, skill: str, values: Mapping[str, object]) -> KnownSkill:
        """Choose settings of a skill; those that are not named stay as they are. It starts anew with them.

        Raises `NotFoundError` for no such skill or setting, `ValueRefusedError` for what cannot be chosen.
        """
        async with self._lock:
            found = self._named(skill)
            settings = {one.name: one for one in found.manifest.setting}
            unknown = values.keys() - settings.keys()
            if unknown:
                raise NotFoundError(f"{skill} has no setting {min(unknown)[:80]!r}", remedy="choose one that it has")
            checked = {name: settings[name].checked(value) for name, value in values.items()}
            chosen = {**found.chosen, **checked}
            await asyncio.to_thread(self._choices.keep, skill, chosen)
            found = self._found[skill] = msgspec.structs.replace(found, chosen=chosen)
            if self._on(skill):
                await self._host.take_up(found)
            await self._changed(skill)
            return self._known(found, await asyncio.to_thread(self._records))

    async def switch(self, skill: str, on: bool) -> KnownSkill:
        """Switch a skill on or off, for good. Raises `NotFoundError`, and `UsageError` where hearth.toml decides."""
        async with self._lock:
            found = self._named(skill)
            if skill in self._settings.disabled:
                raise UsageError(f"hearth.toml leaves {skill} out", remedy="take it out of [plugins] disabled")
            await self._put(skill, on=on)
            self._troubles.pop(skill, None)
            await (self._host.take_up(found) if on else self._host.let_go(skill))
            await self._changed(skill)
            return self._known(found, await asyncio.to_thread(self._records))

    async def remove(self, skill: str) -> None:
        """Stop an installed skill, forget what it kept, and take it out of the home. Raises `NotFoundError`."""
        async with self._lock:
            await asyncio.to_thread(self._installed().named, skill)
            await self._host.let_go(skill)
            await self._forget(skill)
            await asyncio.to_thread(self._choices.forget, skill)
            await asyncio.to_thread(self._installed().remove, skill)
            await self._put(skill, on=True)
            for kept in (self._found, self._broken, self._troubles):
                kept.pop(skill, None)
            await self._changed(skill)
            log.info("a skill was removed", skill=skill)

    # -- inside ----------------------------------------------------------------------------------------------------

    async def _take_up(self, skill: str) -> KnownSkill:
        """Read an installed skill anew, and start it in place of the one of its id that runs."""
        self._troubles.pop(skill, None)
        folder = self._root / "skills" / skill
        found = await asyncio.to_thread(
            lambda: read_skill(folder, read_manifest(folder / "skill.toml", SkillManifest), self._root)
        )
        self._found[skill] = found
        self._broken.pop(skill, None)
        if self._on(skill):
            await self._host.take_up(found)
        await self._changed(skill)
        return self._known(found, await asyncio.to_thread(self._records))

    async def _put(self, skill: str, *, on: bool) -> None:
        await asyncio.to_thread(self._switches.switch, skill, on)
        (self._off.discard if on else self._off.add)(skill)

    def _on(self, skill: str) -> bool:
        return skill not in self._settings.disabled and skill not in self._off

    def _installed(self) -> "InstalledSkills":
        from hub.plugins.packages.installed import InstalledSkills  # reads packages; a home may never need it

        return InstalledSkills(self._root)

    def _review(self, content: bytes) -> "tuple[Package, Reviewed]":
        from hub.plugins.packages.package import read_package
        from hub.plugins.skills.review import reviewed

        package = read_package(content, "")
        installed = self._installed()
        signers = {one.signer for one in installed.all()}
        return package, reviewed(content, installed.plan(package), known=package.index.signer in signers)

    def _records(self) -> dict[str, Installed]:
        if not (self._root / "skills" / ".installed").is_dir():
            return {}
        from hub.plugins.packages.author_key import fingerprint

        return {
            one.id: Installed(name=one.name, signer=fingerprint(one.signer), changed=self._installed().changed(one))
            for one in self._installed().all()
        }

    def _known(self, found: FoundSkill, records: dict[str, Installed]) -> KnownSkill:
        skill = found.manifest.id
        own = found.folder.parent == self._root / "skills"
        return known_skill(
            found,
            records.get(skill) if own else None,
            self._host.condition(skill),
            on=self._on(skill),
            fixed=skill in self._settings.disabled,
            trouble=self._troubles.get(skill, ""),
        )

    def _named(self, skill: str) -> FoundSkill:
        found = self._found.get(skill)
        if found is None:
            raise NotFoundError(f"there is no skill {skill[:80]!r}", remedy="`hearth skill list` shows what there is")
        return found

    def _note(self, failed: PluginFailed) -> None:
        self._troubles[failed.plugin] = failed.error
