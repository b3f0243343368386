"""Manifests: what a plugin says of itself before any of its code is imported (skill.toml, device.toml)."""

from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from hub.core.errors import ManifestError, ValueRefusedError
from hub.sdk.api_version import API_VERSION
from hub.sdk.events import TOLD
from hub.sdk.places import parse_place
from hub.sdk.setting import SkillSetting, check_settings

PluginId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Grant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One port that the plugin asks for, and why, in words that a user understands.

    `port` is home.read, home.control, home.people, say, clock, store, fetch, connect or events; `only` narrows it
    (kinds, hosts, host:port, event types). `fetch` and `events` are for what `only` names, and nothing else. An
    `optional` one may be left out by the household: the plugin does without.
    """

    port: str
    why: str
    only: tuple[str, ...] = ()
    optional: bool = False


class SkillManifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """skill.toml"""

    id: PluginId
    name: str
    version: str
    api: int
    description: str = ""
    languages: tuple[str, ...] = ("en",)
    grant: tuple[Grant, ...] = ()
    setting: Annotated[tuple[SkillSetting, ...], Meta(max_length=50)] = ()


class DeviceManifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """device.toml"""

    id: PluginId
    name: str
    version: str
    api: int
    description: str = ""
    discover: tuple[str, ...] = ()
    grant: tuple[Grant, ...] = ()


M = TypeVar("M", SkillManifest, DeviceManifest)
PORTS = frozenset({"home.read", "home.control", "home.people", "say", "clock", "store", "fetch", "connect", "events"})


def read_manifest(path: Path, kind: type[M]) -> M:
    """The checked manifest at `path`; raises `ManifestError` naming the file and what to change."""
    try:
        data = path.read_bytes()
    except OSError as error:
        from hub.sdk.file_mistakes import unreadable

        raise unreadable(error, path, "write it; `hearth skill new` writes a whole skill") from error
    return parse_manifest(data, str(path), kind)


def parse_manifest(data: bytes, place: str, kind: type[M]) -> M:
    """The checked manifest that `data` is, wherever it comes from; raises `ManifestError` naming `place`."""
    import tomllib  # a caged plugin reads no manifests

    from hub.sdk.file_mistakes import Unreadable, mistaken

    try:
        manifest = msgspec.convert(tomllib.loads(data.decode("utf-8")), kind)
    except Unreadable as error:
        guide = "docs/skills.md" if kind is SkillManifest else "docs/devices.md"
        raise mistaken(error, data, place, kind, f"see {guide} for the fields") from error
    if manifest.api != API_VERSION:
        remedy = f"this hub speaks api = {API_VERSION}; update the plugin or the hub"
        raise ManifestError(f"written for api {manifest.api}", place=place, remedy=remedy)
    for grant in manifest.grant:
        if grant.port not in PORTS:
            raise ManifestError(
                f"unknown port {grant.port!r}", place=place, remedy=f"ports: {', '.join(sorted(PORTS))}"
            )
        _check_only(grant, place)
    if isinstance(manifest, SkillManifest):
        check_settings(manifest.setting, place)
    return manifest


def _check_only(grant: Grant, place: str) -> None:
    """Raises `ManifestError` where `only` does not say what is fetched from, or which events are meant."""
    if grant.port == "fetch":
        try:
            for host in grant.only:
                parse_place(host)
        except ValueRefusedError as error:
            raise ManifestError(f"fetch: {error.message}", place=place, remedy=error.remedy) from error
    unknown = [name for name in grant.only if name not in TOLD] if grant.port == "events" else []
    if unknown:
        raise ManifestError(
            f"nobody is told of {unknown[0][:80]!r}", place=place, remedy=f"events: {', '.join(sorted(TOLD))}"
        )
    if grant.port in ("fetch", "events") and not grant.only:
        what = "hosts" if grant.port == "fetch" else "events"
        raise ManifestError(f"{grant.port} of what?", place=place, remedy=f"name the {what}: only = [...]")
