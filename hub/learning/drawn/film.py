"""Films of drawn scenes, written down as shots: who and what is to be seen from when to when."""

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from msgspec import Struct, structs
from numpy.typing import NDArray

from hub.learning.drawn.hand import HandAt, hand_capsules, hand_turn, pose_angles
from hub.learning.drawn.person import PersonAt, draw_person
from hub.learning.drawn.room import draw_room
from hub.learning.drawn.solids import Colour, Light, Picture, put, relief

_FINGER = 0.1  # palm lengths
T = TypeVar("T", HandAt, PersonAt)


class Shot(Struct, frozen=True, kw_only=True):
    """A part of a film: for `seconds` a hand, a person, both, or the empty room.

    With `hand_to` the hand moves there meanwhile, and its pose, turn and place change evenly from start to end (slowly
    at both ends if `eased`); `person_to` likewise. A person whose picture has a hand reaches out with it if `held`.
    """

    seconds: float
    hand: HandAt | None = None
    hand_to: HandAt | None = None
    person: PersonAt | None = None
    person_to: PersonAt | None = None
    held: bool = False
    eased: bool = True


class Film(Struct, frozen=True, kw_only=True):
    """A film of shots, one after the other; iterating gives (second, picture) for every frame.

    `size` is (width, height) in pixels; pictures are (height, width, 3) uint8, RGB. `noise` is the camera's, in steps
    of brightness (standard deviation). The same film gives the same pictures.
    """

    shots: tuple[Shot, ...]
    size: tuple[int, int] = (640, 480)
    fps: int = 15
    light: Light = Light()
    wall: Colour = (178, 172, 165)
    furnished: bool = True
    noise: float = 1.2
    seed: int = 0

    @property
    def seconds(self) -> float:
        """How long it is."""
        return sum(shot.seconds for shot in self.shots)

    def __iter__(self) -> Iterator[tuple[float, Picture]]:
        rng = np.random.default_rng(self.seed)
        room = draw_room(self.size, wall=self.wall, furnished=self.furnished)
        ends = np.cumsum([shot.seconds for shot in self.shots])
        for number in range(round(self.seconds * self.fps)):
            t = number / self.fps
            place = min(int(np.searchsorted(ends, t + 1e-9, side="right")), len(self.shots) - 1)
            shot = self.shots[place]
            share = (t - (float(ends[place]) - shot.seconds)) / shot.seconds
            picture = room.copy()
            draw_shot(picture, shot, share, self.light)
            yield t, exposed(picture, self.light, self.noise, rng)


def draw_shot(picture: Picture, shot: Shot, share: float, light: Light) -> None:
    """Draw what is to be seen when `share` (0 to 1) of a shot is over into a picture of the empty room, in place."""
    share = min(max(share, 0.0), 1.0)
    if shot.eased:
        share = share * share * (3 - 2 * share)
    size = (picture.shape[1], picture.shape[0])
    hand = None if shot.hand is None else _between(shot.hand, shot.hand_to, share)
    if shot.person is not None:
        person = _between(shot.person, shot.person_to, share)
        if hand is not None and shot.held:
            person = structs.replace(person, reach=(hand.x, hand.y))
        draw_person(picture, person, light)
    if hand is not None and shot.hand is not None:
        end = shot.hand_to or shot.hand
        angles = pose_angles(shot.hand.pose) * (1 - share) + pose_angles(end.pose) * share
        turn = hand_turn(shot.hand) * (1 - share) + hand_turn(end) * share
        draw_hand(picture, hand, light, angles=angles, turn=turn, size=size)


def draw_hand(
    picture: Picture,
    hand: HandAt,
    light: Light,
    *,
    angles: NDArray[np.floating[Any]] | None = None,
    turn: float | None = None,
    size: tuple[int, int] | None = None,
) -> None:
    """Draw a hand into a picture, in place; `angles` and `turn` as `hand_capsules` takes them."""
    size = size or (picture.shape[1], picture.shape[0])
    solids = relief(hand_capsules(hand, size, angles, turn), size)
    if solids is not None:
        put(picture, solids, light, grain=_FINGER * hand.size * size[1], shadow=0.2)


def exposed(picture: Picture, light: Light, noise: float, rng: np.random.Generator) -> Picture:
    """The picture as a camera has it in this light, with its noise."""
    brightness = picture.astype(np.float32) * np.float32(light.exposure)
    if noise:
        grain = rng.standard_normal(picture.shape[:2], np.float32) * np.float32(noise)
        brightness = brightness + grain[..., None]
    taken: Picture = np.clip(brightness, 0, 255).astype(np.uint8)
    return taken


def _between(start: T, end: T | None, share: float) -> T:
    """Between two places: numbers change evenly, the rest stays as it was."""
    if end is None:
        return start
    changes: dict[str, Any] = {}
    for name in start.__struct_fields__:
        first, last = getattr(start, name), getattr(end, name)
        if isinstance(first, float) and isinstance(last, float):
            changes[name] = first * (1 - share) + last * share
    return structs.replace(start, **changes)
