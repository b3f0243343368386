"""The peer of `hearth bench gesture`: MediaPipe called in a plain loop, every model on every frame, first in first out.

Runs in a sealed worker, as all that loads MediaPipe does.
"""

import time
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.guard.worker_link import WorkerLink
from hub.perception.eyes.config import EyesConfig

WARM: Final = 5
"""Frames that are not counted: the first ones load and look for hands everywhere."""


class LoopOrder(Struct, frozen=True, kw_only=True):
    """Look at `film`, again and again, for `seconds` at `rate` frames a second; for `people` too, or hands only."""

    film: str
    models: EyesConfig
    rate: float
    seconds: float
    people: bool


class LoopAges(Struct, frozen=True, tag=True):
    """How old each result was when it was there, in milliseconds, in order."""

    ages_ms: tuple[float, ...]


def run(link: WorkerLink, config: dict[str, Any]) -> None:
    """The entry of the worker: a frame comes every 1 / rate seconds and waits in a queue until its turn."""
    from hub.inference.mediapipe import picture
    from hub.media.film import Film
    from hub.perception.gesture.hands import HandModels
    from hub.perception.presence.bodies import BodyFinder
    from hub.perception.presence.faces import FaceFinder

    order = msgspec.convert(config, LoopOrder)
    models = order.models
    hands = HandModels(Path(models.palm), Path(models.hand_landmarks)).film()
    faces = FaceFinder(Path(models.face))
    bodies = BodyFinder(Path(models.pose_detector), Path(models.pose_landmarks))
    with Path(order.film).open("rb") as file, Film(file, order.film) as film:
        pictures = [frame.pixels for frame in film.frames()]
    link.ready()
    ages: list[float] = []
    began = time.monotonic()
    for number in range(round(order.rate * order.seconds)):
        came = began + number / order.rate
        while (left := came - time.monotonic()) > 0:
            link.wait((), left)
        pixels = pictures[number % len(pictures)]
        hands.detect_for_video(picture(pixels), round(number * 1000 / order.rate))
        if order.people:
            faces.find(pixels)
            bodies.find(pixels)
        ages.append(round((time.monotonic() - came) * 1000, 2))
        link.beat()
    link.send(LoopAges(tuple(ages[WARM:])))
    while True:
        link.receive(None)
