"""Updates from an integration, checked before anything of the hub changes: what does not fit is refused and counted."""

import time
from typing import Final

import structlog

from hub.core.entities import Entity
from hub.core.errors import HearthError, ValueRefusedError
from hub.core.events import Origin
from hub.core.states import StateTable
from hub.core.traits import parse_value
from hub.home.attribution import Attribution
from hub.home.registry import Home
from hub.plugins.device_messages import Unreadable
from hub.sdk.device import EntityAdded, EntityRemoved, Reachable, StateReported, Trouble

log = structlog.get_logger(__name__)
MAX_ENTITIES: Final = 5000
"""Of one integration."""


class Updates:
    """Applies one integration's updates to the home and the state table.

    Entities that were down because the integration was are up again as soon as it speaks of them.
    """

    def __init__(self, owner: str, home: Home, states: StateTable, attribution: Attribution) -> None:
        self._owner = owner
        self._home = home
        self._states = states
        self._attribution = attribution
        self._origin = Origin(source=owner)
        self._down: set[str] = set()
        self.applied = 0
        self.refused = 0
        self.last_refusal = ""
        self.trouble = ""

    def apply(self, update: object) -> bool:
        """Apply one update; False when it was refused. Never raises for what the integration says."""
        try:
            if isinstance(update, StateReported):
                self._state(update)
            elif isinstance(update, EntityAdded):
                self._add(update.entity)
            elif isinstance(update, Reachable):
                self._reachable(update)
            elif isinstance(update, EntityRemoved):
                self._remove(update)
            elif isinstance(update, Trouble):
                self.trouble = "".join(c for c in str(update.text)[:300] if c.isprintable())
            elif isinstance(update, Unreadable):
                raise ValueRefusedError(update.reason, remedy="yield what hub.sdk defines")
            else:
                raise ValueRefusedError(f"{type(update).__name__} is no update", remedy="yield what hub.sdk defines")
        except HearthError as error:
            return self._refuse(str(error))
        except (TypeError, AttributeError, ValueError) as error:
            return self._refuse(f"{type(error).__name__}: {error}"[:300])
        self.applied += 1
        return True

    def all_down(self) -> None:
        """The integration ended: none of its entities can be reached."""
        for entity in self._home.owned_by(self._owner):
            if self._states.available(entity):
                self._states.set_available(entity, False, origin=self._origin)
                self._down.add(entity)

    def _add(self, entity: Entity) -> None:
        known = self._home.id_of(self._owner, entity.id)
        if known is None and len(self._home.owned_by(self._owner)) >= MAX_ENTITIES:
            raise ValueRefusedError(f"{self._owner} has {MAX_ENTITIES} entities already", remedy="narrow its topics")
        self._up(self._home.add(self._owner, entity))

    def _remove(self, update: EntityRemoved) -> None:
        ours = self._home.remove(self._owner, update.entity)
        if ours is not None:
            self._down.discard(ours)

    def _state(self, update: StateReported) -> None:
        ours = self._id(update.entity)
        config = self._home.entity(ours).traits.get(update.trait)
        if config is None:
            raise ValueRefusedError(f"{ours} has no {str(update.trait)[:60]!r}", remedy="describe the entity with it")
        value = None if update.value is None else parse_value(update.trait, update.value, config)
        causes = update.causes
        if not causes and self._states.value(ours, update.trait) != value:
            causes = self._attribution.causes(ours, update.trait, value, time.monotonic())
        self._up(ours)
        self._states.set(ours, update.trait, value, origin=self._origin, causes=causes)

    def _reachable(self, update: Reachable) -> None:
        for ours in [self._id(update.entity)] if update.entity else self._home.owned_by(self._owner):
            self._down.discard(ours)
            self._states.set_available(ours, update.available is True, origin=self._origin)

    def _up(self, ours: str) -> None:
        if ours in self._down:
            self._down.discard(ours)
            self._states.set_available(ours, True, origin=self._origin)

    def _id(self, local: str) -> str:
        ours = self._home.id_of(self._owner, local)
        if ours is None:
            raise ValueRefusedError(f"nothing is known of {str(local)[:120]!r}", remedy="yield EntityAdded first")
        return ours

    def _refuse(self, reason: str) -> bool:
        self.refused += 1
        self.last_refusal = reason
        if self.refused & (self.refused - 1) == 0:  # the 1st, 2nd, 4th, 8th...: a flood does not fill the log
            log.warning("an update was refused", integration=self._owner, reason=reason, refused=self.refused)
        return False
