"""Who of the home's hubs is there: from Zenoh's liveliness tokens and links.

A hub that dies takes its connection along, which is noticed at once; one that hangs is noticed when Zenoh's lease is
over. A hub that takes on new trust closes its session for a moment and says so before (`pausing`): its work must not
move for that.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import structlog

from hub.core.entries import enter
from hub.swarm.owner import Owner

log = structlog.get_logger(__name__)
Changed = Callable[[frozenset[str]], None]
PAUSE_S: Final = 1.5
"""How long a hub that said it would be back is waited for."""
DOUBLE_S: Final = 3.0
"""Two links that prove the same id for so long are two hubs with one certificate: longer than a lease, so that it is
not the old link of a hub that came back."""


class Liveness:
    """The hubs that are alive, and whom to tell. To be used on the event loop."""

    def __init__(self, members: Iterable[str]) -> None:
        self._members = frozenset(members)
        self._tokens: set[str] = set()
        self._paused: dict[str, float] = {}  # hub -> loop time until which it is waited for
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._watchers: list[Changed] = []
        self._told: frozenset[str] = frozenset()
        self.quarantined: frozenset[str] = frozenset()

    def alive(self) -> frozenset[str]:
        """The members that are there, without those in quarantine."""
        return (frozenset(self._tokens) & self._members) - self.quarantined

    def watch(self, changed: Changed) -> Callable[[], None]:
        """Call `changed` when `alive` changes; returns the function that ends it."""
        return enter(self._watchers, changed)

    def came(self, hub: str) -> None:
        """A hub's token is there. What it said of a pause holds on: it may connect more than once before it is over."""
        self._cancel(hub)
        self._tokens.add(hub)
        self._tell()

    def went(self, hub: str) -> None:
        """A hub's token is gone; unless it said that it would be back, so is the hub."""
        left = self._paused.get(hub, 0.0) - asyncio.get_running_loop().time()
        if left > 0 and hub in self._tokens:
            self._cancel(hub)
            self._timers[hub] = asyncio.get_running_loop().call_later(left, self._gone, hub)
            return
        self._gone(hub)

    def pausing(self, hub: str) -> None:
        """A hub says that it closes its session and will be back."""
        if hub in self._members:
            self._paused[hub] = asyncio.get_running_loop().time() + PAUSE_S

    def pause(self) -> None:
        """This hub closes its own session: none of the others is taken for gone for a moment."""
        for hub in tuple(self._tokens):
            self.pausing(hub)
            self.went(hub)

    def members(self, members: Iterable[str]) -> None:
        """These are the home's hubs from now on."""
        self._members = frozenset(members)
        self._tokens &= self._members
        self._tell()

    def quarantine(self, hubs: Iterable[str]) -> None:
        """Trust these hubs' ids no longer: two hold the same."""
        self.quarantined |= frozenset(hubs)
        self._tell()

    def close(self) -> None:
        """Tell nobody any more."""
        for hub in tuple(self._timers):
            self._cancel(hub)
        self._watchers.clear()

    def _gone(self, hub: str) -> None:
        self._paused.pop(hub, None)
        self._cancel(hub)
        self._tokens.discard(hub)
        self._tell()

    def _cancel(self, hub: str) -> None:
        timer = self._timers.pop(hub, None)
        if timer is not None:
            timer.cancel()

    def _tell(self) -> None:
        alive = self.alive()
        if alive == self._told:
            return
        self._told = alive
        for changed in tuple(self._watchers):
            try:
                changed(alive)
            except Exception:
                log.exception("one that watches the mesh failed")


class Links:
    """Which certificate names hold a link, to find two hubs that prove the same id."""

    def __init__(self) -> None:
        self._held: dict[str, dict[str, float]] = {}  # certificate name -> session id -> when it was first seen

    def seen(self, links: Iterable[tuple[str, str]], now: float) -> frozenset[str]:
        """Given the links there are as (certificate name, session id): names that two have held for too long."""
        held: dict[str, dict[str, float]] = {}
        for name, session in links:
            held.setdefault(name, {})[session] = self._held.get(name, {}).get(session, now)
        self._held = held
        return frozenset(name for name, since in held.items() if sum(now - at >= DOUBLE_S for at in since.values()) > 1)

    def names(self) -> frozenset[str]:
        """The certificate names that hold a link."""
        return frozenset(self._held)


class LinkWatch:
    """Tells what the links show: strangers, copied certificates, and addresses that proved true."""

    def __init__(self, live: Liveness, owner: Owner, proved: Callable[[str, str], None]) -> None:
        self._live = live
        self._owner = owner
        self._proved = proved
        self._links = Links()
        self._strangers: frozenset[str] = frozenset()

    def forget(self) -> None:
        """The session is a new one."""
        self._links = Links()

    def look(
        self, links: Iterable[tuple[str, str]], members: frozenset[str], places: dict[str, str], now: float
    ) -> None:
        """Given the links there are (see `Links.seen`), the home's hubs, and where connections led to."""
        twice = self._links.seen(links, now)
        names = self._links.names()
        for hub in places.keys() & names:
            self._proved(hub, places[hub])
        strangers, self._strangers = self._strangers, names - members
        for hub in strangers & self._strangers:  # not one that was let in a moment ago
            self._owner.tell(hub, "is connected, but is no member of this home: nothing of it is heard")
        if twice - self._live.quarantined:
            self._live.quarantine(twice)
        for hub in twice:
            self._owner.tell(hub, "is there twice, its certificate was copied: neither is heard; pair it anew")
