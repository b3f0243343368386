"""`hearth skill dev`: talk to a skill while it is written; it is read again whenever its files change."""

import asyncio
import sys
from pathlib import Path

import click

from hub.cli.output import emit, json_option
from hub.core.errors import HearthError


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--area", default="living_room", show_default=True, help="Where you are in the demo home.")
@json_option
def dev(folder: Path, area: str, as_json: bool) -> None:
    """Answer the sentences that you type with the skill in FOLDER, as its author: its code runs uncaged.

    A line a sentence, to the end of the input. Its store and timers are forgotten when its files change.
    """
    from hub.cli.skill.trial_home import SpokenHome

    home, seen = SpokenHome(folder), _state(folder)
    if sys.stdin.isatty():
        click.echo(f"{home.manifest.name}: say something; Ctrl-D ends it", err=True)
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            if (now := _state(folder)) != seen:
                home, seen = SpokenHome(folder), now
                click.echo("read again", err=True)
            before = len(home.said)
            reply = asyncio.run(home.say(line.strip(), area=area))
        except (HearthError, AssertionError) as error:
            _tell({"event": "failed", "text": line.strip(), "error": str(error)}, str(error), as_json)
            continue
        except Exception as error:  # the author's own, told like every other
            text = f"{type(error).__name__}: {error}"
            _tell({"event": "failed", "text": line.strip(), "error": text}, text, as_json)
            continue
        for said in (*home.said[before:], reply):
            _tell({"event": "reply", "text": said}, said, as_json)


def _tell(line: dict[str, str], text: str, as_json: bool) -> None:
    emit(line) if as_json else click.echo(text)


def _state(folder: Path) -> dict[str, int]:
    """The skill's files and when each was last written."""
    return {
        str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".toml")
    }
