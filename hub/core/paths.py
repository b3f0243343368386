"""Where a home lies on disk."""

import os
from pathlib import Path

from msgspec import Struct


class HomePaths(Struct, frozen=True):
    """The one directory of a home, and the files in it."""

    root: Path

    @property
    def settings(self) -> Path:
        """hearth.toml"""
        return self.root / "hearth.toml"

    @property
    def database(self) -> Path:
        """The default SQLite database."""
        return self.root / "hearth.db"

    @property
    def running(self) -> Path:
        """The mark of the hub that runs over this home."""
        return self.root / "hub.running"

    @property
    def swarm(self) -> Path:
        """This hub's key, and what it knows of the home's other hubs."""
        return self.root / "swarm"

    @property
    def device_secrets(self) -> Path:
        """Passwords of the devices that were added in the app."""
        return self.root / "devices.secret"


def default_home() -> Path:
    """`$HEARTH_HOME`, or ~/.config/hearth."""
    return Path(os.environ.get("HEARTH_HOME") or Path.home() / ".config" / "hearth")


def model_cache() -> Path:
    """Where pulled model files are kept for all homes of a user: `$HEARTH_MODELS` or ~/.cache/hearth/models."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("HEARTH_MODELS") or Path(cache) / "hearth" / "models")
