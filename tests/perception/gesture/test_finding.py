"""Hands in real pictures, with the real models; skipped where they have not been pulled."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hub.perception.gesture.finding import FilmFinder, StillFinder
from hub.perception.gesture.hands import HandModels
from hub.perception.gesture.head import GestureHead
from hub.perception.gesture.looking import HandsLooker, plausible
from hub.perception.gesture.reading import GestureReader
from hub.perception.gesture.windows import Pixels, windows
from tests.pulled import hand_models, model

cv2 = pytest.importorskip("cv2")
pytest.importorskip("mediapipe")


@pytest.fixture(scope="module")
def models() -> Iterator[HandModels]:
    models = hand_models()
    yield models
    models.close()


@pytest.fixture(scope="module")
def head() -> GestureHead:
    return GestureHead(model("gesture", "gesture.onnx"))


@pytest.fixture(scope="module")
def photos(data: Path) -> list[tuple[str, Pixels]]:
    files = sorted((data / "vision" / "hands").glob("*/*.jpg"))
    return [(file.parent.name, read(file)) for file in files]


def read(file: Path) -> Pixels:
    pixels = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def farther(pixels: Pixels, factor: float) -> Pixels:
    """The picture as if it had been taken from farther away: smaller, in the middle of a blur of itself."""
    around = cv2.GaussianBlur(pixels, (0, 0), 25)
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    top, left = ((a - b) // 2 for a, b in zip(around.shape[:2], small.shape[:2], strict=True))
    around[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.asarray(around, np.uint8)


def frames(file: Path, every: int) -> Iterator[tuple[float, Pixels]]:
    video = cv2.VideoCapture(str(file))
    rate = video.get(cv2.CAP_PROP_FPS)
    number = 0
    while True:
        there, picture = video.read()
        if not there:
            return
        if number % every == 0:
            yield number / rate, np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
        number += 1


def test_nothing_is_found_in_nothing(models: HandModels) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8)
    film = FilmFinder(models)
    assert StillFinder(models).find(noise, 0.0) == ()
    assert [film.find(noise, t) for t in (0.0, 0.1, 5.0, 5.0, 1.0)] == [()] * 5
    film.close()


@pytest.mark.realdata
@pytest.mark.parametrize(("factor", "least"), [(1.0, 0.9), (0.5, 0.85), (0.35, 0.85)])
def test_hands_are_found_near_and_far(
    models: HandModels, photos: list[tuple[str, Pixels]], factor: float, least: float
) -> None:
    finder = StillFinder(models)
    found = [finder.find(farther(pixels, factor) if factor < 1 else pixels, 0.0) for _, pixels in photos]
    assert sum(any(plausible(hand) for hand in hands) for hands in found) >= least * len(photos)


@pytest.mark.realdata
def test_no_hands_are_found_in_empty_rooms(models: HandModels, data: Path) -> None:
    finder = StillFinder(models)
    rooms = [read(file) for file in sorted((data / "presence" / "empty").iterdir())]
    assert rooms and [finder.find(room, 0.0) for room in rooms] == [()] * len(rooms)


@pytest.mark.realdata
def test_left_is_the_persons_own_left(models: HandModels, photos: list[tuple[str, Pixels]]) -> None:
    """Who faces the camera has the right hand in the left half of the picture; it is so in all the photographs."""
    hands = [hand for _, pixels in photos for hand in StillFinder(models).find(pixels, 0.0)]
    sides = [hand.left == (hand.joints[0, 0] > hand.aspect / 2) for hand in hands if plausible(hand)]
    assert sum(sides) >= 0.85 * len(sides)


@pytest.mark.realdata
def test_a_hand_far_away_is_followed_in_a_film(models: HandModels, photos: list[tuple[str, Pixels]]) -> None:
    pixels = farther(next(pixels for name, pixels in photos if name == "four"), 0.4)
    finder = FilmFinder(models)
    found = [finder.find(np.roll(pixels, number % 3, axis=1), number / 10) for number in range(12)]
    finder.close()
    assert all(found[-4:])
    assert {window.width for window in windows(pixels)} == {round(0.45 * max(pixels.shape))}


@pytest.mark.realdata
@pytest.mark.parametrize("every", [1, 2])
def test_the_sample_film_shows_a_fist_then_a_thumb_and_nothing_else(
    models: HandModels, head: GestureHead, data: Path, every: int
) -> None:
    finder = FilmFinder(models)
    looker = HandsLooker(1, finder, lambda hand: head(hand.joints))
    reader = GestureReader()
    told = []
    for t, pixels in frames(next((data / "vision" / "samples").glob("*.mp4")), every):
        seen = looker.look(pixels, t)
        told += [(shown.name, shown.t) for shown in reader.take(seen).shown] if seen is not None else []
    looker.close()
    assert [name for name, _ in told] == ["fist", "thumb_up"]
    assert told[0][1] == pytest.approx(1.2, abs=0.4)
