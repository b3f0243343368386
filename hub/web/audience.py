"""What guests may: how things are, as GET /api/v1/home tells it, not who, where, or why; and nothing risky."""

from collections.abc import Callable

import msgspec

from hub.core.errors import DeniedError
from hub.core.events import HERE, AvailabilityChanged, Event, HomeChanged, StateChanged, Value
from hub.web.access.callers import Caller
from hub.web.routes import Access


def is_guest(caller: Caller) -> bool:
    """Whether they are told of things only."""
    return not caller.role.includes(Access.MEMBER)


def check_guest(entity: str, value: Value, *, confirmed: bool) -> None:
    """Raise `DeniedError` for a command that is not a guest's: what takes a yes, and opening a camera.

    Whether the hub looks is for those who live there to say, as whether it listens is.
    """
    if confirmed or (entity.startswith("camera.") and value is not False):
        what = "do what is risky" if confirmed else "switch a camera on"
        raise DeniedError(f"a guest may not {what}", remedy="ask somebody who lives here")


def for_guests(event: Event, shown: Callable[[str], bool]) -> Event | None:
    """The event as a guest is told of it, None where they are not; `shown` says whether an entity is in the home.

    Presence in rooms and people's whereabouts are states too, of what is no entity of the home. Where an event came
    from and what caused it would tell who was where.
    """
    if isinstance(event, HomeChanged):
        return HomeChanged(id=event.id, at=event.at, what="home")
    if isinstance(event, StateChanged | AvailabilityChanged) and shown(event.entity):
        return msgspec.structs.replace(event, origin=HERE, causes=())
    return None
