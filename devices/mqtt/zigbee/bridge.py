"""What Zigbee2MQTT's bridge tells: its devices and groups as entities, and whether it is there.

Topics under the base topic: bridge/state, bridge/info, bridge/devices, bridge/groups, and for each friendly name
(which may contain slashes) the name itself, name/set, name/get and name/availability.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from hub.core.entities import Entity
from hub.core.errors import ProtocolError
from hub.core.events import Value
from hub.core.traits import PLAIN_CONFIG

from ..model import Availability, AvailabilityTopic, Listener, MqttEntity, Publish, Report, Write
from ..naming import check_topic, clean_name, slug
from ..payload import NOT_JSON, Payload
from .exposes import Exposed, Feature, read_exposes

MAX_DEVICES = 2000


class Bridge:
    """One Zigbee2MQTT on the base topic `base`. Each `read_` method returns entities and problems."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._kinds: dict[str, list[Exposed]] = {}  # ieee address -> what the device is, for the groups

    def topics(self) -> tuple[str, ...]:
        """The bridge's own topics."""
        return tuple(f"{self.base}/bridge/{name}" for name in ("state", "info", "devices", "groups"))

    def read_info(self, payload: Payload) -> list[ProtocolError]:
        """What of the bridge's settings keeps it from being understood."""
        try:
            advanced = payload.table().get("config", {}).get("advanced", {})
            if advanced.get("output") == "attribute":
                raise ProtocolError(
                    "this Zigbee2MQTT publishes attributes instead of JSON",
                    place=payload.topic,
                    remedy="set advanced.output to json or attribute_and_json",
                )
        except AttributeError:
            return [ProtocolError("not as Zigbee2MQTT writes it", place=payload.topic)]
        except ProtocolError as error:
            return [error]
        return []

    def read_devices(self, payload: Payload) -> tuple[list[MqttEntity], list[ProtocolError]]:
        """The entities of bridge/devices; an empty payload has none."""
        entities: list[MqttEntity] = []
        problems: list[ProtocolError] = []
        self._kinds.clear()
        for table in _list(payload, problems)[:MAX_DEVICES]:
            try:
                entities += self._device(table, payload.topic)
            except ProtocolError as error:
                problems.append(error)
        return entities, problems

    def read_groups(self, payload: Payload) -> tuple[list[MqttEntity], list[ProtocolError]]:
        """The entities of bridge/groups: each group as what its members have in common, and its scenes."""
        entities: list[MqttEntity] = []
        problems: list[ProtocolError] = []
        for table in _list(payload, problems)[:MAX_DEVICES]:
            try:
                entities += self._group(table, payload.topic)
            except ProtocolError as error:
                problems.append(error)
        return entities, problems

    def _device(self, table: dict[str, Any], topic: str) -> Iterable[MqttEntity]:
        address, definition = table.get("ieee_address"), table.get("definition")
        if table.get("type") == "Coordinator" or table.get("disabled") is True or not isinstance(definition, dict):
            return []
        if not isinstance(address, str) or not 0 < len(address) <= 64:
            raise ProtocolError("a device without an address", place=topic, remedy="update Zigbee2MQTT")
        name = check_topic(table.get("friendly_name"), f"{topic}#{address}", "friendly_name")
        exposed = read_exposes(definition.get("exposes"))
        self._kinds[address] = exposed
        wired = str(table.get("power_source", "")).lower() != "battery"
        return [self._entity(e, address, name, f"{topic}#{address}", ask=wired) for e in exposed]

    def _group(self, table: dict[str, Any], topic: str) -> Iterable[MqttEntity]:
        number, members = table.get("id"), table.get("members")
        if not isinstance(number, int) or not isinstance(members, list):
            raise ProtocolError("a group without id or members", place=topic, remedy="update Zigbee2MQTT")
        place = f"{topic}#{number}"
        name = check_topic(table.get("friendly_name"), place, "friendly_name")
        known = [self._kinds.get(str(m.get("ieee_address")), []) for m in members if isinstance(m, dict)]
        shared = _in_common([next((e for e in k if e.kind in ("light", "switch", "cover")), None) for k in known])
        found = [self._entity(shared, f"group_{number}", name, place, ask=False)] if shared else []
        scenes = table.get("scenes")
        for scene in scenes[:100] if isinstance(scenes, list) else ():
            if isinstance(scene, dict) and isinstance(scene.get("id"), int):
                found.append(self._scene(scene, number, name, place))
        return found

    def _entity(self, exposed: Exposed, address: str, name: str, place: str, *, ask: bool) -> MqttEntity:
        shown = clean_name(f"{name.replace('/', ' ')} {exposed.part}" if exposed.part else name.replace("/", " "))
        state, set_topic, get_topic = f"{self.base}/{name}", f"{self.base}/{name}/set", f"{self.base}/{name}/get"
        asks = (Publish(get_topic, msgspec.json.encode({exposed.ask: ""}).decode()),) if ask and exposed.ask else ()
        return MqttEntity(
            key=f"{self.base} {address} {exposed.kind} {exposed.part}",
            place=place,
            entity=Entity(
                id=f"{exposed.kind}.{slug(shown)}",
                name=shown or address[:64],
                traits={f.trait: f.config for f in exposed.features},
                exposed=False if exposed.hidden else None,
                device_class=exposed.device_class,
                device=address,
            ),
            listeners=(Listener(state, lambda payload: _reports(payload, exposed.features)),),
            writers=_writers(exposed.features, set_topic),
            confirmed=frozenset(f.trait for f in exposed.features if f.published),
            availability=self._availability(f"{state}/availability"),
            ask=asks,
        )

    def _scene(self, scene: dict[str, Any], number: int, group: str, place: str) -> MqttEntity:
        name = clean_name(scene.get("name")) or f"scene {scene['id']}"
        recall = Publish(f"{self.base}/{group}/set", msgspec.json.encode({"scene_recall": scene["id"]}).decode())
        shown = clean_name(f"{group.replace('/', ' ')} {name}")
        return MqttEntity(
            key=f"{self.base} group_{number} scene {scene['id']}",
            place=place,
            entity=Entity(
                id=f"scene.{slug(shown)}", name=shown, traits={"Press": PLAIN_CONFIG}, device=f"group_{number}"
            ),
            writers={"Press": lambda _: (recall,)},
            availability=self._availability(),
        )

    def _availability(self, *own: str) -> Availability:
        # Zigbee2MQTT says nothing of single devices unless its availability feature is on: then they count as there.
        topics = [AvailabilityTopic(f"{self.base}/bridge/state", _there)]
        topics += [AvailabilityTopic(topic, _there, assumed=True) for topic in own]
        return Availability(tuple(topics), "all")


def _list(payload: Payload, problems: list[ProtocolError]) -> list[dict[str, Any]]:
    if not payload.data.strip():
        return []
    value = payload.json
    if isinstance(value, list):
        return [v for v in value if isinstance(v, dict)]
    problems.append(ProtocolError("not a JSON list", place=payload.topic, remedy="is this Zigbee2MQTT's base topic?"))
    return []


def _there(payload: Payload) -> bool | None:
    table = payload.json
    word = table.get("state") if isinstance(table, dict) else payload.text.strip()
    return {"online": True, "offline": False}.get(word) if isinstance(word, str) else None


def _reports(payload: Payload, features: list[Feature]) -> Iterable[Report]:
    if not payload.data.strip() or payload.json is NOT_JSON:
        return
    table = payload.table()
    mode = table.get("color_mode")
    for feature in features:
        stale = feature.trait == ("Color" if mode == "color_temp" else "ColorTemperature")
        if feature.prop in table and not (isinstance(mode, str) and stale):
            yield from feature.read(table[feature.prop])


def _writers(features: list[Feature], topic: str) -> dict[str, Write]:
    def writer(feature: Feature) -> Write:
        def write(value: Value) -> tuple[Publish, ...]:
            told = feature.tell(value) if feature.tell else {}
            if not told or None in told.values():
                raise ProtocolError("this device can only open and close", place=topic, remedy="ask for 0 or 100")
            return (Publish(topic, msgspec.json.encode(told).decode()),)

        return write

    return {f.trait: writer(f) for f in features if f.tell is not None}


def _in_common(members: list[Exposed | None]) -> Exposed | None:
    known = [m for m in members if m is not None]
    if not known or any(m.kind != known[0].kind for m in known):
        return None
    traits = set.intersection(*({f.trait for f in m.features} for m in known))
    features = [f for f in known[0].features if f.trait in traits]
    return Exposed(kind=known[0].kind, features=features) if features else None
