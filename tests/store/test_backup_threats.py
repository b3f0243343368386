"""Archives that are none of ours: each is refused with one error, and nothing is written outside or beyond."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.errors import StoreError
from hub.store.backup_archive import unpack

Entries = list[tuple[tarfile.TarInfo, bytes]]


def entry(name: str, data: bytes = b"", **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    made.size = len(data)
    for key, value in fields.items():
        setattr(made, key, value)
    return made, data


def member(path: str, data: bytes = b"x", **fields: Any) -> dict[str, Any]:
    return {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **fields}


def archive(members: list[dict[str, Any]], entries: Entries | None = None, **about: Any) -> bytes:
    """A tar as ours are, with these members in its manifest, and these entries or those that it promises."""
    manifest = {
        "format": "hearth-backup", "version": 1, "hearth": "1", "schema": "0001", "made": "now", "home": "Home",
        "members": members, **about,
    }  # fmt: skip
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        first = entry("manifest.json", json.dumps(manifest).encode())
        for info, data in (first, *(entries or [entry(f"home/{m['path']}", b"x") for m in members])):
            tar.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def test_what_the_helpers_make_is_taken(tmp_path: Path) -> None:
    unpack(archive([member("a"), member("b/c")]), tmp_path / "new")
    assert (tmp_path / "new" / "b" / "c").read_text() == "x"


PATHS = (
    "../evil", "/etc/evil", "a/../../evil", "a//b", "./a", "a/.", "a\\..\\evil", "a\0b", "a\nb", "a/", "..", ".",
    "/".join("a" * 40), "a\u202eb",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_threat_07_path_traversal_in_a_backup(path: str, tmp_path: Path) -> None:
    refused(archive([member(path)]), tmp_path)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "symlink": lambda: archive([member("a", b"")], [entry("home/a", type=tarfile.SYMTYPE, linkname="/etc/passwd")]),
    "hard link": lambda: archive([member("a", b"")], [entry("home/a", type=tarfile.LNKTYPE, linkname="/etc/passwd")]),
    "device": lambda: archive([member("a", b"")], [entry("home/a", type=tarfile.CHRTYPE)]),
    "folder": lambda: archive([member("a", b"")], [entry("home/a", type=tarfile.DIRTYPE)]),
    "link beneath": lambda: archive(
        [member("a", b""), member("a/b")],
        [entry("home/a", type=tarfile.SYMTYPE, linkname="/tmp"), entry("home/a/b", b"x")],
    ),
    "file as folder": lambda: archive([member("a"), member("a/b")]),
    "twice": lambda: archive([member("a"), member("a")]),
    "case collision": lambda: archive([member("hearth.toml"), member("Hearth.toml")]),
    "other name": lambda: archive([member("a")], [entry("home/b", b"x")]),
    "not below home": lambda: archive([member("a")], [entry("a", b"x")]),
    "other content": lambda: archive([member("a")], [entry("home/a", b"y")]),
    "longer": lambda: archive([member("a")], [entry("home/a", b"xx")]),
    "one too many": lambda: archive([member("a")], [entry("home/a", b"x"), entry("home/b", b"x")]),
    "one too few": lambda: archive([member("a"), member("b")], [entry("home/a", b"x")]),
    "no manifest": lambda: archive([], [])[:0] + gzip.compress(bytes(10_240)),
    "another format": lambda: archive([member("a")], format="zip"),
    "no hash": lambda: archive([member("a", sha256="0")]),
    "negative": lambda: archive([member("a", size=-1)]),
    "unknown field": lambda: archive([member("a", mode=0o4755)]),
    "not gzip": lambda: b"Dear diary",
    "empty": lambda: b"",
    "cut off": lambda: archive([member("a")])[:-30],
    "newer": lambda: archive([member("a")], version=2),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_threat_38_a_hostile_backup(what: str, tmp_path: Path) -> None:
    refused(HOSTILE[what](), tmp_path)


def bomb(first: bytes) -> bytes:
    """A gzip that is small and blows up to a gigabyte after `first`."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as squeezed:
        squeezed.write(first)
        for _ in range(1024):
            squeezed.write(bytes(1 << 20))
    return packed.getvalue()


def pax_bomb() -> bytes:
    info = tarfile.TarInfo("home/a")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    return bomb(info.tobuf(tarfile.USTAR_FORMAT))


def manifest_bomb() -> bytes:
    return bomb(entry("manifest.json", size=1 << 30)[0].tobuf(tarfile.USTAR_FORMAT))


@pytest.mark.parametrize("make", [pax_bomb, manifest_bomb])
def test_threat_38_a_bomb_is_not_unpacked(make: Callable[[], bytes], tmp_path: Path) -> None:
    refused(make(), tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 100_000


def refused(data: bytes, tmp_path: Path) -> None:
    inside = tmp_path / "deep" / "new"
    with pytest.raises(StoreError):
        unpack(data, inside)
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_relative_to(inside)]
    assert outside == []


GOOD = gzip.decompress(
    archive([member("a"), member("b/c", b"hello")], [entry("home/a", b"x"), entry("home/b/c", b"hello")])
)


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_noticed_or_changes_nothing(
    at: int, byte: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    changed = bytearray(GOOD)
    changed[at] = byte
    into = tmp_path_factory.mktemp("changed") / "new"
    try:
        unpack(gzip.compress(bytes(changed), 1), into)
    except StoreError:
        return
    assert (into / "a").read_bytes() == b"x" and (into / "b" / "c").read_bytes() == b"hello"
