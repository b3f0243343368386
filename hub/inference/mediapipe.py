"""MediaPipe Tasks without files, network or windows: models put together in memory from verified files.

A `.task` is a stored zip of TensorFlow Lite models. MediaPipe's own bundles are only to be had by download; their parts
lie in its wheels, but some of them without the note that says how a picture becomes their input. That note is written
here into the model's flatbuffer, because MediaPipe's metadata writer makes temporary files, which a sealed worker may
not (schema: TensorFlow Lite's model metadata, as MediaPipe carries it).
"""

import atexit
import importlib
import io
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hub.core.errors import ModelError

_PLOTTING: Final = ("matplotlib", "matplotlib.pyplot")
_OPEN: Final[list[Any]] = []
_METADATA: Final = "TFLITE_METADATA"  # the name under which Tasks look for it


@cache
def tasks() -> Any:
    """The package `mediapipe`. Raises `ModelError` where it is missing or a system library that it needs is.

    It imports Matplotlib for plots that nobody asks for: 0.2 s and a settings folder that it would like to write.
    """
    try:
        with _without_plotting():
            return importlib.import_module("mediapipe")
    except (ImportError, OSError) as error:
        raise ModelError(
            f"MediaPipe cannot be loaded: {error}", remedy="install hearth[gesture], and libgles2 and libegl1 (Debian)"
        ) from error


@contextmanager
def _without_plotting() -> Iterator[None]:
    """While this lasts, an import of Matplotlib that was not made before finds an empty module."""
    stubs = [name for name in _PLOTTING if name not in sys.modules]
    sys.modules.update((name, ModuleType(name)) for name in stubs)
    try:
        yield
    finally:
        for name in stubs:
            del sys.modules[name]


def picture(pixels: NDArray[np.uint8]) -> Any:
    """RGB pixels ((height, width, 3)) as MediaPipe's image; copied."""
    mediapipe = tasks()
    return mediapipe.Image(mediapipe.ImageFormat.SRGB, np.ascontiguousarray(pixels))


def base_options(model: bytes) -> Any:
    """Options of a task whose model is in memory."""
    return tasks().tasks.BaseOptions(model_asset_buffer=model)


def create(kind: str, **options: Any) -> Any:
    """A task of `tasks().tasks.vision`, such as HandLandmarker, with its options. `close` it; at exit what is left is.

    Raises `ModelError` when its model is not one for this task.
    """
    vision = tasks().tasks.vision
    try:
        task = getattr(vision, kind).create_from_options(getattr(vision, f"{kind}Options")(**options))
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(f"MediaPipe cannot use the model as a {kind}: {error}") from error
    _OPEN.append(task)
    return task


def close(task: Any) -> None:
    """End a task that `create` made.

    Until then it is kept: a task that Python drops by itself, among other things that refer to each other, waits for
    ever for a thread of its own that has already gone.
    """
    if task in _OPEN:
        _OPEN.remove(task)
        task.close()


def _close_all() -> None:
    for task in tuple(_OPEN):
        close(task)


atexit.register(_close_all)


def read_model(path: Path) -> bytes:
    """A model file's content; `ModelError` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror}", place=str(path)) from error


def bundle(parts: Mapping[str, bytes]) -> bytes:
    """A `.task` of models by name. Stored, not deflated: the models are used where they lie in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, model in parts.items():
            archive.writestr(name, model)
    return buffer.getvalue()


def with_normalisation(model: bytes, *, mean: float, deviation: float) -> bytes:
    """The TensorFlow Lite model with the note that its input is an RGB picture, as (value - mean) / deviation.

    Raises `ModelError` when `model` is none, or has not exactly one input.
    """
    tasks()
    flatbuffers = importlib.import_module("flatbuffers")
    schema = importlib.import_module("mediapipe.tasks.metadata.schema_py_generated")
    if model[4:8] != b"TFL3":
        raise ModelError("not a TensorFlow Lite model")
    whole = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))
    graph = whole.subgraphs[0]
    if len(graph.inputs) != 1:
        raise ModelError(f"a model with {len(graph.inputs)} inputs where one picture was expected")
    outputs = [graph.tensors[index].name.decode() for index in graph.outputs]
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(_metadata(flatbuffers, outputs, mean, deviation), np.uint8)
    whole.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = _METADATA, len(whole.buffers) - 1
    whole.metadata = [*(whole.metadata or ()), entry]
    builder = flatbuffers.Builder(len(model) + 4096)
    builder.Finish(whole.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _metadata(flatbuffers: Any, outputs: list[str], mean: float, deviation: float) -> bytes:
    schema = importlib.import_module("mediapipe.tasks.metadata.metadata_schema_py_generated")
    normalisation = schema.NormalizationOptionsT()
    normalisation.mean, normalisation.std = [mean] * 3, [deviation] * 3
    step = schema.ProcessUnitT()
    step.optionsType, step.options = schema.ProcessUnitOptions.NormalizationOptions, normalisation
    colours = schema.ImagePropertiesT()
    colours.colorSpace = schema.ColorSpaceType.RGB
    content = schema.ContentT()
    content.contentPropertiesType, content.contentProperties = schema.ContentProperties.ImageProperties, colours
    image = schema.TensorMetadataT()
    image.name, image.content, image.processUnits = "image", content, [step]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata, graph.outputTensorMetadata = [image], []
    for name in outputs:
        output = schema.TensorMetadataT()
        output.name = name
        graph.outputTensorMetadata.append(output)
    root = schema.ModelMetadataT()
    root.name, root.subgraphMetadata = "model", [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(root.Pack(builder), b"M001")
    return bytes(builder.Output())
