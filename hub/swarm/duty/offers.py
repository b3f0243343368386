"""`Offers`: which hub is able to do what. A duty goes to one of those alone: a hub without the skill or the settings
for it would be responsible, and do nothing.
"""

from collections.abc import Iterable
from typing import Final

from hub.swarm.ports import Mesh
from hub.swarm.state.kinds import MOST_OFFERS, offers_key
from hub.swarm.state.shared import SharedState

_LONGEST: Final = 140


class Offers:
    """What each hub says that it is able to do, in the shared state."""

    def __init__(self, mesh: Mesh, state: SharedState) -> None:
        self._mesh = mesh
        self._state = state
        self._own: frozenset[str] = frozenset()

    def add(self, *duties: str) -> None:
        """This hub is able to do these; the others hear of it with the next `publish`."""
        self._own |= {duty[:_LONGEST] for duty in duties}

    def drop(self, *duties: str) -> None:
        """This hub is not able to do these any more."""
        self._own -= set(duties)

    async def publish(self) -> None:
        """Tell the others, if that is news. Raises `StoreError`."""
        key, said = offers_key(self._mesh.hub), sorted(self._own)[:MOST_OFFERS]
        if list(self._state.get(key) or ()) != said:
            await self._state.write({key: said})

    def able(self, duty: str) -> Iterable[str]:
        """The hubs that live and are able to do it, this one included if it is."""
        found = [hub for hub in self._mesh.alive() if duty in (self._state.get(offers_key(hub)) or ())]
        return [*found, self._mesh.hub] if duty in self._own else found
