"""The package of a skill, NAME-VERSION.hearthskill: one file that is checked to the end before anything is unpacked.

It is a zip archive whose members are stored, not compressed. `hearthskill.json` names every file with its SHA-256, and
the signer; `hearthskill.sig` is the signer's Ed25519 signature over it. The same folder and key give the same bytes.
"""

import hashlib
import io
import stat
import zipfile
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub.core.errors import PackageError
from hub.plugins.packages.author_key import AuthorKey, verified
from hub.plugins.packages.package_names import check_names
from hub.plugins.packages.reply_templates import check_replies
from hub.sdk.locale import parse_locale
from hub.sdk.manifest import SkillManifest, parse_manifest

SUFFIX: Final = ".hearthskill"
_INDEX: Final = "hearthskill.json"
_SIGNATURE: Final = "hearthskill.sig"
_PURPOSE: Final = b"hearth skill package 1\0"
_FORMAT: Final = 1
_MOST_BYTES: Final = 8 * 1024 * 1024
_MOST_FILES: Final = 500
MOST_PACKAGE_BYTES: Final = 2 * _MOST_BYTES
"""Of the whole package; its files may come to half of that."""
_LEFT_OUT: Final = frozenset({"__pycache__"})
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)


class PackageIndex(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """hearthskill.json: what is signed. `files` maps each name to its SHA-256."""

    format: int
    id: str
    version: str
    signer: str
    files: dict[str, str]


class Package(Struct, frozen=True, kw_only=True):
    """A package whose signature, names, sizes and manifest are sound. Nothing of it has been unpacked or run."""

    index: PackageIndex
    manifest: SkillManifest
    files: dict[str, bytes]


def pack(folder: Path, key: AuthorKey) -> tuple[str, bytes]:
    """The package of the skill in `folder`: its file name and content. Raises `ManifestError`, `PackageError`."""
    files = _collected(folder)
    if "skill.toml" not in files:
        raise PackageError("there is no skill.toml", place=str(folder), remedy="`hearth skill new` writes one")
    manifest = parse_manifest(files["skill.toml"], str(folder / "skill.toml"), SkillManifest)
    check_names([manifest.id, manifest.version, *files])
    index = PackageIndex(
        format=_FORMAT,
        id=manifest.id,
        version=manifest.version,
        signer=key.signer,
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    )
    signed = msgspec.json.encode(index, order="deterministic")
    members = {_INDEX: signed, _SIGNATURE: key.sign(_PURPOSE + signed), **files}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _LONG_AGO)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, data)
    content = buffer.getvalue()
    read_package(content, str(folder))  # what is made here must be accepted there
    return f"{manifest.id}-{manifest.version}{SUFFIX}", content


def _collected(folder: Path) -> dict[str, bytes]:
    """Every file of the skill by its name in the package; hidden ones and caches stay at home."""
    files: dict[str, bytes] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if any(part.startswith(".") or part in _LEFT_OUT for part in inside.parts) or path.suffix == SUFFIX:
            continue
        if path.is_symlink():
            raise PackageError("a link cannot be packed", place=str(path), remedy="put the file itself there")
        if path.is_file():
            size += path.stat().st_size
            if size > _MOST_BYTES or len(files) >= _MOST_FILES:
                raise _too_large()
            files[inside.as_posix()] = path.read_bytes()
    return dict(sorted(files.items()))


def package_bytes(path: Path) -> bytes:
    """What is in the file `path`, no more than a package may have and one byte; raises `PackageError`."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_PACKAGE_BYTES + 1)
    except OSError as error:
        raise PackageError(f"it cannot be read: {error.strerror}", place=str(path), remedy="give a file") from error


def read_package(content: bytes, place: str) -> Package:
    """The package that `content` is, when everything about it is sound; raises `PackageError`, `ManifestError`."""
    if len(content) > MOST_PACKAGE_BYTES:
        raise _too_large()
    members = _members(content, place)
    signed, signature = members.pop(_INDEX, None), members.pop(_SIGNATURE, None)
    if signed is None or signature is None:
        raise PackageError("it is not signed", place=place, remedy="ask its author for a `hearth skill pack`")
    try:
        index = msgspec.json.decode(signed, type=PackageIndex)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PackageError(f"its index cannot be read: {error}", place=place, remedy="get it again") from error
    if index.format != _FORMAT:
        raise PackageError(f"it is of format {index.format}", place=place, remedy="update the hub")
    if not verified(index.signer, signature, _PURPOSE + signed):
        raise PackageError("its signature is wrong", place=place, remedy="get it again, from its author")
    found = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    if found != index.files:
        raise PackageError("its files are not those that were signed", place=place, remedy="get it again")
    manifest = parse_manifest(members.get("skill.toml", b""), f"{place}: skill.toml", SkillManifest)
    if (manifest.id, manifest.version) != (index.id, index.version) or "skill.py" not in members:
        raise PackageError("its index and its skill disagree", place=place, remedy="pack it again")
    for language in manifest.languages:
        name = f"locale/{language}.yaml"
        check_replies(parse_locale(members.get(name, b""), f"{place}: {name}"), f"{place}: {name}")
    return Package(index=index, manifest=manifest, files=members)


def _members(content: bytes, place: str) -> dict[str, bytes]:
    """The archive's files, each plain in name, kind and size, in memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > _MOST_FILES + 2 or sum(info.file_size for info in infos) > _MOST_BYTES:
                raise _too_large()
            check_names(info.orig_filename for info in infos)
            for info in infos:
                _check_kind(info)
            return {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as error:
        raise PackageError(f"it is no package: {error}", place=place, remedy="get it again") from error


def _check_kind(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if info.is_dir() or (stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
        raise PackageError(f"{info.filename!r} is no plain file", remedy="pack files only: no links, no folders")
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size or info.flag_bits & 0x1:
        raise PackageError(f"{info.filename!r} is packed or locked", remedy="pack it with `hearth skill pack`")


def _too_large() -> PackageError:
    return PackageError("it is too large", remedy=f"at most {_MOST_FILES} files and {_MOST_BYTES >> 20} MiB")
