"""`hearth docs DIR`: the reference pages, written from the code so that they cannot disagree with it."""

import json
from pathlib import Path

import click

from hub.core.events import event_types
from hub.core.settings import json_schema
from hub.core.traits import TRAITS


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def docs(folder: Path) -> None:
    """Write traits.md, events.md, intents.md and settings.schema.json into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")
        click.echo(f"wrote {folder / name}")


def pages() -> dict[str, str]:
    """File name -> content of every reference page."""
    return {
        "traits.md": _traits(),
        "events.md": _events(),
        "intents.md": _intents(),
        "settings.schema.json": json.dumps(json_schema(), indent=1) + "\n",
    }


def _traits() -> str:
    rows = ["# Traits", "", "| trait | type | unit | range | commands | meaning |", "|---|---|---|---|---|---|"]
    for trait in TRAITS.values():
        span = "" if trait.min is None else f"{trait.min:g} to {trait.max:g}"
        commands = trait.commands or "read only"
        rows.append(f"| `{trait.name}` | {trait.type} | {trait.unit} | {span} | {commands} | {trait.doc} |")
    return "\n".join(rows) + "\n"


def _events() -> str:
    rows = ["# Events", "", "Each also has `id`, `at`, `mono`, `origin` and `causes`.", ""]
    rows += ["| event | fields | meaning |", "|---|---|---|"]
    for name, kind in sorted(event_types().items()):
        fields = ", ".join(f"`{field}`" for field in kind.__annotations__)
        meaning = " ".join((kind.__doc__ or "").split())
        rows.append(f"| `{name}` | {fields} | {meaning} |")
    return "\n".join(rows) + "\n"


def _intents() -> str:
    from hub.core.bundled import bundled
    from hub.sdk.locale import read_locale

    rows = ["# Intents", "", "| intent | for instance | in German |", "|---|---|---|"]
    for folder in sorted(p.parent.parent for p in bundled("skills").glob("*/locale/en.yaml")):
        english = read_locale(folder / "locale" / "en.yaml")
        german_file = folder / "locale" / "de.yaml"
        german = read_locale(german_file).intents if german_file.exists() else {}
        for intent, words in english.intents.items():
            said = "; ".join(words.examples[:3])
            auf_deutsch = "; ".join(german[intent].examples[:2]) if intent in german else ""
            rows.append(f"| `{folder.name}.{intent}` | {said} | {auf_deutsch} |")
    return "\n".join(rows) + "\n"
