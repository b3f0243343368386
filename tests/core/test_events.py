import msgspec
import pytest

from hub.core.errors import HearthError, ModelHashError, RawMediaError
from hub.core.events import Event, Origin, StateChanged, WakeHeard, event_types, to_json
from hub.core.ids import id_time, new_id


def test_ids_rise_and_tell_their_time() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert all(0 < i < 2**63 for i in ids)
    assert abs(id_time(ids[0]) - WakeHeard(stream="s", word="w", score=1, t=0).at) < 60


def test_an_event_has_identity_time_and_causes() -> None:
    first = WakeHeard(stream="mic", word="hey_jarvis", score=0.9, t=1.0, origin=Origin(area="kitchen"))
    second = StateChanged(entity="light.a", trait="OnOff", value=True, causes=(first.id,))
    assert second.id > first.id
    assert second.causes == (first.id,)
    with pytest.raises(AttributeError):
        first.score = 0.1  # type: ignore[misc]


def test_every_event_goes_through_json_and_back() -> None:
    event = StateChanged(entity="light.a", trait="Level", value=40, origin=Origin(hub="h", area="kitchen"))
    assert msgspec.json.decode(to_json(event), type=StateChanged) == event
    assert {"WakeHeard", "StateChanged", "CommandFailed", "Replied"} <= set(event_types())


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, object, "list[bytes]"])
def test_an_event_that_could_hold_media_does_not_come_into_being(kind: object) -> None:
    with pytest.raises(RawMediaError):
        type("Leaky", (Event,), {"__annotations__": {"pcm": eval(kind) if isinstance(kind, str) else kind}})


def test_errors_cross_a_wire_and_come_back_as_their_class() -> None:
    error = ModelHashError("not the file", place="m.onnx", remedy="pull it again")
    back = HearthError.from_wire(error.to_wire())
    assert type(back) is ModelHashError
    assert str(back) == "m.onnx: not the file (pull it again)"
    assert type(HearthError.from_wire({"code": "from the future", "message": "x"})) is HearthError
