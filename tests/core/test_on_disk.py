"""Files are written whole or not at all."""

import errno
from pathlib import Path

import pytest

from hub.core.on_disk import write_whole


def test_a_file_is_replaced_and_nothing_else_lies_there(tmp_path: Path) -> None:
    place = tmp_path / "key"
    (tmp_path / ".key.new").write_bytes(b"half of one, from a loss of power")
    for content in (b"first", b"second"):
        write_whole(place, content, mode=0o600)
        assert place.read_bytes() == content
    assert place.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [place]


def test_what_was_there_stays_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "key"
    write_whole(place, b"first", mode=0o600)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(place, b"second", mode=0o600)
    assert place.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [place]
