"""Homes like the demo's, as a folder and as the dialogue sees one."""

import shutil
from pathlib import Path

from hub.core.bundled import bundled
from hub.core.entities import Entity, HomeView
from hub.core.settings_file import load_settings
from hub.core.traits import PLAIN_CONFIG
from hub.home.declared import declared_entity

_SETTINGS = bundled("config") / "demo" / "hearth.toml"


def demo_folder(folder: Path) -> Path:
    """`folder`, made, with the demo's hearth.toml in it."""
    folder.mkdir()
    shutil.copy(_SETTINGS, folder)
    return folder


def demo_view(language: str = "en") -> HomeView:
    """The bundled demo home, with a camera in its hallway."""
    settings = load_settings(_SETTINGS).settings
    camera = Entity(
        id="camera.hallway",
        name="hallway camera",
        area="hallway",
        names={"de": ("Flurkamera",)},
        traits={"OnOff": PLAIN_CONFIG},
    )
    return HomeView(
        language=language,
        areas={a.id: a for a in settings.area},
        entities={e.id: e for e in (*map(declared_entity, settings.entity), camera)},
        people={p.id: p for p in settings.person},
    )
