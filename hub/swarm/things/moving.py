"""Moving: things of an integration that any of several hubs may run stay the same things whichever runs it.

Such an integration is a duty. What it brings is known by the duty and the integration's own id, not by a hub: so what
the household said of it holds wherever it runs, and each hub goes on calling it what it called it before.
"""

from collections.abc import Callable, Mapping
from typing import Final

from hub.core.entities import PEER
from hub.home.registry import Home
from hub.swarm.things.placing import Thing
from hub.swarm.things.records import MOST_THINGS, Record

Key = tuple[str, str]
"""What a thing is known by at every hub: its hub, or the duty that brings it, and the id that it has there."""
DUTY_MARK: Final = ":"
"""Stands in the first part of a duty's key, and in no hub's id."""


class Moving:
    """`duty_of(owner)` is the duty that an integration of this hub is, empty if it is none; `doer(duty)` the hub that
    claims one.
    """

    def __init__(self, hub: str, home: Home, duty_of: Callable[[str], str], doer: Callable[[str], str]) -> None:
        self._hub = hub
        self._home = home
        self.duty_of = duty_of
        self._doer = doer
        self.ids: dict[Key, str] = {}
        """What things of duties are called here, or were when they were here last."""

    def key(self, thing: Thing, record: Record) -> Key:
        """What another hub's thing is known by."""
        return (_scope(record.duty), record.source) if record.duty and record.source else thing

    def own_key(self, entity: str) -> Key:
        """What a thing of this hub is known by."""
        owner, local = self._home.source(entity)
        duty = self.duty_of(owner)
        return (_scope(duty), local) if duty else (self._hub, entity)

    def own(self) -> dict[Key, str]:
        """The things that duties of this hub bring now."""
        found = {}
        for entity in self._home.view().entities.values():
            if not entity.owner.startswith(PEER) and self.duty_of(entity.owner):
                found[self.own_key(entity.id)] = entity.id
        self.ids |= {
            (_scope(duty), local): entity
            for (owner, local), entity in self._home.pins().items()
            if (duty := self.duty_of(owner))
        }
        self.ids |= found
        return found

    def keep(self, chosen: Mapping[Key, str]) -> None:
        """These are called so here from now on, also after they were away."""
        self.ids |= chosen
        if len(self.ids) > 2 * MOST_THINGS:
            self.ids = {**self.own(), **chosen}

    def wanted(self, owner: str, local: str) -> str:
        """What a thing that a duty of this hub is about to bring was called here; empty if it is new, or no duty's."""
        duty = self.duty_of(owner)
        return self.ids.get((_scope(duty), local), "") if duty else ""

    def choose(
        self,
        known: Mapping[Thing, Record],
        reachable: Callable[[str], bool],
        alive: frozenset[str],
        shown: Mapping[Thing, str],
    ) -> dict[Key, Thing]:
        """Of which hub each thing of other hubs is shown. What this hub itself brings is nobody else's."""
        own = self.own()
        found: dict[Key, Thing] = {}
        ranks: dict[Key, tuple[bool, bool, bool, bool, Thing]] = {}
        for thing, record in known.items():
            key, hub = self.key(thing, record), thing[0]
            if key in own:
                continue
            does = bool(record.duty) and self._doer(record.duty) == hub
            rank = (reachable(hub), does, hub in alive, thing in shown, thing)
            if key not in ranks or rank > ranks[key]:
                found[key], ranks[key] = thing, rank
        return found


def _scope(duty: str) -> str:
    return duty.replace("/", DUTY_MARK)


def of_duty(key: Key) -> bool:
    """Whether a thing is known by a duty."""
    return DUTY_MARK in key[0]
