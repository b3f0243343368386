import io
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.errors import MediaError
from hub.media.film import Film
from hub.media.pace import Pace
from tests.media.picture_files import film

MP4 = film()


def times(data: bytes, rate: float = 0.0) -> list[float]:
    with Film(io.BytesIO(data), "walk.mp4", rate=rate) as opened:
        return [frame.t for frame in opened.frames()]


@pytest.mark.parametrize(
    ("form", "codec"),
    [("mp4", "libx264"), ("mov", "libx264"), ("matroska", "libx264"), ("webm", "libvpx"), ("webm", "libvpx-vp9"),
     ("avi", "mpeg4"), ("avi", "mjpeg"), ("mpegts", "libx264"), ("mp4", "libx265"), ("flv", "libx264")],
)  # fmt: skip
def test_films_of_every_format_give_their_pictures_with_their_times(form: str, codec: str) -> None:
    data = film(form, codec, frames=12)
    with Film(io.BytesIO(data), "walk", stream="hall") as opened:
        frames = list(opened.frames())
    assert len(frames) == 12
    assert all(frame.pixels.shape == (48, 64, 3) and frame.stream == "hall" for frame in frames)
    assert [frame.t for frame in frames] == pytest.approx([n / 30 for n in range(12)], abs=0.002)
    greys = [int(frame.pixels.mean()) for frame in frames]
    assert greys == pytest.approx([40 + 4 * n for n in range(12)], abs=6)


def test_a_film_with_sound_is_a_film() -> None:
    assert len(times(film("matroska", sound=True))) == 30


def test_a_film_knows_its_length() -> None:
    with Film(io.BytesIO(MP4)) as opened:
        assert opened.seconds == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("rate", "count"), [(0, 30), (60, 30), (30, 30), (15, 15), (10, 10), (1, 1)])
def test_frames_are_chosen_by_their_time(rate: float, count: int) -> None:
    found = times(MP4, rate)
    assert abs(len(found) - count) <= 1
    if rate:
        assert all(b - a > 0.85 / rate for a, b in itertools.pairwise(found))


def test_pace_follows_the_clock_also_after_a_gap() -> None:
    pace = Pace(10)
    assert [t for t in (0.0, 0.05, 0.1, 0.2, 5.0, 5.03, 5.1, 5.2, 5.21) if pace.due(t)] == [0, 0.1, 0.2, 5.0, 5.1, 5.2]


def test_a_film_that_is_cut_off_gives_what_there_is() -> None:
    data = film("matroska", frames=60, size=(320, 240))
    found = times(data[: len(data) // 2])
    assert 5 < len(found) < 60


def test_a_film_that_changes_its_size_goes_on() -> None:
    found = film("mpegts", frames=10) + film("mpegts", frames=10, size=(128, 96))
    with Film(io.BytesIO(found)) as opened:
        shapes = [frame.pixels.shape for frame in opened.frames()]
    assert set(shapes) == {(48, 64, 3), (96, 128, 3)}


def test_large_films_are_scaled_down() -> None:
    with Film(io.BytesIO(film(frames=1, size=(2560, 1440)))) as opened:
        assert [frame.pixels.shape for frame in opened.frames()] == [(1080, 1920, 3)]


def test_times_never_run_backwards() -> None:
    parts = film("mpegts", frames=10) + film("mpegts", frames=10)
    found = times(parts)
    assert found == sorted(found)
    assert min(found) >= 0


def test_sound_alone_is_no_film() -> None:
    with pytest.raises(MediaError, match="no moving pictures"):
        times(film("matroska", sound=True, pictures=False))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"this is not a film", bytes(10_000), MP4[:30], MP4[:600],
        b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=video 5000 RTP/AVP 96\r\n",
    ],
    ids=["empty", "text", "zeros", "head", "cut", "playlist", "concat", "sdp"],
)  # fmt: skip
def test_what_is_no_film_is_an_error_with_a_remedy(data: bytes) -> None:
    with pytest.raises(MediaError) as caught:
        times(data)
    assert caught.value.remedy
    assert caught.value.place == "walk.mp4"


def test_a_film_without_a_single_picture_that_can_be_decoded_is_an_error() -> None:
    data = bytearray(film("avi", "mjpeg", frames=700))
    movi, end = data.index(b"movi"), data.index(b"idx1")
    at = movi + 4
    while at < end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        data[at + 8 : at + 8 + size] = bytes(size)
        at += 8 + size + size % 2
    with pytest.raises(MediaError, match="can be decoded"):
        times(bytes(data))


def test_a_frame_beyond_all_measure_is_refused_before_memory_is_taken() -> None:
    import psutil

    data = bytearray(film("avi", "mjpeg", frames=3))
    at = 0
    while (at := data.find(b"\xff\xc0", at + 1)) >= 0:
        data[at + 5 : at + 9] = b"\xff" * 4
    before = psutil.Process().memory_info().rss
    with pytest.raises(MediaError):
        times(bytes(data))
    assert psutil.Process().memory_info().rss - before < 100_000_000


def test_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    import psutil

    path = tmp_path / "long.mp4"
    path.write_bytes(film(frames=900, size=(320, 240)))
    process = psutil.Process()
    sizes = []
    with path.open("rb") as file, Film(file) as opened:
        for number, frame in enumerate(opened.frames()):
            frame.release()
            if number % 100 == 50:
                sizes.append(process.memory_info().rss)
    assert len(sizes) == 9
    assert sizes[-1] - sizes[1] < 8_000_000


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), min_size=1, max_size=30), st.booleans())
def test_damaged_films_give_pictures_or_media_errors(hits: list[tuple[int, int]], whole: bool) -> None:
    data = bytearray(MP4 if whole else MP4[: len(MP4) * 2 // 3])
    for place, value in hits:
        data[place % len(data)] = value
    try:
        with Film(io.BytesIO(bytes(data)), "walk.mp4") as opened:
            for frame in opened.frames():
                assert frame.pixels.dtype == np.uint8
    except MediaError:
        pass
