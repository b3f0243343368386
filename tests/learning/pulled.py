"""Models of the eyes, for tests that look with them."""

from pathlib import Path

import pytest

from hub.core.errors import HearthError
from hub.inference.store import ModelStore


def model(name: str, file: str) -> Path:
    """The file of a model; the test is skipped where it has not been pulled."""
    pytest.importorskip("mediapipe")
    try:
        return ModelStore().path(name, file)
    except HearthError as error:
        pytest.skip(str(error))
