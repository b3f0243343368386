"""Opening models, with one thread budget for all of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hub.core.errors import ModelError
from hub.inference.onnx_check import MAX_BYTES, check_onnx
from hub.inference.runtime import onnx_runtime
from hub.inference.threads import ThreadBudget

CPU = ("CPUExecutionProvider",)


class Sessions:
    """Opens ONNX Runtime sessions; what they take of the thread budget is shared by all models of this process.

    A session always has the thread that calls it; more are granted only while the budget has some left, so that ten
    models on a machine of two cores are not twenty threads. Threads do not spin while they wait.
    """

    def __init__(self, budget: ThreadBudget | None = None, providers: Sequence[str] = CPU) -> None:
        self.budget = budget or ThreadBudget()
        self.providers = tuple(providers)

    def open(self, model: Path | bytes, *, threads: int = 1, name: str = "") -> Any:
        """An `onnxruntime.InferenceSession` of a checked model (a path, or the file's bytes).

        Raises `ModelError` when the model is missing, is no ONNX model, reaches for other files or cannot be run.
        """
        onnxruntime = onnx_runtime()
        place = name or (str(model) if isinstance(model, Path) else "")
        data = read_model(model, place)
        check_onnx(data, place)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.budget.take(threads)
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors only; what a user must know is raised
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            return onnxruntime.InferenceSession(data, options, providers=list(self.providers))
        except Exception as error:
            self.budget.give_back(options.intra_op_num_threads)
            raise ModelError(f"ONNX Runtime cannot run it: {error}", place=place) from error


def read_model(model: Path | bytes, place: str = "") -> bytes:
    """The bytes of a model file; `ModelError` when it cannot be read or is too large."""
    if isinstance(model, bytes):
        return model
    place = place or str(model)
    try:
        if model.stat().st_size > MAX_BYTES:
            raise ModelError("larger than 2 GiB", place=place)
        return model.read_bytes()
    except OSError as error:
        remedy = "run `hearth models pull`"
        raise ModelError(f"cannot be read: {error.strerror}", place=place, remedy=remedy) from error
