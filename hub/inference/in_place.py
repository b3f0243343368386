"""Files of models that need no fetching: of installed distributions, and those that come with the hub."""

from pathlib import Path

from hub.inference.card import BundledSource, ModelFile, Source, WheelSource
from hub.inference.wheels import installed_member


def lies_at(source: Source, file: ModelFile, cards: Path) -> Path | None:
    """Where a source already has a file on this machine, if it can; `cards` is the folder of the model cards.

    Nothing says yet that the file is there, or the right one.
    """
    if isinstance(source, WheelSource):
        return installed_member(source, file)
    if isinstance(source, BundledSource):
        return cards / source.bundled.replace("{file}", file.name)
    return None
