from typing import Any

import cv2
import numpy as np
import pytest

from hub.core.errors import MediaError
from hub.media.usb_camera import UsbCamera
from tests.media.captures.fake_captures import FakeCapture


def camera(*captures: Any, rate: float = 0.0) -> UsbCamera:
    plugged_in = iter(captures)
    return UsbCamera("/dev/video7", rate=rate, stream="desk", open_capture=lambda _device: next(plugged_in))


def test_frames_are_rgb_and_newest_first_is_asked_for() -> None:
    capture = FakeCapture()
    frame = next(camera(capture).frames())
    assert tuple(frame.pixels[10, 10]) == (0, 0, 250)
    assert tuple(frame.pixels[10, 600]) == (250, 0, 0)
    assert (frame.stream, frame.pixels.shape) == ("desk", (480, 640, 3))
    wanted = {cv2.CAP_PROP_FRAME_WIDTH: 640, cv2.CAP_PROP_FRAME_HEIGHT: 480, cv2.CAP_PROP_BUFFERSIZE: 1}
    assert capture.asked == wanted


def test_an_unplugged_camera_is_an_error_and_can_be_opened_again() -> None:
    first, gone, second = FakeCapture(frames=3), FakeCapture(opened=False), FakeCapture(frames=4)
    desk = camera(first, gone, second)
    for frames in (3, 0, 4):
        seen = 0
        with pytest.raises(MediaError) as caught:
            for _frame in desk.frames():
                seen += 1
        assert seen == frames
        assert caught.value.place == "/dev/video7"
        assert caught.value.remedy
    assert (first.released, gone.released, second.released) == (1, 1, 1)


def test_the_camera_is_closed_when_nobody_looks_any_more() -> None:
    capture = FakeCapture()
    frames = camera(capture).frames()
    next(frames)
    frames.close()
    assert capture.released == 1


def test_no_more_frames_than_asked_for() -> None:
    frames = []
    with pytest.raises(MediaError):
        frames.extend(camera(FakeCapture(frames=60), rate=20).frames())
    times = [frame.t for frame in frames]
    assert len(times) - 1 <= (times[-1] - times[0]) * 20 + 0.2  # however late one of them came


@pytest.mark.parametrize("shape", [(480, 640), (480, 640, 1)])
def test_grey_cameras_are_cameras(shape: tuple[int, ...]) -> None:
    capture = FakeCapture(shape=(480, 640))
    read = capture.read
    capture.read = lambda: (lambda there, picture: (there, picture.reshape(shape)))(*read())  # type: ignore[method-assign]
    assert tuple(next(camera(capture).frames()).pixels[0, 0]) == (250, 250, 250)


def test_large_pictures_are_scaled_down() -> None:
    assert next(camera(FakeCapture(shape=(1440, 2560, 3))).frames()).pixels.shape == (1080, 1920, 3)


@pytest.mark.parametrize(
    "picture", [None, np.zeros((0, 0, 3), np.uint8), np.zeros((4, 4, 2), np.uint8), np.zeros((4, 4, 3))]
)
def test_pictures_of_an_unknown_kind_are_an_error(picture: Any) -> None:
    capture = FakeCapture()
    capture.read = lambda: (True, picture)  # type: ignore[method-assign]
    with pytest.raises(MediaError):
        next(camera(capture).frames())


def test_no_camera_of_this_machine_is_an_error_with_the_real_capture() -> None:
    with pytest.raises(MediaError, match="cannot be opened"):
        next(UsbCamera("/dev/video61").frames())
