"""Robots that clean the floor."""

from collections.abc import Iterable

from hub.core.events import Value
from hub.core.traits import TraitConfig

from ..draft import Draft
from ..model import Publish, Report
from ..payload import Payload

_VACUUM = ("cleaning", "docked", "paused", "idle", "returning", "error")


def vacuum(draft: Draft) -> None:
    """A vacuum: Mode, told to be cleaning, docked, paused or idle; OnOff starts it and sends it home."""
    fields = draft.fields
    topic = fields.topic("command_topic")
    config = TraitConfig(options=_VACUUM)
    draft.trait("Mode", config)
    draft.trait("OnOff")

    def read(payload: Payload) -> Iterable[Report]:
        word = str(payload.table().get("state"))
        if word in _VACUUM:
            yield Report("Mode", word, -1 if word == "returning" else 0)
            yield Report("OnOff", word == "cleaning")

    draft.listen(fields.topic("state_topic"), read, "Mode", "OnOff")
    home = fields.text("payload_return_to_base", "return_to_base")
    told = {
        "cleaning": fields.text("payload_start", "start"), "docked": home, "returning": home,
        "paused": fields.text("payload_pause", "pause"), "idle": fields.text("payload_stop", "stop"),
    }  # fmt: skip

    def send(word: str | None) -> tuple[Publish, ...]:
        return (draft.message(topic, word),) if word is not None else ()

    def on_or_off(value: Value) -> tuple[Publish, ...]:
        return send(told["cleaning"] if value else home)

    if topic:
        draft.write("Mode", lambda value: send(told.get(str(value))))
        draft.write("OnOff", on_or_off)
