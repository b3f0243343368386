"""What an update must be before any rule sees it. Whatever it is not, is said with a code, and the round goes on."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from hub.core.errors import HearthError, ProtocolError
from hub.learning.federated.arrays import Frame, unpack
from hub.learning.federated.local import LEAST_EXAMPLES
from hub.learning.federated.messages import CONFLICT, UNUSABLE, Offer, Roster, decode
from hub.learning.network import Weights

_TINY: Final = float(np.finfo(np.float32).tiny)
_LARGEST: Final = 1e4
"""No honest change of a weight is larger; its square still is a number."""


class UpdateRefusedError(HearthError):
    """An update is not used. `status` is 409 when it came at the wrong time, 422 when it is none."""

    code = "update_refused"

    def __init__(self, message: str, status: int = UNUSABLE) -> None:
        super().__init__(message)
        self.status = status


class Update(Struct, frozen=True):
    """An update that may be used: the change of each weight, and how much it counts (examples, at most our own)."""

    change: Weights
    weight: float


def check_update(
    body: bytes, roster: Roster, shapes: Sequence[tuple[int, ...]], *, most_weight: float, most_norm: float = math.inf
) -> Update:
    """The update in a frame. `most_weight` is this hub's own number of examples: no claim counts more than that.

    Raises `UpdateRefusedError`.
    """
    try:
        frame = unpack(body)
        offer = decode(frame.about, Offer)
    except ProtocolError as error:
        raise UpdateRefusedError(error.message) from error
    if (offer.kind, offer.round) != (roster.kind, roster.round):
        text = f"it is for round {offer.round} of {offer.kind}, this is round {roster.round} of {roster.kind}"
        raise UpdateRefusedError(text, CONFLICT)
    if offer.base != roster.base:
        raise UpdateRefusedError("it changes another head than this round's", CONFLICT)
    if not math.isfinite(offer.examples) or offer.examples < LEAST_EXAMPLES:
        raise UpdateRefusedError(f"it says that it is made of {offer.examples:g} examples")
    change = check_arrays(frame, shapes)
    if math.sqrt(sum(float(np.square(a, dtype=np.float64).sum()) for a in change)) > most_norm:
        raise UpdateRefusedError("it is far longer than an update can be")
    return Update(change, min(offer.examples, max(most_weight, LEAST_EXAMPLES)))


def check_arrays(frame: Frame, shapes: Sequence[tuple[int, ...]]) -> Weights:
    """The arrays of a frame, which must have exactly these shapes. Raises `UpdateRefusedError`.

    A shape that NumPy would stretch to the right one is as wrong as any; so are numbers that are no numbers, that are
    too large to be squared, or so small that a processor takes a hundred times as long over each.
    """
    if len(frame.arrays) != len(shapes):
        raise UpdateRefusedError(f"it has {len(frame.arrays)} arrays, not {len(shapes)}")
    for array, shape in zip(frame.arrays, shapes, strict=True):
        if array.shape != shape:
            raise UpdateRefusedError(f"an array is {array.shape}, not {shape}")
        size = np.abs(array)
        if not np.isfinite(array).all():
            raise UpdateRefusedError("it has numbers that are none")
        if (size > _LARGEST).any():
            raise UpdateRefusedError("it has numbers that are too large")
        if ((size > 0) & (size < _TINY)).any():
            raise UpdateRefusedError("it has numbers that are too small to be normal")
    return list(frame.arrays)
