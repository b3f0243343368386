"""`hearth bench gesture`: what the eyes see, and how old it is by then.

The films that the project drew must show exactly what their script says. With `$HEARTH_DATA` also photographs of people
(is a hand found, is its gesture right), a film of one, and rooms without anybody. Every file goes through the sealed
eyes, as with `hearth see`.
"""

import asyncio
import os
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from hub.bench.looking_age import measure_age
from hub.bench.measure import Measure, compare
from hub.bench.recordings import recordings
from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.events import Event, GestureSeen, PresenceChanged
from hub.core.settings import Settings
from hub.inference.store import ModelStore
from hub.perception.eyes.build import build_eyes
from hub.satellites.viewer import Viewer, viewer

POINTING_OR_DOWN: Final = ("point", "thumb_down")
"""What people do in the photographs of the folder `none`."""
FILM: Final = ("fist", "thumb_up")
"""What the sample film shows."""
_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})


def measure() -> list[Measure]:
    """The age of results, then what the drawn films show, then the recordings' figures where they are here."""
    ages = measure_age()
    return [*ages, *asyncio.run(_seen())]


async def _seen() -> list[Measure]:
    bus = Bus()
    eyes = await asyncio.to_thread(build_eyes, Settings(), ModelStore(), bus)
    await eyes.start()
    try:
        async with viewer(eyes, bus) as showing:
            measures = [await _drawn(showing)]
            if os.environ.get("HEARTH_DATA"):
                measures += await _photographs(showing)
                measures += [await _film(showing), await _empty(showing)]
            return measures
    finally:
        await eyes.stop()


async def _drawn(showing: Viewer) -> Measure:
    """The share of the drawn films that show exactly their script."""
    folder = bundled("config") / "demo"
    films: list[dict[str, Any]] = tomllib.loads((folder / "films.toml").read_text("utf-8"))["film"]
    right = 0
    for film in films:
        told = await _events(showing, folder / film["file"])
        script = [shown.get("gesture") or shown["motion"] for shown in film["hands"]]
        right += _matches(f"film {film['file']}", _gestures(told), script)
    name = f"drawn films that show exactly their script, of {len(films)}"
    return compare("gesture", name, _share(right, len(films)), "%", target=100.0)


async def _photographs(showing: Viewer) -> list[Measure]:
    """Of people's photographs: in how many a hand is found, and of those, how many gestures are right."""
    found = right = count = 0
    for path in _pictures(recordings("vision", "hands")):
        wanted = POINTING_OR_DOWN if path.parent.name == "none" else (path.parent.name,)
        told = await _events(showing, path)
        shown = _gestures(told)
        count += 1
        found += showing.hands > 0
        if showing.hands > 0:
            right += _matches(f"photograph {path.name}", shown, wanted, any_of=True)
    return [
        compare("gesture", f"a hand found in photographs, of {count}", _share(found, count), "%", target=85.0),
        compare(
            "gesture",
            f"gesture right where a hand is found, of {found}",
            float(right),
            "photographs",
            target=float(found - 1),
        ),
    ]


async def _film(showing: Viewer) -> Measure:
    path = next(iter(sorted(recordings("vision", "samples").glob("*.mp4"))))
    right = _matches("sample film", _gestures(await _events(showing, path)), FILM)
    return compare("gesture", "the sample film shows a fist, then a thumb up, and nothing else", right, "", target=1.0)


async def _empty(showing: Viewer) -> Measure:
    """The share of pictures of empty rooms in which nobody is seen."""
    paths = _pictures(recordings("presence", "empty"))
    nobody = 0
    for path in paths:
        told = await _events(showing, path)
        people = max((e.people for e in told if isinstance(e, PresenceChanged)), default=0)
        nobody += people == 0
        if people:
            click.echo(f"empty room {path.name}: {people} seen", err=True)
    name = f"empty rooms with nobody in them, of {len(paths)}"
    return compare("gesture", name, _share(nobody, len(paths)), "%", target=95.0)


async def _events(showing: Viewer, path: Path) -> list[Event]:
    told: list[Event] = []
    await showing.look(path, lambda event, _t: told.append(event))
    return told


def _gestures(told: Iterable[Event]) -> list[str]:
    return [event.name for event in told if isinstance(event, GestureSeen)]


def _matches(what: str, shown: Sequence[str], wanted: Sequence[str], *, any_of: bool = False) -> bool:
    """Whether exactly the wanted gestures were shown (in order), or `any_of` them and no other."""
    right = bool(shown) and set(shown) <= set(wanted) if any_of else list(shown) == list(wanted)
    if not right:
        click.echo(f"{what}: shows {', '.join(shown) or 'nothing'}, not {', '.join(wanted)}", err=True)
    return right


def _pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in _PICTURES)


def _share(some: int, of: int) -> float:
    return round(100.0 * some / of, 1) if of else 0.0
