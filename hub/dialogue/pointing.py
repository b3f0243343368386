"""Pointing: what a hand in front of a camera points at, by where the home's things are in that camera's picture."""

from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import structlog
from msgspec import Struct

from hub.core.bus import Bus
from hub.core.errors import DeniedError
from hub.core.events import HandPointed
from hub.dialogue.rays import Point, Ray, meeting, middle

TOLERANCE: Final = 20.0
"""Degrees off the finger's ray within which a thing may be meant: people point past their fingertip, not along it."""
ALIKE: Final = 8.0
"""Two things whose angles differ by less than this (degrees) are equally meant: then the hub asks."""
BEFORE_S: Final = 1.5
AFTER_S: Final = 0.5
"""The hand counts from shortly before the moment of speech to shortly after it."""
KEPT_S: Final = 4.0
"""Who points, lowers the hand and then speaks is understood for this long."""
_LAST_S: Final = 1.0
_RAYS: Final = 96  # of a camera: six seconds at 15 frames a second
_CAMERAS: Final = 32
_MOST_RAYS: Final = 6  # that are kept of a thing
log = structlog.get_logger(__name__)


class Aim(Struct, frozen=True):
    """An entity and how far it is off the finger's ray, in degrees."""

    entity: str
    off: float


class Pointed(Struct, frozen=True):
    """A hand that pointed: its steady ray in the picture of camera `stream`, and the things along it, nearest first.

    `event` is the `HandPointed` that is named as a cause.
    """

    stream: str
    ray: Ray
    aims: tuple[Aim, ...] = ()
    event: int = 0


class PlacementTable(Protocol):
    """Where the rays by which people placed things are kept: entity -> camera -> rays."""

    async def load(self) -> dict[str, dict[str, list[list[float]]]]:
        """All of them."""
        ...

    async def save(self, entity: str, rays: Mapping[str, list[list[float]]]) -> None:
        """Keep one entity's (empty: forget them); on the disk when this returns."""
        ...


class _Seen(Struct, frozen=True):
    ray: Ray
    at: float
    event: int


class _Camera(Struct):
    area: str
    seen: deque[_Seen]


class Pointer:
    """Follows the pointing hands of all cameras, and knows where things are in their pictures.

    `sees` is what hearth.toml says of each camera's picture, by the camera's stream: entity -> point; it wins over what
    was placed by hand. Call `load` once, `close` at the end.
    """

    def __init__(
        self, bus: Bus, sees: Mapping[str, Mapping[str, Point]] | None = None, table: PlacementTable | None = None
    ) -> None:
        self._fixed = {stream: dict(points) for stream, points in (sees or {}).items()}
        self._table = table
        self._rays: dict[str, dict[str, tuple[Ray, ...]]] = {}  # entity -> stream -> rays, the newest last
        self._points: dict[str, dict[str, Point]] = {}  # stream -> entity -> point
        self._cameras: OrderedDict[str, _Camera] = OrderedDict()
        self._cancel: Callable[[], None] = bus.subscribe(HandPointed, self._note)

    async def load(self) -> None:
        """Read what was placed by hand; rows that make no sense are left out."""
        kept = await self._table.load() if self._table is not None else {}
        for entity, cameras in kept.items():
            try:
                self._rays[entity] = {stream: tuple(Ray(*ray) for ray in rays) for stream, rays in cameras.items()}
            except TypeError as error:
                log.warning("where a thing is was left out", entity=entity, error=str(error))
        self._work_out()

    def close(self) -> None:
        """Stop following hands."""
        self._cancel()

    # -- what is pointed at ----------------------------------------------------------------------------------------

    def pointed(self, area: str, at: float) -> Pointed | None:
        """How a hand in `area` pointed at the moment `at` (monotonic seconds); None when none did, steadily.

        Without an area (it is not known where was spoken) the only camera that sees a hand is taken.
        """
        found = [
            (len(seen), stream, seen)
            for stream, camera in self._cameras.items()
            if area in ("", camera.area) and (seen := _around(camera.seen, at))
        ]
        if not found or (not area and len(found) > 1):
            return None
        _, stream, seen = max(found, key=lambda f: f[0])
        ray = middle([s.ray for s in seen])
        if ray is None:
            return None
        places = {**self._points.get(stream, {}), **self._fixed.get(stream, {})}
        aims = sorted((Aim(entity, round(ray.off(point), 1)) for entity, point in places.items()), key=lambda a: a.off)
        return Pointed(stream, ray, tuple(aim for aim in aims if aim.off <= TOLERANCE), seen[-1].event)

    def point(self, entity: str, stream: str) -> Point | None:
        """Where an entity is in a camera's picture, as far as is known."""
        return self._fixed.get(stream, {}).get(entity) or self._points.get(stream, {}).get(entity)

    # -- where things are ------------------------------------------------------------------------------------------

    async def place(self, entity: str, stream: str, ray: Ray) -> int:
        """`entity` is where `ray` points; on the disk when this returns. Returns how many rays now tell of it.

        Raises `DeniedError` where hearth.toml says where it is, `StoreError` when it cannot be kept.
        """
        if entity in self._fixed.get(stream, {}):
            raise DeniedError(f"hearth.toml says where {entity} is", place=stream, remedy="change `sees` there")
        cameras = dict(self._rays.get(entity, {}))
        cameras[stream] = (*cameras.get(stream, ()), ray)[-_MOST_RAYS:]
        await self._keep(entity, cameras)
        return len(cameras[stream])

    async def forget(self, entity: str) -> bool:
        """Forget where `entity` was placed by hand; False when it never was."""
        if entity not in self._rays:
            return False
        await self._keep(entity, {})
        return True

    async def _keep(self, entity: str, cameras: dict[str, tuple[Ray, ...]]) -> None:
        if self._table is not None:
            plain = {stream: [[r.x, r.y, r.dx, r.dy, r.aspect] for r in rays] for stream, rays in cameras.items()}
            await self._table.save(entity, plain)
        self._rays[entity] = cameras
        if not cameras:
            del self._rays[entity]
        self._work_out()

    def _work_out(self) -> None:
        self._points = {}
        for entity, cameras in self._rays.items():
            for stream, rays in cameras.items():
                if rays:
                    self._points.setdefault(stream, {})[entity] = meeting(rays)

    # -- hands -----------------------------------------------------------------------------------------------------

    def _note(self, event: HandPointed) -> None:
        camera = self._cameras.get(event.stream)
        if camera is None:
            camera = self._cameras[event.stream] = _Camera(event.origin.area, deque(maxlen=_RAYS))
            while len(self._cameras) > _CAMERAS:
                self._cameras.popitem(last=False)
        self._cameras.move_to_end(event.stream)
        camera.area = event.origin.area
        ray = Ray(event.x, event.y, event.dx, event.dy, event.aspect)
        camera.seen.append(_Seen(ray, event.mono, event.id))


def _around(seen: deque[_Seen], at: float) -> list[_Seen]:
    """The rays of the moment `at`; of the last second before it that had any, when the hand was down by then."""
    now = [s for s in seen if at - BEFORE_S <= s.at <= at + AFTER_S]
    if now:
        return now
    earlier = [s for s in seen if at - KEPT_S <= s.at < at]
    return [s for s in earlier if s.at >= earlier[-1].at - _LAST_S] if earlier else []


def nearest(aims: tuple[Aim, ...], fits: Callable[[str], bool]) -> tuple[Aim, ...]:
    """Those of `aims` that fit and are about as near to the ray as the nearest of them."""
    fitting = [aim for aim in aims if fits(aim.entity)]
    return tuple(aim for aim in fitting if aim.off < fitting[0].off + ALIKE)
