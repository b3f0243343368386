"""Real pictures with and without people."""

from pathlib import Path

import cv2
import numpy as np

from hub.perception.presence.parts import Pixels


def read(file: Path) -> Pixels:
    """A picture file as RGB."""
    return np.asarray(cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB), np.uint8)


def rooms(data: Path) -> list[Pixels]:
    """Rooms without people."""
    return [read(file) for file in sorted((data / "presence" / "empty").iterdir())]


def people(data: Path) -> list[Pixels]:
    """One person each."""
    return [read(file) for file in sorted((data / "vision" / "hands").glob("*/*.jpg"))]


def in_a_wide_picture(pixels: Pixels, share: float) -> Pixels:
    """The picture small in a blur of 1280 by 720, `share` of its height."""
    around = cv2.resize(cv2.resize(pixels, (16, 9), interpolation=cv2.INTER_AREA), (1280, 720))
    factor = 720 * share / pixels.shape[0]
    small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    around[720 - small.shape[0] :, 300 : 300 + small.shape[1]] = small
    return np.asarray(around, np.uint8)
