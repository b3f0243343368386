"""The store of a home, for commands that need nothing else of a hub."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from hub.core.errors import UnavailableError, UsageError
from hub.core.paths import HomePaths
from hub.core.running import running_at, the_only_hub

if TYPE_CHECKING:
    from hub.store.database import Database


@asynccontextmanager
async def open_store(paths: HomePaths) -> "AsyncIterator[Database]":
    """The database of a home, beside a hub that runs or without one. Raises `StoreError`."""
    from hub.core.settings_file import load_settings
    from hub.store.database import Database

    database = await Database.open(load_settings(paths.settings).settings.store.url or paths.database)
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def without_hub(paths: HomePaths) -> Iterator[None]:
    """Keep hubs from running over a home within the block.

    Raises `UnavailableError` when one does, `UsageError` for root in a home of somebody else's, who could then no more
    read what root wrote.
    """
    owner = paths.root.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise UsageError(f"{paths.root} is not root's", remedy=f"run this as its owner: sudo -u '#{owner}' hearth ...")
    url = running_at(paths)
    if url is not None:
        raise UnavailableError(f"a hub runs over {paths.root}, at {url}", remedy="stop it first, and start it again")
    with ExitStack() as stack:
        try:
            stack.enter_context(the_only_hub(paths, ""))
        except UsageError as error:
            remedy = "wait until it has ended"
            raise UnavailableError(f"another command works on {paths.root}", remedy=remedy) from error
        yield
