"""A plugin's own libraries: wheels in its folder `wheels/`, imported from as they are and seen by that plugin alone."""

from pathlib import Path


def wheels_of(folder: Path) -> list[str]:
    """What to put on the path of a process that runs the plugin in `folder`: pure Python only, nothing is unpacked."""
    return sorted(str(wheel) for wheel in (folder / "wheels").glob("*.whl"))


def impure_wheels(folder: Path) -> list[Path]:
    """Those that hold more than Python: they cannot be imported from as they are."""
    return sorted(wheel for wheel in (folder / "wheels").glob("*.whl") if not wheel.stem.endswith("-none-any"))
