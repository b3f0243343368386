"""Commands from hub to hub, as they cross the mesh.

A `Wish` carries the id that the command has on the hub where somebody asked for it; with that hub it is the key by
which it is known again, so that it is carried out once, however often it comes. What may do harm (locks, garage doors,
all that the exposure rules ask a yes for) is moreover never carried out late: the owner answers with a `Permit` that
is good for one use within a few seconds of the owner's own clock, and only the wish that brings it is done. A wish that
lay on a slow link for a minute, or one that somebody recorded, brings none.
"""

from typing import Annotated, Final

from msgspec import Meta, Struct

from hub.core.events import Value

TOPIC: Final = "command"
Short = Annotated[str, Meta(max_length=200)]


class Wish(Struct, frozen=True, kw_only=True):
    """A command for a thing of the hub that is asked; `local` is what that one calls it."""

    id: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    local: Short
    trait: Short
    value: Value
    confirmed: bool = False
    channel: Short = "skill"
    area: Short = ""
    source: Short = ""
    permit: Annotated[bytes, Meta(max_length=16)] = b""

    def same(self, other: "Wish") -> bool:
        """Whether both wish for the same."""
        return (self.local, self.trait, self.value) == (other.local, other.trait, other.value)


class Permit(Struct, frozen=True, tag="p"):
    """Send it again with this, at once."""

    permit: bytes


class Ended(Struct, frozen=True, tag="e"):
    """How it ended."""

    ok: bool
    code: str = ""
    reason: str = ""
    remedy: str = ""


Reply = Permit | Ended
