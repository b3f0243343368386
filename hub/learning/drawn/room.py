"""A drawn room: what a camera looks at all day."""

import cv2
import numpy as np

from hub.learning.drawn.solids import Colour, Picture

_FLOOR_AT = 0.84
_WALL: Colour = (178, 172, 165)


def draw_room(size: tuple[int, int], *, wall: Colour = _WALL, furnished: bool = True) -> Picture:
    """An empty room as a picture of (width, height) pixels, RGB: a wall, a floor, with a window, a picture, a shelf."""
    width, height = size
    down = np.linspace(1.05, 0.82, height, dtype=np.float32)[:, None, None]
    along = np.linspace(1.02, 0.96, width, dtype=np.float32)[None, :, None]
    picture = np.clip(down * along * np.array(wall, np.float32), 0, 255)
    floor = round(_FLOOR_AT * height)
    picture[floor:] = picture[floor:] * np.array([0.72, 0.62, 0.52], np.float32)
    room = np.ascontiguousarray(picture.astype(np.uint8))

    def box(left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        corners = [(round(x * width), round(y * height)) for x, y in ((left, top), (right, bottom))]
        cv2.rectangle(room, corners[0], corners[1], colour, -1, cv2.LINE_AA)

    box(0.0, _FLOOR_AT, 1.0, _FLOOR_AT + 0.012, (205, 202, 196))
    if furnished:
        box(0.04, 0.10, 0.22, 0.46, (236, 236, 232))
        box(0.055, 0.12, 0.205, 0.44, (196, 214, 230))
        box(0.127, 0.12, 0.133, 0.44, (236, 236, 232))
        box(0.78, 0.16, 0.93, 0.34, (92, 76, 60))
        box(0.79, 0.175, 0.92, 0.325, (168, 186, 160))
        box(0.80, 0.56, 0.985, 0.86, (120, 92, 68))
        for shelf in (0.60, 0.72):
            box(0.81, shelf, 0.975, shelf + 0.10, (98, 74, 54))
    return cv2.GaussianBlur(room, (0, 0), 0.7).astype(np.uint8)
