"""The parts of a picture that are looked at closely."""

import numpy as np
import pytest

from hub.perception.gesture.windows import WindowChoice, whole, windows


@pytest.mark.parametrize("shape", [(480, 640), (720, 1280), (1280, 720), (512, 384), (1, 1), (200, 2000), (706, 800)])
def test_windows_cover_the_picture_and_stay_in_it(shape: tuple[int, int]) -> None:
    pixels = np.zeros((*shape, 3), np.uint8)
    for window in windows(pixels):
        part = window.cut(pixels)
        assert part.shape == (window.height, window.width, 3)
        part[:] = 1
    assert pixels.all()
    assert whole(pixels).cut(pixels).shape == pixels.shape


def test_the_window_where_something_moves_is_next() -> None:
    choice = WindowChoice()
    still = np.full((480, 640, 3), 100, np.uint8)
    for number in range(40):
        choice.next(still, number / 10)
    moving = still.copy()
    moving[400:440, 560:620] = 200
    window = choice.next(moving, 4.1)
    assert window is not None
    assert window.left <= 560 and window.left + window.width >= 620 and window.top + window.height >= 440


def test_every_window_has_its_turn_and_no_fast_camera_asks_too_often() -> None:
    choice = WindowChoice()
    still = np.full((480, 640, 3), 100, np.uint8)
    looked = [choice.next(still, number / 50) for number in range(300)]
    assert {window for window in looked if window} == set(windows(still))
    assert len([window for window in looked if window]) <= 20
