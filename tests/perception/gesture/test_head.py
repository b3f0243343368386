"""The gesture head: every pose by its name, and what it must not see."""

import csv
from pathlib import Path

import numpy as np
import pytest

from hub.core.errors import ModelError
from hub.inference.store import ModelStore
from hub.learning.gesture_data import hands
from hub.learning.hand import POSES, joints, rotation
from hub.learning.network import Network
from hub.learning.onnx_export import to_onnx
from hub.perception.gesture.features import HandFeatures
from hub.perception.gesture.head import GESTURES, NETWORK_NAMES, NONE, GestureHead, with_vertical

SURE = 0.6


@pytest.fixture(scope="module")
def head() -> GestureHead:
    return GestureHead(ModelStore().path("gesture", "gesture.onnx"))


def seen(pose: str, *, pitch: float = 0, yaw: float = 0, roll: float = 0) -> np.ndarray:
    return (joints(POSES[pose].angles) @ rotation(pitch, yaw, roll).T)[:, :2] * [100.0, -100.0] + 300


@pytest.mark.parametrize("yaw", [-35, 0, 35, 180])
@pytest.mark.parametrize("name", [n for n in NETWORK_NAMES if n not in ("thumb", NONE)])
def test_poses_are_called_by_their_names(head: GestureHead, name: str, yaw: float) -> None:
    got, confidence = head(seen(name, yaw=yaw, roll=10))
    assert got == name and confidence >= SURE


def test_up_and_down_are_the_pictures(head: GestureHead) -> None:
    assert head(seen("thumb", roll=90))[0] == "thumb_up"
    assert head(seen("thumb", roll=-90))[0] == "thumb_down"
    assert head(seen("thumb", roll=90, yaw=180))[0] == "thumb_down"
    assert head(seen("thumb", roll=0))[0] == NONE  # sideways says nothing
    assert head(seen("thumb", roll=180))[0] == NONE


def test_a_hand_that_hangs_says_nothing_but_may_point_at_the_floor(head: GestureHead) -> None:
    assert head(seen("open_palm", roll=180))[0] == NONE
    assert head(seen("fist", roll=165))[0] == NONE
    assert head(seen("point", roll=170))[0] == "point"
    assert head(seen("open_palm", roll=85))[0] == "open_palm"


def test_a_relaxed_hand_and_no_hand_say_nothing(head: GestureHead) -> None:
    assert head(seen("relaxed"))[0] == NONE
    assert head(np.full((21, 3), np.nan)) == (NONE, 1.0)
    assert head(np.zeros((21, 2))) == (NONE, 1.0)


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_hands_that_it_did_not_learn_from(head: GestureHead, name: str) -> None:
    many = hands(name, 150, np.random.default_rng(12345))
    upright = HandFeatures(np.zeros(42, np.float32), 1.0, 1.0)
    wanted = with_vertical(name, upright)
    found = [head(hand) for hand in many]
    if name == "thumb":
        found = [("thumb_up" if n == "thumb_down" else n, c) for n, c in found]
        assert sum(n in (wanted, NONE) for n, _ in found) > 135
    elif name == NONE:
        assert sum(n == NONE or c < SURE for n, c in found) > 133
    else:
        assert sum(n == wanted for n, _ in found) > 125


def test_every_name_is_one_of_the_contracts() -> None:
    contract = {
        "open_palm",
        "fist",
        "point",
        "victory",
        "three",
        "four",
        "thumb_up",
        "thumb_down",
        "ok",
        "rock",
        "call",
    }
    assert set(GESTURES) == contract and len(GESTURES) == len(contract)


def test_another_network_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ModelError, match="42 numbers"):
        GestureHead(to_onnx(Network.fresh((40, 11), rng), NETWORK_NAMES, name="x"))
    with pytest.raises(ModelError, match="other names"):
        GestureHead(to_onnx(Network.fresh((42, 11), rng), NETWORK_NAMES[::-1], name="x"))
    with pytest.raises(ModelError):
        GestureHead(b"nonsense")
    with pytest.raises(ModelError, match="models pull"):
        GestureHead(Path("nowhere.onnx"))


@pytest.mark.realdata
def test_landmarks_of_a_persons_hand(head: GestureHead, data: Path) -> None:
    rows = [r for r in csv.reader((data / "vision" / "landmarks" / "keypoint.csv").open()) if r][::10]
    wanted = dict(enumerate(("open_palm", "fist", "point", "ok")))
    right, sure = 0, 0
    for row in rows:
        name, confidence = head(np.array(row[1:], float).reshape(21, 2))
        if name != NONE and confidence >= SURE:
            sure += 1
            right += name == wanted[int(row[0])]
    assert sure > 0.6 * len(rows)
    assert right > 0.9 * sure
