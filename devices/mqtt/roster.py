"""The broker's entities: who was described where, who listens to which topic, and who is there."""

import heapq
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from hub.core.errors import ProtocolError
from hub.sdk import EntityAdded, EntityRemoved, Reachable, StateReported, Update, Value

from .availability import Presence
from .ids import EntityIds
from .model import MqttEntity, Publish, Read, Report
from .payload import Payload

MAX_ENTITIES: Final = 10_000
_OFF, _EXPIRY = 0, 1


class Member:
    """One entity of the roster, as it stands now."""

    def __init__(self, source: MqttEntity, entity_id: str) -> None:
        self.source = source
        self.id = entity_id
        self.presence = Presence(source.availability)
        self.expired = False
        self.told: bool | None = None
        self.values: dict[str, Value] = {}
        self.expires_at = 0.0
        self.off_at = 0.0


class Heard:
    """What a state message meant: updates for the hub, reports for waiting commands, and what was wrong."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.reports: list[tuple[str, Report]] = []
        self.problems: list[ProtocolError] = []


class Roster:
    """Entities by their keys. Methods return the updates that follow; time is given in monotonic seconds."""

    def __init__(self, ids: EntityIds) -> None:
        self.connected = False
        self._ids = ids
        self._members: dict[str, Member] = {}
        self._by_id: dict[str, Member] = {}
        self._by_place: dict[str, set[str]] = {}
        self._by_topic: dict[str, set[str]] = {}
        self._timers: list[tuple[float, int, str]] = []
        self.to_subscribe: dict[str, int] = {}
        self.to_unsubscribe: set[str] = set()
        self.to_ask: list[Publish] = []

    def __len__(self) -> int:
        return len(self._members)

    def find(self, entity_id: str) -> Member | None:
        """The entity with this id."""
        return self._by_id.get(entity_id)

    def topics(self) -> dict[str, int]:
        """Every topic that somebody listens to, with its QoS."""
        found: dict[str, int] = {}
        for member in self._members.values():
            found |= member.source.topics()
        return found

    def describe(self, place: str, entities: Iterable[MqttEntity]) -> tuple[list[Update], list[ProtocolError]]:
        """`place` (a topic) describes exactly these entities now."""
        updates: list[Update] = []
        problems: list[ProtocolError] = []
        before, now = self._by_place.pop(place, set()), {e.key: e for e in entities}
        for key in before - now.keys():
            updates += self._remove(key)
        kept: set[str] = set()
        for key, entity in now.items():
            known = self._members.get(key)
            if known is not None and key not in before:
                problems.append(ProtocolError("described twice", place=entity.place, remedy="use another id"))
            elif known is None and len(self._members) >= MAX_ENTITIES:
                problems.append(
                    ProtocolError(
                        f"more than {MAX_ENTITIES} entities", place=place, remedy="remove some from the broker"
                    )
                )
                break
            else:
                kept.add(key)
                updates += self._put(entity)
        if kept:
            self._by_place[place] = kept
        return updates, problems

    def _put(self, entity: MqttEntity) -> list[Update]:
        key = entity.key
        old = self._members.get(key)
        if old is not None:
            self._forget_topics(old)
        entity_id = self._ids.take(key, entity.entity.id)
        updates: list[Update] = []
        if old is not None and old.id != entity_id:
            updates.append(EntityRemoved(old.id))
            del self._by_id[old.id]
        member = Member(replace(entity, entity=replace(entity.entity, id=entity_id)), entity_id)
        if old is not None and old.source.availability == entity.availability:
            member.presence = old.presence
        self._members[key] = self._by_id[entity_id] = member
        for topic, qos in entity.topics().items():
            self._by_topic.setdefault(topic, set()).add(key)
            self.to_subscribe[topic] = max(qos, self.to_subscribe.get(topic, 0))
            self.to_unsubscribe.discard(topic)
        self.to_ask += entity.ask
        return [*updates, EntityAdded(member.source.entity), *self._reach(member)]

    def _remove(self, key: str) -> list[Update]:
        member = self._members.pop(key)
        del self._by_id[member.id]
        self._ids.release(key)
        self._forget_topics(member)
        return [EntityRemoved(member.id)]

    def _forget_topics(self, member: Member) -> None:
        for topic in member.source.topics():
            keys = self._by_topic.get(topic, set())
            keys.discard(member.source.key)
            if not keys:
                self._by_topic.pop(topic, None)
                self.to_unsubscribe.add(topic)
                self.to_subscribe.pop(topic, None)

    def _reach(self, member: Member) -> list[Update]:
        available = self.connected and member.presence.available and not member.expired
        if available is member.told:
            return []
        member.told = available
        return [Reachable(member.id, available)]

    def hear(self, payload: Payload, now: float) -> Heard:
        """Take in a message on a topic that entities listen to."""
        heard = Heard()
        for key in tuple(self._by_topic.get(payload.topic, ())):
            member = self._members[key]
            member.presence.hear(payload)
            for listener in member.source.listeners:
                if listener.topic == payload.topic:
                    self._listen(member, listener.read, payload, now, heard)
            heard.updates += self._reach(member)
        return heard

    def _listen(self, member: Member, read: Read, payload: Payload, now: float, heard: Heard) -> None:
        try:
            reports = [r for r in read(payload) if r.trait in member.source.entity.traits]
        except ProtocolError as error:
            heard.problems.append(error)
            return
        source = member.source
        if reports and source.expire_after_s:
            member.expired = False
            member.expires_at = now + source.expire_after_s
            heapq.heappush(self._timers, (member.expires_at, _EXPIRY, source.key))
        for report in reports:
            heard.reports.append((member.id, report))
            if report.value is None:
                continue
            member.values[report.trait] = report.value
            heard.updates.append(StateReported(member.id, report.trait, report.value))
            if source.off_delay_s and report.value is True:
                member.off_at = now + source.off_delay_s
                heapq.heappush(self._timers, (member.off_at, _OFF, source.key))

    def pass_time(self, now: float) -> list[Update]:
        """What becomes due: sensors that go off by themselves, and values that are too old to be believed."""
        updates: list[Update] = []
        while self._timers and self._timers[0][0] <= now:
            due, what, key = heapq.heappop(self._timers)
            member = self._members.get(key)
            if member is None:
                continue
            if what == _EXPIRY and member.expires_at == due:
                member.expired = True
                updates += self._reach(member)
            elif what == _OFF and member.off_at == due:
                updates += [StateReported(member.id, t, False) for t, v in member.values.items() if v is True]
                member.values |= {t: False for t, v in member.values.items() if v is True}
        return updates

    def broker_lost(self) -> list[Update]:
        """Nobody can be reached."""
        self.connected = False
        for member in self._members.values():
            member.told = False
        return [Reachable("", False)]

    def broker_back(self) -> list[Update]:
        """Everybody is as last heard; states that the broker keeps come again."""
        self.connected = True
        self.to_subscribe = self.topics()
        self.to_unsubscribe.clear()
        self.to_ask = [publish for m in self._members.values() for publish in m.source.ask]
        return [update for member in self._members.values() for update in self._reach(member)]
