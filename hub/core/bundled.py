"""Where the data that comes with the hub lies: skills, devices, models, config, the built web page."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def bundled(name: str) -> Path:
    """The folder `name` of the bundle: inside an installed wheel, or at the root of a source checkout."""
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
