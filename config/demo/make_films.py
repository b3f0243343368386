"""Make the demo home's films: hands and people that are drawn, as small mp4 files in films/.

    python config/demo/make_films.py [NAME...]

What is to be seen in each of them stands in films.toml. Needs hearth[gesture,camera]. The same versions of the encoder
make the same bytes again: the camera's noise comes from a seeded generator, the files carry no dates.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from hub.learning.drawn.film import Film, Shot
from hub.learning.drawn.hand import SKINS, HandAt, pointing
from hub.learning.drawn.person import PersonAt
from hub.learning.drawn.writing import write_film

FILMS = Path(__file__).parent / "films"
MAX_BYTES = 260_000
GESTURES = ("open_palm", "fist", "point", "victory", "three", "four", "ok", "rock", "call", "thumb_up", "thumb_down")
LAMPS = {"left_up": (-0.8, -0.6), "right_down": (0.8, 0.5), "left_down": (-0.8, 0.5), "right_up": (0.8, -0.6)}

_HAND = HandAt(x=0.5, y=0.74, size=0.24)
_REST_YAW = 60.0  # a hand at rest is seen from its side
_BELOW = 1.5
_STANDING = PersonAt(x=0.5, top=0.08, height=1.7)


def main(wanted: list[str]) -> int:
    """Make the films named by `wanted`, all when it is empty."""
    unknown = set(wanted) - MADE.keys()
    if unknown:
        sys.stderr.write(f"there is no film {', '.join(sorted(unknown))}; there are {', '.join(MADE)}\n")
        return 2
    FILMS.mkdir(exist_ok=True)
    for name in wanted or MADE:
        film = MADE[name]()
        path = FILMS / f"{name}.mp4"
        size = write_film(path, film, size=film.size, fps=film.fps)
        sys.stdout.write(f"{path.name}: {film.seconds:.1f} s, {size} bytes\n")
        if size > MAX_BYTES:
            sys.stderr.write(f"{path} has {size} bytes, more than {MAX_BYTES}\n")
            return 1
    return 0


def gestures() -> Film:
    """Every gesture in turn; the hand relaxes between them."""
    shots = [Shot(seconds=0.5), *_comes(_at_rest(_HAND))]
    for name in GESTURES:
        shots += _shown(_HAND, name, 0.8)
    return Film(shots=(*shots, *_goes(_at_rest(_HAND)), Shot(seconds=0.4)), fps=12)


def thumb_up() -> Film:
    """A thumb that is held up."""
    rests = _at_rest(_HAND)
    shots = (Shot(seconds=0.3), *_comes(rests), *_shown(_HAND, "thumb_up", 1.2), *_goes(rests), Shot(seconds=0.3))
    return Film(shots=shots, fps=12)


def point_lamp() -> Film:
    """A person who points at four places in turn: two to the left of the picture, two to the right."""
    shots: list[Shot] = [Shot(seconds=1.0, person=_STANDING)]
    for place in LAMPS:
        shots += _points_at(place, 1.5)
    return Film(shots=tuple(shots), fps=12)


def _points_at(place: str, seconds: float) -> Iterator[Shot]:
    dx, dy = LAMPS[place]
    left = dx > 0  # the person's left hand is on the picture's right
    down = HandAt(
        pose="relaxed",
        x=0.5 + (0.2 if left else -0.2),
        y=0.95,
        size=0.125,
        roll=pointing(dx, 0.3, left=left),
        yaw=-20.0 if left else 20.0,
        left=left,
        forearm=False,
    )
    out = replace(down, pose="point", x=0.5 + 0.325 * dx, y=0.42 if dy < 0 else 0.60, roll=pointing(dx, dy, left=left))
    yield Shot(seconds=0.5, hand=down, hand_to=out, person=_STANDING, held=True)
    yield Shot(seconds=seconds, hand=out, hand_to=_swayed(out), person=_STANDING, held=True)
    yield Shot(seconds=0.5, hand=_swayed(out), hand_to=down, person=_STANDING, held=True)
    yield Shot(seconds=1.0, person=_STANDING)


def raised() -> Film:
    """An open hand that goes up, and comes down again closed and slowly."""
    low = HandAt(pose="open_palm", x=0.5, y=0.93, size=0.2)
    high = replace(low, y=0.42)
    shots = (
        Shot(seconds=0.3),
        *_comes(low),
        Shot(seconds=0.6, hand=low),
        Shot(seconds=0.6, hand=low, hand_to=high),
        Shot(seconds=0.9, hand=high),
        *_away(high),
    )
    return Film(shots=shots, fps=15)


def swipe() -> Film:
    """An open hand that swipes to the picture's right, and later to its left."""
    shots: list[Shot] = [Shot(seconds=0.3)]
    for start, end in ((0.3, 0.7), (0.7, 0.3)):
        here = HandAt(pose="open_palm", x=start, y=0.72, size=0.17)
        there = replace(here, x=end)
        shots += [
            *_comes(here),
            Shot(seconds=0.6, hand=here),
            Shot(seconds=0.6, hand=here, hand_to=there),
            Shot(seconds=0.8, hand=there),
            *_away(there),
            Shot(seconds=1.0),
        ]
    return Film(shots=tuple(shots), fps=15)


def somebody_comes() -> Film:
    """An empty room; somebody walks in, stands still, and leaves."""
    person = PersonAt(x=-0.2, top=0.14, height=0.84, skin=SKINS["olive"], shirt=(150, 60, 50))
    middle, steps = replace(person, x=0.45), 22.0
    shots = (
        Shot(seconds=2.0),
        Shot(seconds=2.0, person=person, person_to=replace(middle, stride=steps), eased=False),
        Shot(seconds=6.0, person=middle),
        Shot(seconds=2.0, person=middle, person_to=replace(person, x=1.2, stride=steps), eased=False),
        Shot(seconds=3.0),
    )
    return Film(shots=shots, fps=8)


def _at_rest(hand: HandAt) -> HandAt:
    return replace(hand, pose="relaxed", yaw=_REST_YAW)


def _swayed(hand: HandAt) -> HandAt:
    """Nobody holds a hand quite still."""
    return replace(hand, x=hand.x + 0.012, y=hand.y - 0.008)


def _comes(hand: HandAt) -> list[Shot]:
    """The hand rises into the picture."""
    return [Shot(seconds=0.5, hand=replace(hand, y=_BELOW), hand_to=hand)]


def _goes(hand: HandAt) -> list[Shot]:
    """The hand sinks out of the picture."""
    return [Shot(seconds=0.5, hand=hand, hand_to=replace(hand, y=_BELOW))]


def _away(hand: HandAt) -> list[Shot]:
    """The hand closes half, waits, and sinks out of the picture."""
    relaxed = _at_rest(hand)
    sunk = replace(relaxed, y=_BELOW)
    return [
        Shot(seconds=0.3, hand=hand, hand_to=relaxed),
        Shot(seconds=0.7, hand=relaxed),
        Shot(seconds=1.6, hand=relaxed, hand_to=sunk),
    ]


def _shown(hand: HandAt, pose: str, seconds: float) -> Iterable[Shot]:
    """The hand at rest makes a gesture, holds it, and rests again."""
    rests, made = _at_rest(hand), replace(hand, pose=pose)
    yield Shot(seconds=0.2, hand=rests, hand_to=made)
    yield Shot(seconds=seconds, hand=made, hand_to=_swayed(made))
    yield Shot(seconds=0.2, hand=_swayed(made), hand_to=rests)
    yield Shot(seconds=0.2, hand=rests)


MADE: dict[str, Callable[[], Film]] = {
    "gestures": gestures,
    "point_lamp": point_lamp,
    "thumb_up": thumb_up,
    "raise": raised,
    "swipe": swipe,
    "somebody_comes": somebody_comes,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
