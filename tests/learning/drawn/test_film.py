"""Films of drawn scenes: the script, the pictures, the file."""

from pathlib import Path

import numpy as np
import pytest

from hub.learning.drawn.film import Film, Shot
from hub.learning.drawn.hand import HandAt
from hub.learning.drawn.person import PersonAt
from hub.learning.drawn.solids import Light
from hub.learning.drawn.writing import write_film

SIZE = (160, 128)
HAND = HandAt(pose="open_palm", x=0.3, y=0.8, size=0.3)


def test_a_film_has_its_frames_at_their_times_and_is_always_the_same() -> None:
    film = Film(shots=(Shot(seconds=0.5), Shot(seconds=0.7, hand=HAND)), size=SIZE, fps=10)
    frames = list(film)
    assert [t for t, _ in frames] == pytest.approx([n / 10 for n in range(12)])
    assert all(p.shape == (128, 160, 3) and p.dtype == np.uint8 for _, p in frames)
    for (_, one), (_, other) in zip(frames, film, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (
        np.abs(frames[4][1].astype(int) - frames[0][1]).mean()
        < 3
        < np.abs(frames[5][1].astype(int) - frames[0][1]).max()
    )


def test_a_hand_moves_along_its_way() -> None:
    far = HandAt(pose="open_palm", x=0.7, y=0.8, size=0.3)
    film = Film(shots=(Shot(seconds=1.0, hand=HAND, hand_to=far),), size=SIZE, fps=5, noise=0)
    room = next(iter(Film(shots=(Shot(seconds=1.0),), size=SIZE, fps=5, noise=0)))[1]
    middles = [np.argwhere((p != room).any(axis=2))[:, 1].mean() for _, p in film]
    assert middles == sorted(middles) and middles[-1] - middles[0] > 40


def test_a_hand_changes_from_pose_to_pose() -> None:
    film = Film(
        shots=(Shot(seconds=1.0, hand=HAND, hand_to=HandAt(pose="fist", x=0.3, y=0.8, size=0.3)),),
        size=SIZE,
        fps=4,
        noise=0,
    )
    room = next(iter(Film(shots=(Shot(seconds=1.0),), size=SIZE, fps=4, noise=0)))[1]
    tops = [np.argwhere((p != room).any(axis=2))[:, 0].min() for _, p in film]
    assert tops == sorted(tops) and tops[-1] > tops[0] + 5


def test_a_person_holds_the_hand_and_walks() -> None:
    here, there = PersonAt(x=0.3), PersonAt(x=0.6, stride=3.0)
    film = Film(shots=(Shot(seconds=0.4, person=here, person_to=there, hand=HAND, held=True),), size=SIZE, fps=5)
    first, second = (p for _, p in film)
    assert (first != second).any(axis=2).mean() > 0.02


def test_darkness_is_dark() -> None:
    bright, dark = (Film(shots=(Shot(seconds=0.1),), size=SIZE, fps=10, light=Light(exposure=e)) for e in (1.0, 0.3))
    assert next(iter(dark))[1].mean() < 0.4 * next(iter(bright))[1].mean()


def test_a_written_film_is_read_again(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    film = Film(shots=(Shot(seconds=0.5), Shot(seconds=0.5, hand=HAND)), size=SIZE, fps=10)
    size = write_film(tmp_path / "film.mp4", film, size=film.size, fps=film.fps)
    assert size == (tmp_path / "film.mp4").stat().st_size < 20_000
    with av.open(str(tmp_path / "film.mp4")) as file:
        read = [(float(f.time), f.to_ndarray(format="rgb24")) for f in file.decode(video=0)]
    assert [t for t, _ in read] == pytest.approx([n / 10 for n in range(10)])
    for (_, drawn), (_, seen) in zip(film, read, strict=True):
        assert np.abs(drawn.astype(int) - seen).mean() < 6
