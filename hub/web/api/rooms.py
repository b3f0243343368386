"""The rooms that the web room answers from."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.core.log_ring import LogLine
from hub.web.api.backups import Backups
from hub.web.api.hear import FileHearer
from hub.web.api.home_keeper import HomeKeeper
from hub.web.api.ports.areas import AreaKeeper
from hub.web.api.ports.devices import DeviceKeeper
from hub.web.api.ports.learning import LearningKeeper
from hub.web.api.ports.peers import PeerKeeper
from hub.web.api.ports.privacy import MicrophoneSwitches, PagesThatShow
from hub.web.api.ports.satellites import SatelliteKeeper
from hub.web.api.ports.settings import SettingsKeeper, StepsKeeper
from hub.web.api.ports.skills import SkillKeeper
from hub.web.api.turns import TurnReader
from hub.web.hands_feed import HandSource
from hub.web.ports import (
    CameraFigures,
    Commander,
    EntityEditor,
    Gauges,
    HistoryReader,
    HomeReader,
    PageServer,
    Speaker,
    WhyTeller,
)


@dataclass(kw_only=True)
class Rooms:
    """The rooms of the hub that are up: `app.py` puts each in as it comes, and what asks for another gets 503."""

    home: HomeReader | None = None
    areas: AreaKeeper | None = None
    devices: DeviceKeeper | None = None
    satellites: SatelliteKeeper | None = None
    editor: EntityEditor | None = None
    commander: Commander | None = None
    speaker: Speaker | None = None
    skills: SkillKeeper | None = None
    why: WhyTeller | None = None
    history: HistoryReader | None = None
    gauges: Gauges | None = None
    turns: TurnReader | None = None
    listener: PageServer | None = None
    onlooker: PageServer | None = None
    """Looks through pages' cameras."""
    showing: PagesThatShow | None = None
    files: FileHearer | None = None
    peers: PeerKeeper | None = None
    learning: Callable[[], LearningKeeper | None] | None = None
    """What the hub learns from, once that is up."""
    settings: SettingsKeeper | None = None
    first_steps: StepsKeeper | None = None
    cameras: Callable[[], Iterable[tuple[str, CameraFigures]]] | None = None
    """Every open camera's figures, by name."""
    hands: HandSource | None = None
    """Hands before cameras, to be drawn."""
    listening: Callable[[], bool] | None = None
    """Whether the hub would hear its wake word now."""
    names_known: Callable[[], bool] | None = None
    """Whether it would understand every name that the home has now."""
    restart: Callable[[], Awaitable[None]] | None = None
    """Begin the hub anew soon; raises `SettingsError` where it would not come up."""
    backups: Backups | None = None
    microphones: MicrophoneSwitches | None = None
    keeper: HomeKeeper | None = None
    audit: Callable[[], Awaitable[Sequence[Any]]] | None = None
    """Try whether anything leaves; what it gives fits `hub.web.api.privacy_wire.AuditLine`."""
    doctor: Callable[[], Awaitable[Sequence[Any]]] | None = None
    """What could be wrong; what it gives fits `hub.web.api.doctor_routes.FindingResponse`."""
    mends: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    """What the hub can mend by itself, by the name of the action."""
    log: Callable[[], Sequence[LogLine]] | None = None
    """The last lines of the log, newest first."""
