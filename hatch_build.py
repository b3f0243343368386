"""A wheel carries the page built: where npm is present it is built anew, and otherwise taken as it stands."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface[Any]):
    """Builds frontend/ into hub/web/static before the wheel's files are gathered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page, unless the wheel only points at this checkout, where `make setup` builds it."""
        if version == "editable":
            return
        root = Path(self.root)
        npm = shutil.which("npm")
        if npm is not None and self._built(npm, root / "frontend"):
            return
        if not (root / "hub" / "web" / "static" / "index.html").exists():
            self.app.display_warning("the page could not be built: the hub of this wheel will serve its plain page")

    def _built(self, npm: str, frontend: Path) -> bool:
        for step in (["ci", "--silent"], ["run", "--silent", "build"]):
            if subprocess.run([npm, *step], cwd=frontend, stdout=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
                return False
        return True
