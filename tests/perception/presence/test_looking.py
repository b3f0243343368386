"""When people are looked for, with finders that only count."""

import numpy as np
import pytest

pytest.importorskip("cv2")

from hub.perception.presence.faces import Found
from hub.perception.presence.looking import PeopleLooker
from hub.perception.presence.parts import Pixels
from hub.perception.seen import PeopleSeen

ROOM = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8).repeat(5, axis=0).repeat(5, axis=1)


class Counter:
    def __init__(self, count: int, confidence: float = 0.9) -> None:
        self.looks = 0
        self._found = Found(count, confidence if count else 0.0)

    def find(self, pixels: Pixels) -> Found:
        self.looks += 1
        return self._found


def look_all(looker: PeopleLooker, fps: float, seconds: float, pixels: Pixels = ROOM) -> list[PeopleSeen]:
    looked = (looker.look(pixels, number / fps) for number in range(round(fps * seconds)))
    return [seen for seen in looked if seen is not None]


@pytest.mark.parametrize("fps", [1, 5, 15, 30])
def test_faces_and_bodies_have_their_turns_and_never_together(fps: float) -> None:
    faces, bodies = Counter(1), Counter(1)
    seen = look_all(PeopleLooker(1, faces, bodies), fps, 12)
    assert all((one.faces is None) != (one.bodies is None) for one in seen)
    assert 3 <= bodies.looks <= 6
    assert min(fps * 12 - bodies.looks, 20) - 2 <= faces.looks <= 25


def test_bodies_are_looked_for_more_often_where_something_moved_and_no_face_is_seen() -> None:
    quiet, doubtful = Counter(0), Counter(0)
    look_all(PeopleLooker(1, Counter(0), quiet), 10, 6)
    looker = PeopleLooker(1, Counter(0), doubtful)
    somebody = ROOM.copy()
    somebody[60:200, 100:180] = 255 - somebody[60:200, 100:180]
    for number in range(60):
        looker.look(ROOM if number < 30 else somebody, number / 10)
    assert doubtful.looks > quiet.looks


def test_a_still_is_looked_at_for_both() -> None:
    looker = PeopleLooker(3, Counter(2, 0.8), Counter(1, 0.95), stills=True)
    assert looker.look(ROOM, 4.0) == PeopleSeen(camera=3, t=4.0, faces=2, bodies=1, confidence=0.95)
    assert looker.look(ROOM, 4.0) is not None
    assert looker.stages_ms["faces"] >= 0


def test_a_clock_that_was_set_back_starts_over() -> None:
    looker = PeopleLooker(1, Counter(0), Counter(0))
    assert looker.look(ROOM, 100.0) is not None
    assert looker.look(ROOM, 3.0) is not None
