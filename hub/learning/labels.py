"""What use tells of an example: it was right, it was taken back, or "no, not you"."""

from typing import Final, Literal

from msgspec import Struct

from hub.core.errors import ValueRefusedError
from hub.learning.kinds import KINDS

Verdict = Literal["confirmed", "undone", "not_you"]
"""`confirmed`: what was done stayed (nobody took it back for a while), or a person said yes to it. `undone`: it was
taken back at once. `not_you`: a person said that the hub was not meant."""

_NOTHING: Final = {"gesture": "none", "presence": "nobody", "wake": "other"}
_WORTH: Final[dict[Verdict, float]] = {"confirmed": 1.0, "undone": 0.5, "not_you": 1.0}
"""Who takes back may have changed their mind; who says "no, not you" has not."""


class Labelled(Struct, frozen=True):
    """The class that an example is of, and how much it counts (0 to 1)."""

    label: str
    weight: float


def from_use(kind: str, said: str, verdict: Verdict) -> Labelled | None:
    """The label of what the hub took for `said`; None when use says nothing of it.

    A hub that was wrong to see something has seen nothing: what else it was, nobody has said. Raises
    `ValueRefusedError` for a kind or class that is not known.
    """
    known = KINDS.get(kind)
    if known is None or said not in known.labels:
        raise ValueRefusedError(f"{said!r} is no class of {kind!r}", remedy=f"kinds are {', '.join(KINDS)}")
    nothing = _NOTHING[kind]
    if verdict == "confirmed":
        return Labelled(said, _WORTH[verdict])
    if said == nothing:
        return None
    return Labelled(nothing, _WORTH[verdict])
