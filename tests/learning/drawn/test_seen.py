"""Drawn hands and people are taken for real by the networks that learned on photographs."""

import numpy as np
import pytest

from hub.inference.store import ModelStore
from hub.learning.drawn.film import draw_hand, exposed
from hub.learning.drawn.hand import SKINS, HandAt
from hub.learning.drawn.person import PersonAt, draw_person
from hub.learning.drawn.room import draw_room
from hub.learning.drawn.solids import Light
from hub.perception.gesture.head import GESTURES, GestureHead
from tests.pulled import hand_models, model

pytestmark = pytest.mark.eyes
SIZE = (640, 480)


def test_hands_of_every_skin_say_what_they_are_drawn_to_say() -> None:
    from hub.perception.gesture.finding import StillFinder

    finder = StillFinder(hand_models())
    head, rng = GestureHead(ModelStore().path("gesture", "gesture.onnx")), np.random.default_rng(0)
    missed = []
    for number, gesture in enumerate(GESTURES):
        for place, skin in enumerate(SKINS.values()):
            room = draw_room(SIZE, furnished=False)
            left = (number + place) % 2 == 0
            draw_hand(room, HandAt(pose=gesture, x=0.55, y=0.62, size=0.22, left=left, skin=skin), Light())
            seen = finder.find(exposed(room, Light(), 1.2, rng), 0.0)
            if [hand.left for hand in seen] != [left] or head(seen[0].joints)[0] != gesture:
                missed.append((gesture, skin))
    assert len(missed) <= 2, missed


@pytest.mark.parametrize("height", [0.45, 0.85, 1.7])
def test_people_of_every_skin_are_found_and_empty_rooms_are_empty(height: float) -> None:
    from hub.perception.presence.faces import FaceFinder

    faces = FaceFinder(model("mediapipe-faces", "face_detection/face_detection_full_range_sparse.tflite"))
    assert faces.find(draw_room(SIZE)).count == 0
    for skin in SKINS.values():
        room = draw_room(SIZE)
        draw_person(room, PersonAt(top=max(0.1, 0.9 - height), height=height, skin=skin), Light())
        assert faces.find(room).count == 1
    faces.close()
