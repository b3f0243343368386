"""The whole home as one encrypted file, made while the hub runs; and a home made of such a file."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hub.core.errors import StoreError, UnavailableError, ValueRefusedError
from hub.core.paths import HomePaths

if TYPE_CHECKING:
    from hub.store.backup_archive import Manifest

_UPLOAD: Final = ".upload.new"
"""Where a file lies that is to be restored; by its name no part of the home."""


class Backup(Struct, frozen=True, kw_only=True):
    """A backup: a name for its file, and its bytes."""

    name: str
    sealed: bytes


class Backups:
    """Makes and takes backups of the home at `paths`, one at a time: each costs seconds and much memory.

    `store_url` is [store] url of its settings; `home` says what it is called.
    """

    def __init__(self, paths: HomePaths, store_url: str, home: Callable[[], str]) -> None:
        self._paths = paths
        self._url = store_url
        self._home = home
        self._busy = asyncio.Lock()

    async def make(self, passphrase: str) -> Backup:
        """The home as it is now. Raises `UsageError` for a passphrase that is too short, `StoreError`."""
        from hub.store.backup import archived_home
        from hub.store.backup_file import check_passphrase, seal

        check_passphrase(passphrase)
        home = self._home()
        async with self._alone():
            _, archive, _ = await asyncio.to_thread(archived_home, self._paths, self._url, home)
            sealed = await asyncio.to_thread(seal, archive, passphrase)
        return Backup(name=_file_name(home), sealed=sealed)

    async def prepare(self, pieces: AsyncIterator[bytes], passphrase: str) -> "Manifest":
        """Take a backup and make it ready to be the home when the hub begins anew; returns what it holds.

        Raises `ValueRefusedError` for what is no whole backup or has another passphrase, `StoreError` where it cannot
        be written; then nothing has changed.
        """
        async with self._alone():
            upload = self._paths.root / _UPLOAD
            try:
                await _spool(upload, pieces)
                return await asyncio.to_thread(_prepared, self._paths.root, upload, passphrase)
            finally:
                upload.unlink(missing_ok=True)

    async def give_up(self) -> None:
        """Have what was prepared not be the home."""
        from hub.store.restore import give_up

        await asyncio.to_thread(give_up, self._paths.root)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        if self._busy.locked():
            raise UnavailableError("a backup is made or restored already", remedy="wait until that has ended")
        async with self._busy:
            yield


async def _spool(path: Path, pieces: AsyncIterator[bytes]) -> None:
    how = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(path, how, 0o600), "wb") as file:
            async for piece in pieces:
                file.write(piece)
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", place=str(path), remedy="is the disk full?") from error


def _prepared(root: Path, upload: Path, passphrase: str) -> "Manifest":
    from hub.store.backup_file import read_backup
    from hub.store.restore import prepare

    try:
        return prepare(root, read_backup(upload, passphrase))
    except StoreError as error:
        if error.place == str(root):
            raise
        # It is the file that was sent, or its passphrase: another one helps.
        raise ValueRefusedError(error.message, remedy=error.remedy) from error


def _file_name(home: str) -> str:
    """What a backup of this home is called: ASCII letters, digits and - alone, whatever the home is called."""
    plain = re.sub(r"[^a-z0-9]+", "-", home.lower()).strip("-")[:40]
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    return "-".join(part for part in ("hearth", plain, day) if part) + ".age"
