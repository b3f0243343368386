"""A whole hub with a camera: a gesture is shown, does something, and is an example a minute later. Nothing of it was
on the bus.
"""

from pathlib import Path

import pytest

from hub.app import Parts, running_hub
from hub.core.bundled import bundled
from hub.core.commands import Command
from hub.core.errors import HearthError
from hub.core.events import CommandDone, Event, to_json
from hub.core.paths import HomePaths
from hub.inference.store import ModelStore
from hub.learning.from_use import FromUse
from hub.perception.eyes.build import eyes_config
from tests.e2e.seeing import CAMERA, SEES, home_that_sees
from tests.perception.eyes.fakes import until

pytestmark = [*SEES, pytest.mark.slow]
MORE = """
[web]
port = 0
[seeing]
arm = false
[[gesture]]
name = "thumb_up"
say = "turn on the lamp"
[[entity]]
id = "light.lamp"
name = "lamp"
area = "hallway"
traits = ["OnOff"]
"""


def listener(on_gesture: object) -> FromUse | None:
    found = getattr(on_gesture, "__self__", None)
    return found if isinstance(found, FromUse) else None


async def test_a_gesture_that_a_camera_saw_becomes_an_example(tmp_path: Path) -> None:
    try:
        eyes_config(ModelStore())
    except HearthError as error:
        pytest.skip(f"the models are not here: {error}")
    film = bundled("config") / "demo" / "films" / "thumb_up.mp4"
    paths: HomePaths = home_that_sees(tmp_path / "home", film, MORE)
    told: list[Event] = []
    async with running_hub(paths, Parts.SIGHT | Parts.SATELLITES | Parts.WEB) as hub:
        hub.bus.subscribe(Event, told.append)
        eyes = hub.eyes
        assert eyes is not None
        await until(lambda: listener(eyes.on_gesture))
        use = listener(eyes.on_gesture)
        assert use is not None
        # The hub saw before it learnt: show the film once more.
        for on in (False, True):
            await hub.dispatcher.send(Command(entity=CAMERA, trait="OnOff", value=on))
        await until(lambda: any(isinstance(e, CommandDone) and e.entity == "light.lamp" for e in told))
        await until(lambda: any(gesture.entities for gesture in use._gestures.values()))
        gesture = next(gesture for gesture in use._gestures.values() if gesture.entities)
        assert gesture.said == "thumb" and len(gesture.features) == 168
        gesture.at -= 60.0
        await use.settle()
        learn_from, held = await use._pupil.material()
        assert len(learn_from) + len(held) == 1
    assert not any(gesture.features[at : at + 8] in to_json(event) for event in told for at in range(8, 160, 8))
