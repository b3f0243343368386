"""A plugin's own libraries: wheels in its folder `wheels/`, imported from as they are and seen by that plugin alone."""

import contextlib
import os
from pathlib import Path


def wheels_of(folder: Path) -> list[str]:
    """What to put on the path of a process that runs the plugin in `folder`: pure Python only, nothing is unpacked."""
    place = os.path.join(folder, "wheels")  # noqa: PTH118 -- a glob costs each cage a third of a megabyte
    with contextlib.suppress(OSError):
        return [os.path.join(place, name) for name in sorted(os.listdir(place)) if name.endswith(".whl")]  # noqa: PTH118, PTH208
    return []
