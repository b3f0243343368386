"""Loading: the code of a plugin that was found, held against its words."""

from collections.abc import Iterable

from hub.core.errors import PluginError
from hub.plugins.discovery import FoundDevice, FoundSkill
from hub.sdk.device import Device
from hub.sdk.plugin_module import load_handlers, load_integration
from hub.sdk.skill import Skill


def load_skill(found: FoundSkill) -> Skill:
    """The skill's handlers. Raises `PluginError` naming the file when its code cannot be used.

    Every intent that the skill's words speak of must have a handler.
    """
    skill = load_handlers(found.code, found.manifest.id)
    check_handlers(found, skill.intents)
    return skill


def check_handlers(found: FoundSkill, intents: Iterable[str]) -> None:
    """Raises `PluginError` when the skill's words speak of an intent that is not among its handlers' `intents`."""
    known = frozenset(intents)
    for language, locale in found.words.locales.items():
        for intent in locale.intents:
            if intent not in known:
                raise PluginError(
                    f"locale/{language}.yaml speaks of {intent!r}, which has no handler",
                    place=str(found.code),
                    remedy=f'decorate a function with @skill.intent("{intent}")',
                )


def load_device(found: FoundDevice) -> Device:
    """The integration. Raises `PluginError` naming the file when its code cannot be used."""
    return load_integration(found.code, found.manifest.id)
