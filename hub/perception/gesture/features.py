"""What a gesture is told by: the joints of a hand, freed of where it is, how large, how it is turned, and which."""

import numpy as np
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

JOINTS = 21
SIZE = 2 * JOINTS
WRIST, THUMB_KNUCKLE, THUMB_TIP, INDEX_KNUCKLE, MIDDLE_KNUCKLE, LITTLE_KNUCKLE = 0, 2, 4, 5, 9, 17
_USUAL_WIDTH = 0.75  # from the index to the little finger's knuckle, in palm lengths
_FARTHEST = 6.0  # palm lengths
_SHORTEST = 1e-6


class HandFeatures(Struct, frozen=True):
    """A hand as the gesture network sees it, and what only the picture's vertical can tell.

    `vector` is (42,) float32: the joints' x and y in turn. `palm_up` is the cosine between the way from wrist to
    middle knuckle and the picture's up (1: fingers up, -1: fingers down), `thumb_up` likewise for the thumb from its
    knuckle to its tip.
    """

    vector: NDArray[np.float32]
    palm_up: float
    thumb_up: float


def hand_features(landmarks: ArrayLike) -> HandFeatures | None:
    """The features of one hand.

    `landmarks` are (21, 2) or (21, 3) in MediaPipe's order, x to the right and y down, in pixels of square shape (a
    fraction of the width must be multiplied by the width, of the height by the height); depth is not used. None when
    they are not finite or the palm has no length: then it is no hand. `ValueError` for another shape.
    """
    points = np.asarray(landmarks, np.float64)
    if points.ndim != 2 or points.shape[0] != JOINTS or points.shape[1] not in (2, 3):
        raise ValueError(f"the landmarks of a hand are (21, 2) or (21, 3), not {points.shape}")
    points = points[:, :2]
    if not np.isfinite(points).all() or np.abs(points).max() > 1e9:
        return None
    palm = points[MIDDLE_KNUCKLE] - points[WRIST]
    thumb = points[THUMB_TIP] - points[THUMB_KNUCKLE]
    if np.hypot(*palm) < _SHORTEST:
        return None
    return HandFeatures(feature_vectors(points[None])[0], _upwards(palm), _upwards(thumb))


def feature_vectors(points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Features (n, 42) of the joints (n, 21, 2) of n hands, y down, each with a palm of some length.

    The wrist becomes the origin, the way to the middle knuckle up and 1 long (in a palm that points at the camera,
    where that way is short, the row of knuckles gives the measure). A hand whose index knuckle would lie to the left of
    its little finger's is mirrored, so that left and right hands, palms and backs look alike.
    """
    moved = points - points[:, :1]
    palm = moved[:, MIDDLE_KNUCKLE]
    length = np.maximum(np.hypot(palm[:, 0], palm[:, 1]), _SHORTEST)[:, None]
    x, y = (palm / length).T[:, :, None]
    across = -moved[..., 0] * y + moved[..., 1] * x
    along = moved[..., 0] * x + moved[..., 1] * y
    side = np.where(across[:, INDEX_KNUCKLE] < across[:, LITTLE_KNUCKLE], -1.0, 1.0)[:, None]
    row = points[:, INDEX_KNUCKLE] - points[:, LITTLE_KNUCKLE]
    unit = np.maximum(length, np.hypot(row[:, 0], row[:, 1])[:, None] / _USUAL_WIDTH)
    placed = np.stack([across * side, along], axis=2) / unit[..., None]
    return np.clip(placed, -_FARTHEST, _FARTHEST).reshape(len(points), SIZE).astype(np.float32)


def _upwards(way: NDArray[np.float64]) -> float:
    length = float(np.hypot(way[0], way[1]))
    return float(-way[1] / length) if length > _SHORTEST else 0.0
