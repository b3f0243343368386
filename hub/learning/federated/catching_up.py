"""A hub that missed a round takes the home's shared head over, where it is no worse than its own."""

from hub.learning.federated.arrays import pack, unpack
from hub.learning.federated.aside import aside
from hub.learning.federated.checks import UpdateRefusedError, check_arrays
from hub.learning.federated.gate import examine, no_worse
from hub.learning.federated.messages import CONFLICT, Standing, encode
from hub.learning.federated.promises import RosterRefusedError
from hub.learning.federated.pupil import Pupil


def head_frame(pupil: Pupil) -> bytes:
    """A hub's shared head for another: its open weights, and which round they are of."""
    return pack(encode(Standing(True, pupil.round, pupil.shared.base)), pupil.shared.open)


async def take_over(pupil: Pupil, frame: bytes, base: str, number: int) -> None:
    """Take the shared head in `frame`, which must be the one with hash `base`, as that of round `number`.

    A head may be made so that updates to it give examples away; such a head is a bad one. So one that is worse than
    what this hub has is refused. Raises `RosterRefusedError` for such, `UpdateRefusedError` when what came is no head.
    """
    found = unpack(frame)
    head = pupil.shared.with_open(check_arrays(found, pupil.shared.shapes))
    if head.base != base:
        raise UpdateRefusedError("the head is not the one that it is said to be", CONFLICT)
    _, held = await pupil.material()
    shared, own, canaries = pupil.shared, pupil.own, pupil.canaries

    def judged() -> tuple[str, bool]:
        exam = examine(head, held, canaries)
        return no_worse(examine(shared, held, canaries), exam), not no_worse(examine(own, held, canaries), exam)

    reason, better = await aside(judged)
    if reason:
        raise RosterRefusedError(f"the head that the round begins with {reason}")
    await pupil.keep(number, head, head if better else pupil.own, None)
