"""What came of a gesture gives its label; its features stay in memory for a minute, and go nowhere else."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from hub.core.bus import Bus
from hub.core.clock import FakeClock
from hub.core.events import CommandDone, CommandSent, Event, GestureMade, GestureSeen, IntentMatched, to_json
from hub.learning.examples import Examples
from hub.learning.federated.home_pupil import HomePupil
from hub.learning.federated.kept_heads import KeptHeads
from hub.learning.from_use import STAYS_S, FromUse
from hub.learning.sealing import Seal
from hub.perception.gesture.head import NETWORK_NAMES
from hub.store.database import Database
from tests.learning.people import examples_of

FEATURES = [features for features, _ in examples_of(0, 8)]


class Story:
    """A room in which gestures are made and commands follow."""

    def __init__(self, bus: Bus, use: FromUse, examples: Examples, clock: FakeClock) -> None:
        self.bus, self.use, self.examples, self.clock = bus, use, examples, clock
        self.commands = 0
        self.told: list[Event] = []
        bus.subscribe(Event, self.told.append)

    def gesture(self, name: str, number: int = 0) -> GestureMade:
        seen = GestureSeen(stream="camera.hall", name=name, hand="left", confidence=0.9, t=1.0)
        made = GestureMade(stream="camera.hall", name=name, hand="left", t=1.0, causes=(seen.id,))
        self.use.noticed(made.id, FEATURES[number].tobytes())
        self.bus.publish(seen)
        self.bus.publish(made)
        return made

    def intent(self, name: str, *causes: Event) -> IntentMatched:
        matched = IntentMatched(name=name, slots={}, causes=tuple(cause.id for cause in causes))
        self.bus.publish(matched)
        return matched

    def command(self, entity: str, *causes: Event) -> None:
        self.commands += 1
        about = {"command": self.commands, "entity": entity, "trait": "OnOff", "value": True}
        self.bus.publish(CommandSent(**about, causes=tuple(cause.id for cause in causes)))
        self.bus.publish(CommandDone(**about))

    async def labels(self, after_s: float = STAYS_S) -> list[str]:
        await self.clock.advance(after_s)
        await self.use.settle()
        learn_from, held = await self.examples.material("gesture")
        return sorted(NETWORK_NAMES[y] for y in (*learn_from.y, *held.y))

    @property
    def empty(self) -> bool:
        kept = (self.use._features, self.use._gestures, self.use._because, self.use._undo, self.use._sent)
        return not any(kept)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    clock, bus = FakeClock(), Bus()
    database = await Database.open(tmp_path / "hearth.db")
    seal = Seal(tmp_path)
    examples = Examples(database, seal, clock)
    use = FromUse(bus, await HomePupil.open("gesture", examples, KeptHeads(database, seal), clock=clock), clock)
    yield Story(bus, use, examples, clock)
    use.close()
    await database.close()


async def test_a_gesture_whose_command_stays_for_a_minute_was_right(story: Story) -> None:
    story.command("light.hall", story.intent("lights.on", story.gesture("victory")))
    assert await story.labels(STAYS_S - 1) == []
    assert await story.labels(1) == ["victory"]
    assert story.empty


async def test_a_gesture_that_is_undone_was_nothing_and_counts_half(story: Story) -> None:
    story.command("light.hall", story.intent("lights.on", story.gesture("victory")))
    story.command("light.hall", story.intent("dialogue.undo"))
    assert await story.labels(5) == ["none"]
    learn_from, held = await story.examples.material("gesture")
    assert [*learn_from.worth, *held.worth] == [0.5]
    assert story.empty


async def test_the_newest_of_two_gestures_is_the_one_that_is_undone(story: Story) -> None:
    for number, name in enumerate(("victory", "three")):
        story.command("light.hall", story.intent("lights.on", story.gesture(name, number)))
    story.command("light.hall", story.intent("dialogue.undo"))
    assert await story.labels() == ["none", "victory"]


async def test_an_undo_of_something_else_leaves_a_gesture_alone(story: Story) -> None:
    story.command("light.hall", story.intent("lights.on", story.gesture("victory")))
    story.command("light.attic", story.intent("dialogue.undo"))
    assert await story.labels() == ["victory"]


async def test_a_thumb_is_a_thumb_and_a_motion_teaches_nothing(story: Story) -> None:
    story.command("light.hall", story.gesture("thumb_up"))
    raised = GestureMade(stream="camera.hall", name="raise", hand="left", t=1.0)
    story.bus.publish(raised)
    story.command("light.hall", raised)
    assert await story.labels() == ["thumb"]


async def test_a_gesture_that_did_nothing_is_forgotten_after_a_minute(story: Story) -> None:
    story.gesture("victory")
    story.command("light.hall", story.intent("lights.on"))
    assert await story.labels() == []
    assert story.empty


async def test_no_event_has_the_features(story: Story) -> None:
    story.command("light.hall", story.intent("lights.on", story.gesture("victory")))
    await story.labels()
    told = b"".join(to_json(event) + repr(event).encode() for event in story.told)
    assert b"victory" in told
    assert not any(f"{value:.4f}"[:6].encode() in told for value in np.abs(FEATURES[0]) if value > 0.01)
