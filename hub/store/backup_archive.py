"""The inside of a backup: a compressed tar whose first member says what the others are. Checked before it is believed.

`age --decrypt FILE | tar xz` takes one apart without Hearth: `manifest.json`, and the home's files below `home/`.
"""

import gzip
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from hub.core.errors import StoreError
from hub.core.on_disk import sync_file, sync_folder

Progress = Callable[[int, int], None]
"""Is told how many bytes of how many are done."""

VERSION: Final = 1
_MANIFEST: Final = "manifest.json"
_INSIDE: Final = "home/"
_MOST_MANIFEST: Final = 8 * 1024 * 1024
_MOST_MEMBERS: Final = 100_000
_TAR_PER_MEMBER: Final = 4 * tarfile.BLOCKSIZE + 4_096
"""Bytes of headers and padding that a member needs at most."""
_PIECE: Final = 1024 * 1024
_LONGEST_PATH: Final = 1_000
_DEEPEST: Final = 32


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the home: its path below it, its size in bytes, and SHA-256 of its content."""

    path: Annotated[str, Meta(min_length=1, max_length=_LONGEST_PATH)]
    size: Annotated[int, Meta(ge=0)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Manifest(Struct, frozen=True, kw_only=True):
    """What a backup holds. `schema` is the newest migration that its database may have; `made` is ISO 8601."""

    format: Literal["hearth-backup"] = "hearth-backup"
    version: int = VERSION
    hearth: str
    schema: str
    made: str
    home: str
    members: Annotated[tuple[Member, ...], Meta(max_length=_MOST_MEMBERS)]

    @property
    def size(self) -> int:
        """Bytes of all members."""
        return sum(member.size for member in self.members)


def no_progress(_done: int, _of: int) -> None:
    """Nobody looks on."""


def members_of(folder: Path) -> tuple[Member, ...]:
    """The files below a folder, in order. Blocking: reads them all."""
    return tuple(
        Member(path.relative_to(folder).as_posix(), path.stat().st_size, _sha256(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(folder: Path, manifest: Manifest, progress: Progress = no_progress) -> bytes:
    """The members of `manifest`, which lie in `folder`, as one archive. Blocking."""
    packed, done = io.BytesIO(), 0
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        about = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        tar.addfile(_entry(_MANIFEST, len(about)), io.BytesIO(about))
        for member in manifest.members:
            with (folder / member.path).open("rb") as file:
                tar.addfile(_entry(_INSIDE + member.path, member.size), file)
            done += member.size
            progress(done, manifest.size)
    return packed.getvalue()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def unpack(data: bytes, into: Path, progress: Progress = no_progress) -> Manifest:
    """Write the members below the new folder `into`, each checked, and sync them to disk. Blocking.

    Raises `StoreError` for anything that a backup of ours does not have: other paths, kinds of files, sizes, hashes.
    Nothing is written outside of `into`, and no more than the manifest says.
    """
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    reader = _Bounded(gzip.GzipFile(fileobj=io.BytesIO(data), mode="rb"), 2 * _MOST_MANIFEST)
    try:
        with tarfile.open(fileobj=reader, mode="r|") as tar:  # type: ignore[call-overload]
            manifest = _manifest(tar)
            reader.most += manifest.size + _TAR_PER_MEMBER * (len(manifest.members) + 4)
            done = 0
            for member in manifest.members:
                _extract(tar, member, into)
                done += member.size
                progress(done, manifest.size)
            if tar.next() is not None:
                raise _damaged("it has more in it than it says")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, UnicodeError) as error:
        raise _damaged(str(error)) from error
    for folder in (into, *(path for path in into.rglob("*") if path.is_dir())):
        sync_folder(folder)
    return manifest


class _Bounded:
    """Reads no more than so many bytes, whatever the data blows up to."""

    def __init__(self, file: gzip.GzipFile, most: int) -> None:
        self._file = file
        self.most = most

    def read(self, size: int) -> bytes:
        data = self._file.read(min(size, self.most + 1))
        self.most -= len(data)
        if self.most < 0:
            raise _damaged("it blows up to more than it says")
        return data


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != _MANIFEST or not first.isreg() or first.size > _MOST_MANIFEST:
        raise _damaged("it does not begin with a manifest")
    text = _file(tar, first).read()
    try:
        version = msgspec.json.decode(text, type=dict[str, Any]).get("version")
        if isinstance(version, int) and version > VERSION:
            raise StoreError("the backup was made by a newer version of Hearth", remedy="update Hearth")
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise _damaged(f"its manifest: {error}") from error
    _check_paths([member.path for member in manifest.members])
    return manifest


def _check_paths(paths: list[str]) -> None:
    folders = {parent for path in paths for parent in _parents(path)}
    for path in paths:
        parts = path.split("/")
        strange = "\\" in path or not path.isprintable() or any(part in ("", ".", "..") for part in parts)
        if strange or len(parts) > _DEEPEST or path in folders:
            raise _damaged(f"{path[:80]!r} is no place for a file")
    if len({path.casefold() for path in paths}) != len(paths):
        raise _damaged("two of its files would lie in one place")


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _extract(tar: tarfile.TarFile, member: Member, into: Path) -> None:
    entry = tar.next()
    if entry is None or entry.name != _INSIDE + member.path or not entry.isreg() or entry.size != member.size:
        raise _damaged(f"{member.path} is not as its manifest says")
    target = into / member.path
    for folder in reversed([into / parent for parent in _parents(member.path)]):
        folder.mkdir(exist_ok=True, mode=0o700)
    source, hashed = _file(tar, entry), hashlib.sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        while piece := source.read(_PIECE):
            hashed.update(piece)
            file.write(piece)
        sync_file(file)
    if hashed.hexdigest() != member.sha256:
        raise _damaged(f"{member.path} is not what was backed up")


def _file(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(entry)
    assert file is not None
    return file


def _damaged(what: str) -> StoreError:
    return StoreError(f"the backup is damaged: {what}", remedy="use another one; nothing was changed")
