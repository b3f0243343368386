"""What `hearth doctor` looks at, one function a concern; each says what it found and how to mend it."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, Literal

import msgspec

from hub.cli.doctor import language_checks, web_checks
from hub.cli.doctor.device_checks import devices, reach
from hub.cli.doctor.finding import Finding
from hub.cli.doctor.seeing_checks import seeing
from hub.cli.doctor.skill_checks import caging
from hub.cli.in_force import InForce, settings_in_force
from hub.core.errors import HearthError
from hub.core.paths import HomePaths
from hub.core.settings import SatelliteSettings, Settings
from hub.core.settings_file import LoadedSettings, load_settings

_SETTINGS: Final = "settings"
_LOW_DISK = 500 * 1024 * 1024


async def examine(paths: HomePaths) -> list[Finding]:
    """Every finding, in the order in which a person would mend them."""
    loaded, findings = _loaded(paths)
    force, in_app = await _in_force(loaded, paths)
    settings, findings = force.settings, findings + in_app
    plain: tuple[Callable[[], Iterator[Finding]], ...] = (
        _python,
        lambda: _disk(paths),
        _models,
        lambda: language_checks.voice(force),
        lambda: language_checks.hearing(settings),
        lambda: _microphone(force),
        lambda: seeing(settings),
        lambda: _plugins(settings, paths),
        lambda: web_checks.port(settings, paths),
    )
    for check in plain:
        findings += await asyncio.to_thread(_all_of, check)
    for probe in (
        _store(paths, settings),
        web_checks.door(settings, paths, force.stands("web.host")),
        web_checks.certificate(settings, paths),
        _sealing(),
        caging(settings, paths),
        _brokers(settings),
        devices(paths),
        _satellites(settings, paths),
    ):
        findings += [finding async for finding in probe]
    return findings


def _all_of(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    return list(check())


def _said(error: HearthError) -> str:
    """What is wrong and where, without the remedy: a finding has that by itself."""
    return f"{error.place}: {error.message}" if error.place else error.message


def _loaded(paths: HomePaths) -> tuple[LoadedSettings, list[Finding]]:
    try:
        loaded = load_settings(paths.settings)
    except HearthError as error:
        return LoadedSettings(Settings()), [_broken_settings(error)]
    if loaded.problems:
        return loaded, [_broken_settings(problem) for problem in loaded.problems]
    if not paths.settings.exists():
        mend = "not needed: `hearth run` starts without, and its page leads you through"
        return loaded, [Finding(check=_SETTINGS, level="absent", detail=f"no {paths.settings}", mend=mend)]
    count = f"{len(loaded.settings.area)} areas, {len(loaded.settings.entity)} entities"
    return loaded, [Finding(check=_SETTINGS, level="ok", detail=f"{paths.settings}: {count}")]


async def _in_force(loaded: LoadedSettings, paths: HomePaths) -> tuple[InForce, list[Finding]]:
    """What the hub runs with, and what was set in the app and does not count."""
    try:
        force = await settings_in_force(loaded, paths)
    except HearthError as error:
        # Said here too: a damaged file was put aside by now, and the check of the store finds a new one.
        detail = f"those made in the app cannot be read, and what follows is judged without: {_said(error)}"
        finding = Finding(check=_SETTINGS, level="broken", detail=detail, mend=error.remedy)
        return InForce(loaded.settings, loaded.said), [finding]
    findings = [_broken_settings(problem) for problem in force.problems]
    if force.kept:
        detail = f"made in the app: {', '.join(sorted(force.kept))}"
        findings.append(Finding(check=_SETTINGS, level="ok", detail=detail))
    return force, findings


def _broken_settings(error: HearthError) -> Finding:
    return Finding(check=_SETTINGS, level="broken", detail=_said(error), mend=error.remedy)


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    mend = "" if good else "install Python 3.11, 3.12 or 3.13 and run `make setup`"
    yield Finding(check="python", level="ok" if good else "broken", detail=version, mend=mend)


def _disk(paths: HomePaths) -> Iterator[Finding]:
    free = shutil.disk_usage(paths.root).free
    mend = "" if free > _LOW_DISK else "free some space, or shorten [store] history_days"
    detail = f"{free / 1e9:.1f} GB free beside {paths.root}"
    yield Finding(check="disk", level="ok" if free > _LOW_DISK else "broken", detail=detail, mend=mend)


def _models() -> Iterator[Finding]:
    from hub.inference.store import ModelStore

    store = ModelStore()
    for status in store.verify():
        if status.state != "ready" and not status.default:
            continue
        level: Literal["ok", "broken"] = "ok" if status.state == "ready" else "broken"
        mend = "" if level == "ok" else f"run `hearth models pull {status.name}`"
        detail = status.problem or f"{status.name} {status.version}"
        action: Literal["", "models"] = "models" if status.default and level == "broken" else ""
        yield Finding(check=f"model for {status.task}", level=level, detail=detail, mend=mend, action=action)
    for name, error in store.problems.items():
        yield Finding(check=f"model card {name}", level="broken", detail=error.message, mend=error.remedy)


def _microphone(force: InForce) -> Iterator[Finding]:
    from hub.media.devices import microphones

    names = microphones()
    if names:
        yield Finding(check="microphone", level="ok", detail=", ".join(names[:3]))
    elif force.settings.voice.microphone:
        detail = f"none is connected, and {force.stands('voice.microphone')} is on"
        mend = f"connect one, or {force.instead('voice.microphone', 'false')}"
        yield Finding(check="microphone", level="broken", detail=detail, mend=mend)
    else:
        detail = "none here; the hub hears through satellites and files"
        yield Finding(check="microphone", level="absent", detail=detail)


def _plugins(settings: Settings, paths: HomePaths) -> Iterator[Finding]:
    from hub.plugins.discovery import find_devices, find_skills

    skills, devices = find_skills(settings.plugins, paths.root), find_devices(settings.plugins, paths.root)
    for broken in (*skills.broken, *devices.broken):
        mend = broken.error.remedy
        yield Finding(check=f"plugin {broken.plugin}", level="broken", detail=_said(broken.error), mend=mend)
    detail = f"{len(skills.plugins)} skills, {len(devices.plugins)} device integrations"
    yield Finding(check="plugins", level="ok", detail=detail)


async def _store(paths: HomePaths, settings: Settings) -> AsyncIterator[Finding]:
    from hub.store.database import Database

    try:
        database = await Database.open(settings.store.url or paths.database)
    except HearthError as error:
        yield Finding(check="store", level="broken", detail=_said(error), mend=error.remedy)
        return
    await database.close()
    yield Finding(check="store", level="ok", detail=settings.store.url or str(paths.database))


async def _sealing() -> AsyncIterator[Finding]:
    from hub.guard.seal_report import seal_report

    status = await seal_report()
    if status.sealed:
        yield Finding(check="sealed workers", level="ok", detail="no network, no new files, no programs")
    else:
        mend = "hearing and seeing need Linux with seccomp; containers must not forbid it"
        yield Finding(check="sealed workers", level="broken", detail="; ".join(status.trouble), mend=mend)


async def _brokers(settings: Settings) -> AsyncIterator[Finding]:
    for broker in settings.mqtt:
        yield await reach(f"broker {broker.host}:{broker.port}", broker.host, broker.port)


async def _satellites(settings: Settings, paths: HomePaths) -> AsyncIterator[Finding]:
    added = await _added_satellites(settings, paths)
    for satellite in (*settings.satellite, *added):
        found = await reach(f"satellite {satellite.name}", satellite.host, satellite.port)
        if found.level == "broken":
            where = "added in the app, under Devices" if satellite in added else "a [[satellite]] of hearth.toml"
            found = msgspec.structs.replace(found, detail=f"{found.detail} ({where})")
        yield found


async def _added_satellites(settings: Settings, paths: HomePaths) -> list[SatelliteSettings]:
    """What was added in the app; none where the store cannot be read, which the check of the store tells."""
    from hub.satellites.wyoming.satellite_list import added_satellites
    from hub.store.database import Database
    from hub.store.home_table import HomeTable

    try:
        database = await Database.open(settings.store.url or paths.database)
        try:
            return list((await added_satellites(HomeTable(database), settings.satellite)).values())
        finally:
            await database.close()
    except HearthError:
        return []
