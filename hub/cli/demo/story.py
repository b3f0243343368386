"""The story of `hearth demo`: what the demo home says and shows to itself, and what must come of it."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hub.core.bundled import bundled
from hub.core.events import CommandDone, CommandFailed, Event, GestureSeen, IntentMatched, PresenceChanged
from hub.core.settings import CameraSettings


class Clip(Struct, frozen=True, kw_only=True):
    """One scene of config/demo/story.toml: what is said where, what is shown around it, what must come of it."""

    id: str
    file: str
    voice: str
    text: str
    about: str
    intent: str
    area: str = ""
    wake: bool = True
    more: bool = False
    asks: bool = False
    reply: str = ""
    commands: tuple[dict[str, Any], ...] = ()
    film: str = ""
    then: str = ""
    gestures: tuple[str, ...] = ()
    people: int = 0

    @property
    def shown(self) -> bool:
        """Whether it needs eyes."""
        return bool(self.film or self.then)


class _Camera(Struct, frozen=True):
    name: str
    area: str
    sees: dict[str, tuple[float, float]]


class _Story(Struct, frozen=True):
    camera: _Camera
    clip: list[Clip]


def story() -> tuple[Path, list[Clip]]:
    """The folder of the demo home, and its story."""
    folder, told = _read()
    return folder, told.clip


def story_camera() -> CameraSettings:
    """The camera whose films the story shows."""
    folder, told = _read()
    camera = told.camera
    return CameraSettings(name=camera.name, area=camera.area, source=str(folder), sees=camera.sees)


def _read() -> tuple[Path, _Story]:
    folder = bundled("config") / "demo"
    text = (folder / "story.toml").read_text("utf-8")
    return folder, msgspec.convert(tomllib.loads(text), _Story)


def unmet(clip: Clip, heard: list[Event]) -> list[str]:
    """What the story says of `clip` and did not happen, or happened beside it."""
    missing = []
    if not any(isinstance(e, IntentMatched) and e.name == clip.intent for e in heard):
        missing.append(f"not understood as {clip.intent}")
    done = [(e.entity, e.trait, e.value) for e in heard if isinstance(e, CommandDone)]
    wanted = [(c["entity"], c["trait"], c["value"]) for c in clip.commands]
    missing += [
        f"{entity} {trait} did not become {value}"
        for entity, trait, value in wanted
        if (entity, trait, value) not in done
    ]
    if not clip.more:
        missing += [
            f"{entity} {trait} became {value}" for entity, trait, value in done if (entity, trait, value) not in wanted
        ]
    missing += [f"{e.entity}: {e.reason}" for e in heard if isinstance(e, CommandFailed)]
    gestures = tuple(e.name for e in heard if isinstance(e, GestureSeen))
    if gestures != clip.gestures:
        missing.append(f"saw {', '.join(gestures) or 'no gesture'} instead of {', '.join(clip.gestures) or 'none'}")
    people = max((e.people for e in heard if isinstance(e, PresenceChanged)), default=0)
    if people < clip.people:
        missing.append(f"saw {people} people instead of {clip.people}")
    return missing
