"""The conversations of a home: found by the stream or person that speaks, or by the area that a gesture is made in."""

import asyncio
from collections import OrderedDict
from typing import Final

from hub.dialogue.conversation import MEMORY_SECONDS, Session

MOST: Final = 256
"""Conversations remembered at a time; the one unused longest is forgotten first."""


class Sessions:
    """Sessions by key. Gestures have one of their own in each area, which the area's others take up."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[str, tuple[Session, asyncio.Lock]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def of(self, key: str) -> tuple[Session, asyncio.Lock]:
        """The session with this key, new or known, and the lock to hold while it is spoken in."""
        found = self._sessions.get(key)
        if found is None:
            found = self._sessions[key] = (Session(), asyncio.Lock())
        self._sessions.move_to_end(key)
        while len(self._sessions) > MOST:
            oldest = next(iter(self._sessions))
            if self._sessions[oldest][1].locked():
                break
            del self._sessions[oldest]
        return found

    def of_gestures(self, area: str) -> tuple[Session, asyncio.Lock]:
        """The session of the gestures that are made in `area`."""
        session, lock = self.of(_gestures(area))
        session.area = area
        return session, lock

    def asking(self, area: str, now: float) -> tuple[Session, asyncio.Lock] | None:
        """The session in `area` whose question waits for an answer at `now`; of several the one asked last."""
        waiting = [
            (pending.until, session, lock)
            for session, lock in self._sessions.values()
            if session.area == area and (pending := session.asked(now)) is not None
        ]
        return max(waiting, key=lambda w: w[0])[1:] if waiting else None

    def spoken_of(self, area: str, now: float) -> tuple[str, ...]:
        """What was last spoken of in `area`, or selected there by gesture."""
        fresh = [s for s, _ in self._sessions.values() if s.area == area and s.spoken_of(now)]
        return max(fresh, key=lambda s: s.heard_at).entities if fresh else ()

    def take_up(self, session: Session, area: str, now: float) -> None:
        """Let `session`, spoken in `area` from now on, know what gestures there asked and selected."""
        session.area = area
        other, _ = self._sessions.get(_gestures(area), (None, None))
        if other is None or other is session:
            return
        if other.asked(now) is not None and session.asked(now) is None:
            session.pending, other.pending = other.pending, None
        if other.heard_at > session.heard_at and other.entities:
            if now - session.heard_at >= MEMORY_SECONDS or other.last is not None:
                session.last = other.last
            session.entities, session.heard_at = other.entities, other.heard_at


def _gestures(area: str) -> str:
    return f"gestures/{area}"
