"""Restoring a home: everything is checked and on the disk before the first file is replaced; then it is one step.

The new home is written beside the old one, into `.restoring`. Renaming that to `.restored` is the step: from then on
the home is the new one, and whoever comes first moves it into place: this command, or, where it was killed, the next.
Moving is only renaming, within one directory, and says of every entry whether it has been done.
"""

import shutil
import time
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub.core.errors import StoreError, UsageError
from hub.core.on_disk import sync_folder, write_whole
from hub.store.backup import ASIDE, RESTORED, RESTORING, is_of_the_moment
from hub.store.backup_archive import Manifest, Progress, no_progress, unpack
from hub.store.schema import HEAD

_PLAN: Final = "plan.json"
_HOME: Final = "home"


class _Plan(Struct, frozen=True):
    """Where the old home goes, and what the new one's directory holds."""

    aside: str
    entries: tuple[str, ...]


def check_replaceable(root: Path, *, replace: bool) -> None:
    """Raise `UsageError` unless a home may be restored to `root`: where nothing is, or with `replace`."""
    if not root.exists():
        return
    entries = _entries(root)
    if entries and not replace:
        raise UsageError(f"{root} holds a home already", remedy="--replace keeps it aside and restores")
    for entry in entries:
        if entry.lstat().st_dev != root.stat().st_dev:
            raise UsageError(f"{entry} lies on another disk", remedy="unmount it, and mount it again afterwards")


def _entries(root: Path) -> list[Path]:
    """What belongs to the home in its directory."""
    return [path for path in sorted(root.iterdir()) if not is_of_the_moment(path.name)]


def restore(root: Path, archive: bytes, progress: Progress = no_progress) -> tuple[Manifest, Path | None]:
    """Make the archive the home at `root`; returns what it was, and where the old home is kept. Blocking.

    No hub may run over it. Raises `StoreError`, and then nothing has changed.
    """
    return prepare(root, archive, progress), finish(root)


def prepare(root: Path, archive: bytes, progress: Progress = no_progress) -> Manifest:
    """Check the archive and write it beside the home, ready for `finish`; returns what it was. Blocking.

    A hub may run over the home meanwhile; not when it is finished. Raises `StoreError`, and then nothing has changed.
    """
    staging = root / RESTORING
    try:
        shutil.rmtree(staging, ignore_errors=True)
        (staging / _HOME).mkdir(parents=True, mode=0o700)
        manifest = _staged(root, staging, archive, progress)
        staging.rename(root / RESTORED)
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        message = f"the home cannot be restored: {error.strerror or error}"
        raise StoreError(message, place=str(root), remedy="nothing was changed; is the disk full?") from error
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return manifest


def _staged(root: Path, staging: Path, archive: bytes, progress: Progress) -> Manifest:
    manifest = unpack(archive, staging / _HOME, progress)
    if manifest.schema > HEAD:
        raise StoreError("the backup was made by a newer version of Hearth", remedy="update Hearth")
    names = sorted({member.path.partition("/")[0] for member in manifest.members})
    if any(is_of_the_moment(name) for name in names):
        raise StoreError("the backup is damaged: it holds what is of a moment", remedy="nothing was changed")
    plan = msgspec.json.encode(_Plan(_free_name(root), tuple(names)))
    write_whole(staging / _PLAN, plan, mode=0o666)
    return manifest


def _free_name(root: Path) -> str:
    wanted = name = f"{ASIDE}{time.strftime('%Y%m%d-%H%M%S')}"
    number = 1
    while (root / name).exists():
        number += 1
        name = f"{wanted}-{number}"
    return name


def is_unfinished(root: Path) -> bool:
    """Whether a restore was interrupted after its one step: `finish` it before the home is used."""
    return (root / RESTORED).is_dir()


def finish(root: Path) -> Path | None:
    """Move the restored home into place; returns where the old one is kept, None where there was none.

    Can be interrupted and begun again at any point. No hub may run over the home.
    """
    ready = root / RESTORED
    plan = msgspec.json.decode((ready / _PLAN).read_bytes(), type=_Plan)
    new, aside = ready / _HOME, root / plan.aside
    sync_folder(root)
    for entry in _entries(root):
        if entry.name in plan.entries and not (new / entry.name).exists():
            continue  # it is the new one, and in place
        aside.mkdir(mode=0o700, exist_ok=True)
        entry.rename(aside / entry.name)
    if aside.exists():
        sync_folder(aside)
    for name in plan.entries:
        if (new / name).exists():
            (new / name).rename(root / name)
    sync_folder(root)
    ready.rename(root / RESTORING)  # done: what is left is rubbish, also if this is interrupted now
    shutil.rmtree(root / RESTORING, ignore_errors=True)
    return aside if aside.exists() else None


def give_up(root: Path) -> None:
    """Have a restored home that waits to be finished not be moved into place. Blocking."""
    shutil.rmtree(root / RESTORING, ignore_errors=True)
    (root / RESTORED).rename(root / RESTORING)
    shutil.rmtree(root / RESTORING, ignore_errors=True)
