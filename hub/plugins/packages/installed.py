"""The skills that were installed into a home from packages: which, by whom signed, and with which grants.

Each lies in `HOME/skills/ID`; what was agreed to is kept beside it, in `HOME/skills/.installed/ID.json`.
"""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from packaging.version import InvalidVersion, Version

from hub.core.bundled import bundled
from hub.core.errors import NotFoundError, PackageError
from hub.core.on_disk import sync_file, sync_folder, write_whole
from hub.plugins.packages.author_key import fingerprint
from hub.plugins.packages.grant_words import more_than
from hub.plugins.packages.package import Package
from hub.sdk.manifest import Grant

_RECORDS: Final = ".installed"
_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class InstalledSkill(Struct, frozen=True, kw_only=True):
    """What the household agreed to when it installed a skill."""

    id: str
    name: str
    version: str
    signer: str
    grant: tuple[Grant, ...] = ()
    files: dict[str, str] = {}


class Plan(Struct, frozen=True, kw_only=True):
    """What installing a package would do: replace `before` if there is one, and ask for `more` than that had."""

    package: Package
    before: InstalledSkill | None = None
    more: tuple[Grant, ...] = ()


class InstalledSkills:
    """The installed skills of the home at `root`."""

    def __init__(self, root: Path) -> None:
        self._folder = root / "skills"
        self._records = self._folder / _RECORDS

    def all(self) -> list[InstalledSkill]:
        """Every installed skill, by its id."""
        found = [self.get(path.stem) for path in sorted(self._records.glob("*.json"))]
        return [one for one in found if one is not None]

    def get(self, skill: str) -> InstalledSkill | None:
        """What is known of a skill; None when it was not installed. Raises `PackageError` for a damaged record."""
        path = self._records / f"{skill}.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=InstalledSkill)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise PackageError(f"it cannot be read: {error}", place=str(path), remedy="remove it") from error

    def changed(self, skill: InstalledSkill) -> bool:
        """Whether its files are no longer those that were installed."""
        folder = self._folder / skill.id
        return any(_sha256(folder / name) != digest for name, digest in skill.files.items())

    def plan(self, package: Package) -> Plan:
        """What installing it would do. Raises `PackageError` where it must not happen, whoever agrees."""
        name, version = package.manifest.id, _version(package.manifest.version)
        if (bundled("skills") / name).exists():
            raise PackageError(f"{name} comes with the hub", remedy="its author must give it another id")
        before = self.get(name)
        if before is None:
            if (self._folder / name).exists():
                raise PackageError(
                    f"there is a skill {name} that was not installed", remedy=f"move {self._folder / name} away"
                )
            return Plan(package=package, more=package.manifest.grant)
        if before.signer != package.index.signer:
            raise PackageError(
                f"{name} is signed by {fingerprint(package.index.signer)}, and what is installed by another",
                remedy=f"if you trust that, `hearth skill remove {name}` first",
            )
        if version < _version(before.version):
            raise PackageError(
                f"{name} {package.manifest.version} is older than {before.version}, which is installed",
                remedy=f"if that is meant, `hearth skill remove {name}` first",
            )
        return Plan(package=package, before=before, more=tuple(more_than(package.manifest.grant, before.grant)))

    def install(self, plan: Plan, agreed: tuple[Grant, ...] | None = None) -> InstalledSkill:
        """Unpack what was planned; the old version stays until the new one is whole. Raises `PackageError`.

        `agreed` are those of its grants that the household agreed to; None: all.
        """
        package = plan.package
        record = InstalledSkill(
            id=package.manifest.id,
            name=package.manifest.name,
            version=package.manifest.version,
            signer=package.index.signer,
            grant=package.manifest.grant if agreed is None else agreed,
            files=package.index.files,
        )
        try:
            self._records.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(prefix=f".new-{record.id}-", dir=self._folder))
            try:
                _unpack(package, fresh)
                self._swap(fresh, record, plan.before)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        except OSError as error:
            raise PackageError(f"it cannot be unpacked: {error}", remedy="make room, or mend the folder") from error
        return record

    def named(self, skill: str) -> InstalledSkill:
        """What is known of an installed skill. Raises `NotFoundError`."""
        found = self.get(skill) if _ID.fullmatch(skill) else None
        if found is None or found.id != skill:
            raise NotFoundError(f"{skill[:80]!r} was not installed", remedy="`hearth skill list` shows what was")
        return found

    def remove(self, skill: str) -> InstalledSkill:
        """Take an installed skill out of the home. Raises `NotFoundError`."""
        found = self.named(skill)
        shutil.rmtree(self._folder / found.id, ignore_errors=True)
        (self._records / f"{found.id}.json").unlink(missing_ok=True)
        return found

    def agree(self, skill: InstalledSkill, grants: tuple[Grant, ...]) -> InstalledSkill:
        """From now on it has these grants. Raises `PackageError` when that cannot be written."""
        record = msgspec.structs.replace(skill, grant=grants)
        try:
            self._write(record)
        except OSError as error:
            raise PackageError(f"it cannot be kept: {error}", remedy="make room, or mend the folder") from error
        return record

    def _swap(self, fresh: Path, record: InstalledSkill, before: InstalledSkill | None) -> None:
        place, old = self._folder / record.id, fresh.with_name(f"{fresh.name}.old")
        # The record first: there is no moment at which a stranger's code lies there and nobody knows what it may do.
        self._write(record)
        try:
            if place.exists():
                place.rename(old)
            fresh.rename(place)
        except OSError:
            if old.exists():
                old.rename(place)
            if before is None:
                (self._records / f"{record.id}.json").unlink(missing_ok=True)
            else:
                self._write(before)
            raise
        sync_folder(self._folder)
        shutil.rmtree(old, ignore_errors=True)

    def _write(self, record: InstalledSkill) -> None:
        write_whole(self._records / f"{record.id}.json", msgspec.json.encode(record), mode=0o666)


def _unpack(package: Package, folder: Path) -> None:
    folder.chmod(0o755)
    for name, data in package.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            sync_file(file)


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion as error:
        raise PackageError(f"{text[:40]!r} is no version", remedy="use numbers and dots, such as 1.2.0") from error
