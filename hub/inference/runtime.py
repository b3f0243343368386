"""ONNX Runtime, and the only place that imports it.

Release 1.31 counts its users (seen by tracing): at its import it looks up its maker's host and writes a device id into
the user's cache. Here it is told not to before it is loaded, and the hub loads it in sealed workers alone, where it
could not.
"""

import os
from typing import Any, Final

NO_TELEMETRY: Final = {"ORT_DISABLE_TELEMETRY": "1"}
"""Environment variables that keep it silent."""


def onnx_runtime() -> Any:
    """The module `onnxruntime`. Importing it takes 0.1 s."""
    os.environ.update(NO_TELEMETRY)
    import onnxruntime

    return onnxruntime
