"""The demo home's films show what their table says, to the hub's own eyes."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hub.core.bundled import bundled
from hub.inference.store import ModelStore
from hub.perception.gesture.head import GESTURES, GestureHead
from tests.pulled import model

DEMO = bundled("config") / "demo"
FILMS: list[dict[str, Any]] = tomllib.loads((DEMO / "films.toml").read_text("utf-8"))["film"]
MOTIONS = {"swipe_left", "swipe_right", "raise", "lower", "circle"}
LATE_S = 0.8  # the latest after its beginning that a gesture is certain


def frames(path: Path) -> Iterator[tuple[float, np.ndarray]]:
    av = pytest.importorskip("av")
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            yield float(frame.time), frame.to_ndarray(format="rgb24")


@pytest.mark.parametrize("film", FILMS, ids=lambda f: f["id"])
def test_every_film_is_small_and_its_table_is_sound(film: dict[str, Any]) -> None:
    path = DEMO / film["file"]
    assert path.stem == film["id"] and 5_000 < path.stat().st_size < 260_000
    for seen in film["hands"]:
        assert seen.get("gesture") in GESTURES or seen.get("motion") in MOTIONS
        assert 0 <= seen["from"] < seen["to"] <= film["seconds"]


def test_every_film_of_the_folder_is_in_the_table() -> None:
    assert {p.name for p in (DEMO / "films").iterdir()} == {Path(f["file"]).name for f in FILMS}
    shown = {s["gesture"] for f in FILMS if f["id"] == "gestures" for s in f["hands"]}
    assert shown == set(GESTURES)


@pytest.mark.eyes
@pytest.mark.slow
@pytest.mark.parametrize("film", FILMS, ids=lambda f: f["id"])
def test_exactly_what_the_table_says_is_seen(film: dict[str, Any]) -> None:
    from hub.perception.gesture.finding import FilmFinder
    from hub.perception.gesture.hands import HandModels
    from hub.perception.gesture.looking import HandsLooker
    from hub.perception.gesture.reading import GestureReader

    palm, joints = "palm_detection/palm_detection_full.tflite", "hand_landmark/hand_landmark_full.tflite"
    models = HandModels(model("mediapipe-hands", palm), model("mediapipe-hands", joints))
    head = GestureHead(ModelStore().path("gesture", "gesture.onnx"))
    looker, reader = HandsLooker(0, FilmFinder(models), lambda hand: head(hand.joints)), GestureReader()
    shown, pointed = [], []
    for t, pixels in frames(DEMO / film["file"]):
        seen = looker.look(pixels, t)
        if seen is None:
            continue
        shown += reader.take(seen).shown
        pointed += [(t, hand.pointing) for hand in seen.hands if hand.pointing is not None]
    looker.close()
    assert [(s.name, s.hand) for s in shown] == [(w.get("gesture", w.get("motion")), w["hand"]) for w in film["hands"]]
    for was, wanted in zip(shown, film["hands"], strict=True):
        assert wanted["from"] <= was.t <= (wanted["from"] if "gesture" in wanted else wanted["to"]) + LATE_S
        ways = [p for t, p in pointed if wanted["from"] <= t <= wanted["to"] and "dx" in wanted]
        assert all(p.dx * wanted["dx"] + p.dy * wanted["dy"] > 0.95 for p in ways)
        assert ways or "dx" not in wanted


@pytest.mark.eyes
@pytest.mark.parametrize("film", [f for f in FILMS if "people" in f], ids=lambda f: f["id"])
def test_people_are_seen_while_they_are_there(film: dict[str, Any]) -> None:
    from hub.perception.presence.faces import FaceFinder

    faces = FaceFinder(model("mediapipe-faces", "face_detection/face_detection_full_range_sparse.tflite"))
    found = [(t, faces.find(pixels).count) for n, (t, pixels) in enumerate(frames(DEMO / film["file"])) if n % 4 == 0]
    faces.close()
    for span in film["people"]:
        counts = [count for t, count in found if span["from"] <= t <= span["to"]]
        assert counts and set(counts) == {span["count"]}
