"""What a guest is told of what happens: how things are, as GET /api/v1/home tells it; not who, where, or why."""

from collections.abc import Callable

import msgspec

from hub.core.events import HERE, AvailabilityChanged, Event, HomeChanged, StateChanged
from hub.web.access.callers import Caller
from hub.web.routes import Access


def is_guest(caller: Caller) -> bool:
    """Whether they are told of things only."""
    return not caller.role.includes(Access.MEMBER)


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
