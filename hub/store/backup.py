"""Backing up a home: a consistent copy of all that it is made of, while its hub runs or not."""

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hub import __version__
from hub.core.errors import StoreError
from hub.core.paths import HomePaths
from hub.store.backup_archive import Manifest, Progress, members_of, no_progress, pack
from hub.store.faults import as_store_errors
from hub.store.schema import HEAD

DATABASE: Final = "hearth.db"
DRAFT: Final = ".backup-draft"
RESTORING: Final = ".restoring"
RESTORED: Final = ".restored"
RUNNING: Final = "hub.running"
ASIDE: Final = "before-restore-"
_PAGES: Final = 2_000
_BUSY_S: Final = 10.0


def is_of_the_moment(name: str) -> bool:
    """Whether an entry of a home's directory is none of the home: a mark, a draft, or what was kept aside."""
    own = name in (RUNNING, DRAFT, RESTORING, RESTORED) or name.startswith(ASIDE)
    return own or (name.startswith(".") and name.endswith(".new"))


def copy_database(source: Path, target: Path, progress: Progress = no_progress) -> None:
    """Copy a SQLite database as it is at one moment, while others may write to it. Blocking.

    The copy is one file, without a journal, and known to be sound. Raises `StoreError`.
    """
    # Not read only: whoever closes such a database last removes its journal, and must be able to.
    there = f"{source.absolute().as_uri()}?mode=rw"
    with (
        as_store_errors(str(source)),
        contextlib.closing(sqlite3.connect(there, timeout=_BUSY_S, uri=True, isolation_level=None)) as old,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        # A transaction holds the moment: without it, every write of the hub would make the copy begin again.
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        (page,) = old.execute("PRAGMA page_size").fetchone()
        old.backup(new, pages=_PAGES, progress=lambda _, left, of: progress((of - left) * page, of * page))
        old.execute("COMMIT")
        new.execute("PRAGMA journal_mode = DELETE")
        found = [str(row[0]) for row in new.execute("PRAGMA quick_check(5)")]
    if found != ["ok"]:
        raise StoreError(
            f"the database is damaged: {'; '.join(found)}", place=str(source),
            remedy="restore an older backup; or start the hub, which keeps the damaged file aside and begins anew",
        )  # fmt: skip


@contextmanager
def copied_home(
    root: Path, database: Path | None, progress: Progress = no_progress
) -> Iterator[tuple[Path, list[str]]]:
    """A copy of the home at `root` for as long as the block lasts, and what is not in it (links, and such). Blocking.

    `database` is its SQLite file; None where it has none. The copy lies in the home itself: it is as secret as that.
    """
    draft = root / DRAFT
    shutil.rmtree(draft, ignore_errors=True)  # of a backup that was interrupted
    try:
        draft.mkdir(mode=0o700)
        left_out = _copy_files(root, draft, _of_database(database))
        if database is not None and database.exists():
            copy_database(database, draft / DATABASE, progress)
        yield draft, left_out
    except OSError as error:
        raise StoreError(f"the home cannot be copied: {error}", place=str(root), remedy="is the disk full?") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _of_database(database: Path | None) -> Path | None:
    return None if database is None else database.absolute()


def _copy_files(root: Path, draft: Path, database: Path | None) -> list[str]:
    left_out = []
    waiting = [root]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            inside = path.relative_to(root)
            if path.parent == root and is_of_the_moment(path.name):
                continue
            if database is not None and path.absolute().parent == database.parent and _is_part(path.name, database):
                continue
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                left_out.append(inside.as_posix())
            elif path.is_dir():
                waiting.append(path)
            else:
                (draft / inside).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with contextlib.suppress(FileNotFoundError):  # gone meanwhile
                    shutil.copyfile(path, draft / inside, follow_symlinks=False)
    return left_out


def _is_part(name: str, database: Path) -> bool:
    """The database, its journals, and damaged ones that were kept aside."""
    return name == database.name or name.startswith((f"{database.name}-", f"{database.name}.damaged-"))


def manifest_of(folder: Path, home: str) -> Manifest:
    """What a copied home is made of. Blocking: reads all of it."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return Manifest(hearth=__version__, schema=HEAD, made=made, home=home, members=members_of(folder))


def archived_home(
    paths: HomePaths, store_url: str, name: str, copying: Progress = no_progress, packing: Progress = no_progress
) -> tuple[Manifest, bytes, list[str]]:
    """The home as an archive: what it is made of, the bytes, and what is not in it, in words. Blocking, seconds.

    `store_url` is [store] url of its settings, `name` what the home is called. Raises `StoreError`.
    """
    database, left_out = _sqlite_file(paths, store_url)
    with copied_home(paths.root, database, copying) as (copy, others):
        left_out += [f"{name}, which is no file of its own" for name in others]
        manifest = manifest_of(copy, name)
        return manifest, pack(copy, manifest, packing), left_out


def _sqlite_file(paths: HomePaths, url: str) -> tuple[Path | None, list[str]]:
    if not url:
        return paths.database, []
    if url.startswith("postgresql"):
        return None, ["the database, which is PostgreSQL's: back it up with pg_dump"]
    return Path(url.removeprefix("sqlite:///")).expanduser(), []
