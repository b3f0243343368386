"""Scenes: a press that becomes a set of commands."""

from msgspec import Struct

from hub.core.entities import HomeView
from hub.core.events import Value
from hub.core.settings import Settings


class Effect(Struct, frozen=True):
    """One thing that a scene does."""

    entity: str
    trait: str
    value: Value


class Scenes:
    """What each scene of hearth.toml does. A scene may press other scenes; a circle of them ends where it began."""

    def __init__(self, settings: Settings) -> None:
        self._scenes = {e.id: e.scene for e in settings.entity if e.scene}

    def effects(self, scene: str) -> list[Effect]:
        """What pressing `scene` does, in the order of the file, inner scenes unfolded; empty for anything else."""
        found: list[Effect] = []
        self._unfold(scene, found, {scene})
        return found

    def _unfold(self, scene: str, found: list[Effect], seen: set[str]) -> None:
        for entity, wishes in self._scenes.get(scene, {}).items():
            for trait, value in wishes.items():
                if trait != "Press" or entity not in self._scenes:
                    found.append(Effect(entity, trait, value))
                elif entity not in seen:
                    seen.add(entity)
                    self._unfold(entity, found, seen)

    def problems(self, view: HomeView) -> list[str]:
        """Effects that point at nothing in this home, as sentences for `hearth home check`."""
        found: list[str] = []
        for scene in self._scenes:
            for effect in self.effects(scene):
                entity = view.entities.get(effect.entity)
                if entity is None:
                    found.append(f"{scene} changes {effect.entity}, which is not in this home")
                elif effect.trait not in entity.traits:
                    found.append(f"{scene} sets {effect.trait} of {effect.entity}, which has no such trait")
        return found
