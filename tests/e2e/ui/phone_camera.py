"""A phone's camera before the page, and what it reads there."""

import cv2
import numpy as np
from playwright.sync_api import Locator

_AROUND = 40  # pixels of the page that the camera sees beside the code, as it does in a hand


def read_code(code: Locator) -> str:
    """The text of the QR code at `code` as the screen shows it, empty where a camera makes out none."""
    code.scroll_into_view_if_needed()
    box = code.bounding_box()
    assert box is not None
    screen = code.page.viewport_size
    assert screen is not None
    left, top = max(0.0, box["x"] - _AROUND), max(0.0, box["y"] - _AROUND)
    width = min(screen["width"], box["x"] + box["width"] + _AROUND) - left
    height = min(screen["height"], box["y"] + box["height"] + _AROUND) - top
    picture = code.page.screenshot(clip={"x": left, "y": top, "width": width, "height": height})
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    text, _corners, _straight = cv2.QRCodeDetector().detectAndDecode(pixels)
    return text
