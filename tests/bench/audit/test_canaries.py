"""The canaries: no two are alike, and however they are written down a search finds them."""

import base64
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from hub.bench.audit import canary_sound as sound
from hub.bench.audit.search import leaks_in
from hub.bench.audit.trace import unfound
from hub.media.chunk import Pcm

SECOND = 16_000


@pytest.fixture
async def samples() -> Pcm:
    return await sound.canary_sound(np.random.default_rng(7))


async def test_the_whole_sound_is_found_however_it_is_written(samples: Pcm) -> None:
    assert unfound(sound.of_sound(samples), sound.written(samples)) == []


async def test_another_canary_is_not_mistaken_for_it(samples: Pcm) -> None:
    other = await sound.canary_sound(np.random.default_rng(8))
    canary = sound.of_sound(samples)
    assert not any(canary.found(data) for _, data in sound.written(other))
    assert not canary.found(bytes(100_000)) and not canary.found(np.random.default_rng(1).bytes(100_000))


@pytest.mark.parametrize("begin", [100, 2 * SECOND + 37])
async def test_a_tenth_of_a_second_is_enough_wherever_it_begins(samples: Pcm, begin: int) -> None:
    piece = samples[begin : begin + SECOND // 10]
    canary = sound.of_sound(samples)
    for shift in range(3):
        assert canary.found(base64.b64encode(bytes(shift) + piece.tobytes()))
    assert canary.found(piece.tobytes()) and canary.found(piece.astype(">i2").tobytes())
    assert canary.found((piece / 32_768).astype("<f4").tobytes()) and canary.found(str(piece.tolist()).encode())


async def test_8_bit_sound_is_found(samples: Pcm) -> None:
    assert sound.of_sound(samples).found(((samples >> 8) + 128).astype(np.uint8).tobytes())


async def test_a_file_a_table_and_a_journal_are_named(
    samples: Pcm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.bench.audit.search._PIECE", 64 * 1024)
    canary = sound.of_sound(samples)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "cache.bin").write_bytes(bytes(65_400) + samples[:1_600].tobytes())
    (tmp_path / "link").symlink_to(tmp_path / "deep" / "cache.bin")
    database = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE t (b BLOB)")
    database.execute("INSERT INTO t VALUES (?)", (samples[SECOND : 2 * SECOND].tobytes(),))
    found = leaks_in(tmp_path, [canary])
    assert {leak.split(" has ")[0] for leak in found} == {"deep/cache.bin", "a.db-wal"}
    assert all("has the sound as " in leak and "at byte" in leak for leak in found)
    database.close()


def test_the_whole_picture_is_found_however_it_is_written() -> None:
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    from hub.bench.audit import canary_picture as picture

    first, other = (picture.one_of(picture.canary_film(np.random.default_rng(seed))) for seed in (1, 2))
    canary = picture.of_picture(first)
    assert unfound(canary, picture.written(first)) == []
    assert canary.found(first[-9:].tobytes()), "the lowest rows alone"
    ways = [way for way, data in picture.written(other) if canary.found(data)]
    assert ways == []


def test_a_pages_picture_is_found_as_it_was_sent_and_as_it_was_decoded() -> None:
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    from hub.bench.audit import canary_picture as picture

    first, other = (
        picture.as_page_sends(picture.one_of(picture.canary_film(np.random.default_rng(seed)))) for seed in (1, 2)
    )
    sent = picture.of_picture(picture.one_of(picture.canary_film(np.random.default_rng(1))))
    decoded = picture.of_picture(picture.as_tap_sees(first), "page's picture")
    assert sent.found(b"before " + first) and not sent.found(other)
    assert decoded.found(picture.as_tap_sees(first).tobytes()).startswith("the page's picture as RGB")
    assert not decoded.found(picture.as_tap_sees(other).tobytes())


def test_a_film_shows_the_pictures_bit_for_bit(tmp_path: Path) -> None:
    pytest.importorskip("av")
    from hub.bench.audit import canary_picture as picture
    from hub.media.film import Film

    pictures = picture.canary_film(np.random.default_rng(1))
    picture.write_film(pictures, tmp_path / "film.mkv", 0.5)
    with (tmp_path / "film.mkv").open("rb") as file, Film(file) as film:
        frames = list(film.frames())
    assert len(frames) == 6
    assert all((frame.pixels == shown).all() for frame, shown in zip(frames, pictures, strict=False))
