"""What crosses the API about privacy: what is heard, seen, kept and sent, and how to have it gone."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class MicrophoneResponse(Struct, frozen=True, kw_only=True):
    """A microphone: `place` is here (the hub's own), satellite, pages (all that listen) or others (Wyoming).

    `on`: what it hears goes to the ears. `listening`: so many streams of it are open. The trait `OnOff` of `entity` on
    the live socket says when it is switched.
    """

    entity: str
    place: Literal["here", "satellite", "pages", "others"]
    name: str
    area: str
    on: bool
    listening: int


class CameraResponse(Struct, frozen=True, kw_only=True):
    """A camera; `on` is null where that is not known. It is an entity, and switched as one.

    `pages` is for the one that stands for all browsers: how many of them show theirs now; null: it is another.
    """

    entity: str
    name: str
    area: str
    on: bool | None
    pages: int | None


class KeepingResponse(Struct, frozen=True, kw_only=True):
    """A kind of what is kept: `rows` of it, `bytes` (null: not known), the `oldest` (UTC seconds; null: none).

    `days` is how long it is kept; null: `until` it is forgotten when told to, or removed.
    """

    kind: str
    rows: int
    bytes: int | None
    oldest: float | None
    days: int | None
    until: Literal["days", "forgotten", "removed"]


class PrivacyResponse(Struct, frozen=True, kw_only=True):
    """What the home hears, sees and keeps. `bytes` is all that is kept (null: not known); `learning`: it learns;
    `landmarks`: the page may draw the hands that cameras see.

    `beyond` is how many of the last connections went beyond the home's own network, of `connections` looked at.
    """

    microphones: list[MicrophoneResponse]
    cameras: list[CameraResponse]
    keeping: list[KeepingResponse]
    bytes: int | None
    learning: bool
    landmarks: bool
    connections: int
    beyond: int


class MicrophoneRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Listen to this microphone, or do not."""

    entity: Annotated[str, Meta(max_length=150)]
    on: bool


class ConnectionsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The newest `limit` rows; with `before`, of those with ids below it."""

    before: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class ConnectionResponse(Struct, frozen=True, kw_only=True):
    """A row of the ledger: `who` in the hub exchanged these bytes with `where`, and `why`; `at` in UTC seconds.

    `reach`: home (this machine and the home's own network), outside, refused, or unknown.
    """

    id: str
    at: float
    who: str
    where: str
    bytes_out: int
    bytes_in: int
    why: str
    reach: Literal["home", "outside", "refused", "unknown"]


class ConnectionsResponse(Struct, frozen=True, kw_only=True):
    """Rows, newest first; `before` asks for the next ones, null at the end."""

    connections: list[ConnectionResponse]
    before: str | None


class PurgeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Delete what is remembered, and with `ledger` the connections as well. Without `sure` it is only told what."""

    ledger: bool = False
    sure: bool = False


class RememberedResponse(Struct, frozen=True, kw_only=True):
    """Something that is kept: `what` it is called, how many `rows` of it, and what it is `about`."""

    what: str
    rows: int
    about: str


class PurgeResponse(Struct, frozen=True, kw_only=True):
    """What is to go. `run`: the hub begins anew to do it, and has when /healthz tells of another; empty: only told."""

    remembered: list[RememberedResponse]
    run: str


class AuditRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Try whether anything leaves."""


class AuditLine(Struct, frozen=True, kw_only=True):
    """What was checked, whether it is as it must be, and what was found."""

    check: str
    ok: bool
    detail: str


class AuditResponse(Struct, frozen=True, kw_only=True):
    """Every check."""

    lines: list[AuditLine]
