"""The recordings of one office that learning together is tried with."""

import csv
from pathlib import Path

import numpy as np

from hub.core.errors import UsageError
from hub.learning.head import Material
from hub.learning.room_air import FEATURES, air_features


def read_office(path: Path) -> Material:
    """The rows of a file of the UCI Occupancy Detection set, in their order; `UsageError` when it is none."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            next(rows)  # its heading lacks the number that each row begins with
            found = [[float(cell) for cell in row[2:8]] for row in rows]
        table = np.array(found, np.float64).reshape(-1, len(FEATURES) + 1)
    except (OSError, ValueError, StopIteration, IndexError) as error:
        remedy = "give the folder with datatraining.txt and datatest.txt (docs/data.md)"
        raise UsageError(f"no occupancy recording at {path}: {error}", remedy=remedy) from error
    return Material.plain(air_features(table[:, :-1]), table[:, -1].astype(np.int64))
