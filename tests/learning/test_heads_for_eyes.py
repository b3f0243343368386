"""What a hand was told by reaches the hub beside the bus, and what was learnt from it reaches the eyes."""

from collections.abc import AsyncIterator

import pytest

from hub.core.errors import ModelError
from hub.core.events import GestureMade, Origin
from hub.guard.framing import MOST_TO_WORKER
from hub.learning.onnx_export import to_onnx
from hub.learning.onnx_import import bundled_gesture
from hub.perception.eyes.eyes import Eyes
from hub.perception.eyes.messages import HeadRefused, UseHead
from hub.perception.eyes.watch import Watch
from hub.perception.gesture.features import hand_features
from hub.perception.gesture.head import GestureHead
from hub.perception.gesture.looking import HandsLooker
from hub.perception.seen import Hand
from tests.learning.heads import other_head
from tests.perception.eyes.fakes import FakeHost, Worker, hand, hands, until
from tests.perception.gesture.hands_made import FRAME, Finder, open_hand


def test_a_hand_that_makes_a_gesture_is_told_with_its_features_and_no_other() -> None:
    read = iter([("four", 0.9), ("none", 0.9)])
    looker = HandsLooker(1, Finder((open_hand(),), (open_hand(),)), lambda _: next(read))
    seen = [looker.look(FRAME, t) for t in (0.0, 0.1)]
    features = hand_features(open_hand().joints)
    assert features is not None
    assert [each.hands[0].features for each in seen if each] == [features.vector.tobytes(), b""]


def test_features_go_past_the_bus_before_the_gesture_is_told() -> None:
    noticed: list[tuple[int, bytes]] = []
    watch = Watch("camera.hall", Origin(), noticed=lambda event, features: noticed.append((event, features)), arm=False)
    shown = hand("victory")
    shown = Hand(**{name: getattr(shown, name) for name in shown.__struct_fields__ if name != "features"},
                 features=b"f" * 168)  # fmt: skip
    told = [(event, list(noticed)) for n in range(30) for event in watch.take(hands(1, n / 15, shown))]
    [(made, before)] = [(event, before) for event, before in told if isinstance(event, GestureMade)]
    assert before == [(made.id, b"f" * 168)]


def test_a_head_can_be_given_another_network_and_refuses_what_is_none() -> None:
    bundled = bundled_gesture()
    head = GestureHead(to_onnx(bundled.network(), bundled.labels, name="gesture"))
    joints = open_hand().joints
    before = head(joints)
    with pytest.raises(ModelError):
        head.use(b"nothing")
    assert head(joints) == before and before[0] != "fist"
    head.use(other_head())
    assert head(joints)[0] == "fist"


def test_the_worker_takes_a_head_or_says_why_not() -> None:
    with Worker() as worker:
        worker.tell(UseHead(b"good"))
        worker.settled()
        worker.refuse = ModelError("no gesture network")
        worker.tell(UseHead(b"bad"))
        assert worker.hear(lambda said: isinstance(said, HeadRefused)).error["message"] == "no gesture network"
    assert worker.heads == [b"good"]


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
async def eyes(host: FakeHost) -> AsyncIterator[Eyes]:
    made = Eyes(host)  # type: ignore[arg-type]
    await made.start()
    yield made
    await made.stop()


async def test_a_new_head_is_used_at_once_and_by_every_later_worker(eyes: Eyes, host: FakeHost) -> None:
    await eyes.use_head(b"learnt")
    assert host.sent == [UseHead(b"learnt")]
    host.die()
    host.come_up()
    await until(lambda: len(host.sent) == 2)
    assert host.sent[1] == UseHead(b"learnt")
    host.say(HeadRefused(ModelError("no").to_wire()))
    host.die()
    host.come_up()
    view = await eyes.open("camera.hall")
    await until(lambda: len(host.sent) == 3)
    assert not isinstance(host.sent[2], UseHead)
    await view.close()


def test_a_learnt_head_fits_through_the_door_of_the_worker() -> None:
    assert len(other_head()) < MOST_TO_WORKER
