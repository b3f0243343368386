"""The privacy audit: what is checked, in this order."""

import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from hub.bench.audit import checks
from hub.bench.audit.cage import stranger_is_held
from hub.bench.audit.line import Line
from hub.bench.audit.refusals import media_refuses
from hub.bench.audit.retention import old_rows_are_gone
from hub.bench.audit.trial import StartHub, trial
from hub.core.errors import HearthError
from hub.core.paths import HomePaths
from hub.core.settings import Settings
from hub.core.settings_file import load_settings
from hub.guard.egress import Destination
from hub.plugins.cage.cages import Cages
from hub.plugins.discovery import find_skills
from hub.plugins.ports.fetching import granted_places
from hub.store.database import Database
from hub.store.ledger import LedgerTable

_MOST_ROWS: Final = 1_000_000


async def audit(start: StartHub, paths: HomePaths, *, see: bool = True) -> AsyncIterator[Line]:
    """Check the home at `paths`, then a hub of `start` with a temporary home that is given the canaries.

    Raises `StoreError` when the home's database cannot be read.
    """
    yield media_refuses()
    settings = load_settings(paths.settings).settings
    yield await stranger_is_held(Cages(allow_uncaged=settings.plugins.allow_uncaged))
    agreed = _agreed(settings, paths)
    store = settings.store
    database = await Database.open(store.url or paths.database)
    try:
        yield await old_rows_are_gone(database, store, time.time())
        rows = await LedgerTable(database).rows(limit=_MOST_ROWS)
    finally:
        await database.close()
    with tempfile.TemporaryDirectory(prefix="hearth-audit-") as folder:
        try:
            evidence = await trial(start, Path(folder), see=see)
        except HearthError as error:
            yield Line("trial", False, f"no hub could be started to try it with: {error}")
            yield checks.nothing_left_home(rows, agreed)
            return
        yield checks.workers_are_sealed(evidence)
        yield checks.sound_stays(evidence)
        yield checks.picture_stays(evidence)
        yield checks.connections_are_in_the_ledger(evidence)
        yield checks.nothing_left_home([*rows, *evidence.rows], agreed)


def _agreed(settings: Settings, paths: HomePaths) -> checks.Agreed:
    """Where the skills of the home may fetch from."""
    skills = [found.manifest for found in find_skills(settings.plugins, paths.root).plugins]
    return {
        f"skill:{skill.id}": [Destination(place.host, place.port) for place in granted_places(skill.grant)]
        for skill in skills
    }
