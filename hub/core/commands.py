"""Commands: a wish that an entity's trait become a value. It ends in done or failed, never in silence."""

from msgspec import Struct, field

from hub.core.events import HERE, Origin, Value
from hub.core.ids import new_id


class Command(Struct, frozen=True, kw_only=True):
    """Make `trait` of `entity` become `value`.

    `causes` are the events that led here. `confirmed` means a person said yes to this very command.
    `channel` is how the wish came in, for the exposure rules: voice, gesture, ui, api, skill or cli.
    """

    entity: str
    trait: str
    value: Value
    id: int = field(default_factory=new_id)
    origin: Origin = HERE
    causes: tuple[int, ...] = ()
    confirmed: bool = False
    channel: str = "skill"


class CommandResult(Struct, frozen=True, kw_only=True):
    """How a command ended: `ok`, or the `code` and `reason` of its failure."""

    command: int
    entity: str
    trait: str
    value: Value
    ok: bool
    code: str = ""
    reason: str = ""
