"""How a skill is: whether it runs, what ails it, what it takes."""

from typing import Literal

from msgspec import Struct


class Condition(Struct, frozen=True, kw_only=True):
    """How one skill is now.

    `starting` is its first start, `restarting` a later one, for `reason`; `left_out` means it could not be started. A
    `slow` one keeps people waiting. `memory` (bytes) and `cpu_share` (of one processor, over the last second) are known
    of caged ones while they run.
    """

    state: Literal["starting", "running", "restarting", "left_out", "off"]
    reason: str = ""
    slow: bool = False
    caged: bool = False
    memory: int | None = None
    cpu_share: float | None = None
