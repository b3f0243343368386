"""`hearth docs DIR`: the reference pages, written from the code so that they cannot disagree with it."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.core.events import event_types
from hub.core.settings import json_schema
from hub.core.traits import TRAITS

if TYPE_CHECKING:
    from hub.sdk.locale import IntentWords, Locale


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def docs(folder: Path) -> None:
    """Write the reference pages (traits, events, intents, models, settings and their schema) into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")
        click.echo(f"wrote {folder / name}")


def pages() -> dict[str, str]:
    """File name -> content of every reference page."""
    from hub.cli.settings_page import settings_page

    return {
        "traits.md": _traits(),
        "events.md": _events(),
        "intents.md": _intents(),
        "models.md": _models(),
        "settings.md": settings_page(),
        "settings.schema.json": json.dumps(json_schema(), indent=1) + "\n",
    }


def _traits() -> str:
    rows = [
        (f"`{t.name}`", t.type, t.unit, "" if t.min is None else f"{t.min:g} to {t.max:g}", t.commands, t.doc)
        for t in TRAITS.values()
    ]
    about = "What an entity can do. One without commands can only be read. An entity may narrow the range or unit."
    return _page("Traits", about, ("trait", "type", "unit", "range", "commands", "meaning"), rows)


def _events() -> str:
    rows = [
        (f"`{name}`", ", ".join(f"`{field}`" for field in kind.__annotations__), kind.__doc__ or "")
        for name, kind in sorted(event_types().items())
    ]
    about = (
        "What the hub tells on its bus, and on the [live socket](../api.md). Each also has `id`, `at` (UTC seconds), "
        "`origin` (hub, area, source) and `causes`, the ids of the events that led to it."
    )
    return _page("Events", about, ("event", "fields", "meaning"), rows)


def _intents() -> str:
    from hub.core.bundled import bundled
    from hub.sdk.locale import read_locale

    rows = []
    for folder in sorted(p.parent.parent for p in bundled("skills").glob("*/locale/en.yaml")):
        english = read_locale(folder / "locale" / "en.yaml")
        german_file = folder / "locale" / "de.yaml"
        german = read_locale(german_file).intents if german_file.exists() else {}
        for intent, words in english.intents.items():
            auf_deutsch = "; ".join(german[intent].examples[:2]) if intent in german else ""
            slots = ", ".join(f"`{slot}`" for slot in _slots(english, words))
            rows.append((f"`{folder.name}.{intent}`", slots, "; ".join(words.examples[:3]), auf_deutsch))
    about = "What the skills that come with the hub understand. These are examples; there are many ways to say each."
    return _page("Intents", about, ("intent", "slots", "for instance", "in German"), rows)


def _slots(locale: "Locale", words: "IntentWords") -> list[str]:
    """The slots that an intent's sentences can fill, and those that it always has."""
    found = dict.fromkeys(words.slots)
    texts = list(words.sentences)
    used: set[str] = set()
    while texts:
        text = texts.pop()
        found |= dict.fromkeys(re.findall(r"\{(?:[^{}:]*:)?(\w+)\}", text))
        fresh = [piece for piece in re.findall(r"<(\w+)>", text) if piece in locale.expansions and piece not in used]
        used.update(fresh)
        texts += [locale.expansions[piece] for piece in fresh]
    return sorted(found)


def _models() -> str:
    from hub.inference.store import ModelStore

    cards = ModelStore().cards()
    rows = [
        (f"`{c.name}`", c.task, f"{c.size / 1e6:.1f} MB", c.licence, "yes" if c.default else "", c.description)
        for c in cards
    ]
    columns = ("model", "for", "size", "licence", "in the default set", "about")
    words: dict[str, list[str]] = {}
    for card in cards:
        for word in card.words:
            words.setdefault(word.word, []).append(f"`{card.name}`")
    spoken = {word.word: word.phrase for card in cards for word in card.words}
    heard = [(f"`{word}`", f"“{spoken[word]}”", ", ".join(by)) for word, by in sorted(words.items())]
    warnings = [f"- `{c.name}`: {c.warning}" for c in cards if c.warning]
    about = "The model cards in `models/`. `hearth models list` says which are on this machine."
    page = _page("Models", about, columns, rows)
    page += "\nWhat a licence means for you:\n\n" + "\n".join(warnings) + "\n" if warnings else ""
    return page + "\n## Wake words\n\n" + _table(("word", "said as", "models"), heard)


def _page(title: str, about: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    note = "Written from the code by `make docs`; change it there."
    return f"# {title}\n\n{about}\n\n{note}\n\n{_table(columns, rows)}"


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (columns, ("---",) * len(columns), *rows)
    return "".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |\n" for row in lines
    )
