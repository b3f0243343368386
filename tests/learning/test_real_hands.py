"""The gesture network on people's hands, which it never learned from."""

from pathlib import Path

import numpy as np
import pytest

from hub.inference.store import ModelStore
from hub.perception.gesture.head import NONE, GestureHead
from tests.pulled import hand_models

pytestmark = [pytest.mark.realdata, pytest.mark.eyes]
SURE = 0.6
# The folder `none` holds gestures that its makers did not ask for.
REALLY = {"none/00b85ea4": "point", "none/0a272153": "thumb_down", "none/0a4bc2da": "point"}


@pytest.fixture(scope="module")
def head() -> GestureHead:
    return GestureHead(ModelStore().path("gesture", "gesture.onnx"))


@pytest.fixture(scope="module")
def models() -> object:
    return hand_models()


def picture(path: Path) -> np.ndarray:
    cv2 = pytest.importorskip("cv2")
    read = cv2.imread(str(path))
    assert read is not None
    return np.ascontiguousarray(read[..., ::-1])


def test_photos_of_people_at_up_to_four_metres(head: GestureHead, models: object, data: Path) -> None:
    from hub.perception.gesture.finding import StillFinder

    finder = StillFinder(models)  # type: ignore[arg-type]
    found, missed, others = 0, [], []
    for path in sorted((data / "vision" / "hands").glob("*/*.jpg")):
        name = f"{path.parent.name}/{path.name[:8]}"
        wanted = REALLY.get(name, path.parent.name)
        hands = [head(hand.joints) for hand in finder.find(picture(path), 0.0)]
        seen = [gesture for gesture, sure in hands if gesture != NONE and sure >= SURE]
        found += bool(hands)
        if hands and wanted not in seen:
            missed.append((name, hands))
        others += [(name, gesture) for gesture in seen if gesture != wanted]
    assert found >= 15
    assert len(missed) <= 1, missed
    assert len(others) <= 1, others


def test_a_thumb_in_a_photo_and_in_a_film(head: GestureHead, models: object, data: Path) -> None:
    av = pytest.importorskip("av")
    from hub.perception.gesture.finding import FilmFinder, StillFinder
    from hub.perception.gesture.looking import HandsLooker
    from hub.perception.gesture.reading import GestureReader

    samples = data / "vision" / "samples"
    photo = picture(samples / "gesture_recognizer_android_hand_thumb_up.jpg")
    (hand,) = StillFinder(models).find(photo, 0.0)  # type: ignore[arg-type]
    assert head(hand.joints)[0] == "thumb_up"
    looker = HandsLooker(0, FilmFinder(models), lambda hand: head(hand.joints))  # type: ignore[arg-type]
    reader, shown = GestureReader(), []
    with av.open(str(samples / "gesture_recognizer_android_test_video.mp4")) as film:
        for frame in film.decode(video=0):
            seen = looker.look(frame.to_ndarray(format="rgb24"), float(frame.time))
            shown += reader.take(seen).shown if seen is not None else ()
    looker.close()
    assert [s.name for s in shown] == ["fist", "thumb_up"]
