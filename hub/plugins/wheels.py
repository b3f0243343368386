"""A skill's own libraries: wheels in its folder `wheels/`, imported from as they are and seen by that skill alone."""

from pathlib import Path


def wheels_of(folder: Path) -> list[str]:
    """What to put on the path of a process that runs the skill in `folder`: pure Python only, nothing is unpacked."""
    return [str(path) for path in sorted((folder / "wheels").glob("*.whl"))]
