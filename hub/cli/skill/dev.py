"""`hearth skill dev`: talk to a skill while it is written; it is read again whenever its files change."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.output import emit, json_option
from hub.core.errors import HearthError, PluginError
from hub.sdk.plugin_module import place_in_plugin

if TYPE_CHECKING:
    from hub.cli.skill.trial_home import SpokenHome


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--area", default="living_room", show_default=True, help="Where you are in the demo home.")
@click.option("--language", default="en", show_default=True, help="The language that you type in.")
@json_option
def dev(folder: Path, area: str, language: str, as_json: bool) -> None:
    """Answer the sentences that you type with the skill in FOLDER, as its author: its code runs uncaged.

    A line a sentence, to the end of the input. The home is one in memory, as that of the tests: its store is forgotten
    when files change, no time passes in it, and nobody answers a fetch.
    """
    if not (folder / "skill.toml").is_file():
        raise PluginError("there is no skill.toml", place=str(folder), remedy="`hearth skill new` writes one")
    sys.dont_write_bytecode = True  # what is kept is told apart by whole seconds, and an author is quicker
    talk = _Talk(folder, area, language, as_json)
    if talk.reads() and sys.stdin.isatty():
        click.echo("say something; Ctrl-D ends it", err=True)
    for line in sys.stdin:
        if line.strip() and talk.reads():
            talk.say(line.strip())


class _Talk:
    """A talk with the skill in `folder`, as it stands there by now."""

    def __init__(self, folder: Path, area: str, language: str, as_json: bool) -> None:
        self._folder, self._area, self._language, self._as_json = folder, area, language, as_json
        self._home: SpokenHome | None = None
        self._seen: dict[str, int] = {}

    def reads(self) -> bool:
        """Read the skill where it changed; whether it can be talked to. What is wrong with it is told each time."""
        if self._home is not None and _state(self._folder) == self._seen:
            return True
        from hub.cli.skill.trial_home import SpokenHome

        again = bool(self._seen)
        self._home, self._seen = None, _state(self._folder)
        try:
            self._home = SpokenHome(self._folder)
        except HearthError as error:
            self._failed("", str(error))
            return False
        if again:
            click.echo("read again", err=True)
        return True

    def say(self, text: str) -> None:
        """Tell what the skill answers, what it speaks unasked meanwhile, and what goes wrong."""
        home = self._home
        assert home is not None
        before = len(home.said)
        try:
            reply = asyncio.run(home.say(text, area=self._area, language=self._language))
        except (HearthError, AssertionError) as error:
            self._failed(text, str(error))
        except Exception as error:  # the author's own, told like every other
            self._failed(text, ": ".join(filter(None, (place_in_plugin(error), type(error).__name__, str(error)))))
        else:
            for said in (*home.said[before:], reply):
                self._tell({"event": "reply", "text": said}, said)

    def _failed(self, text: str, error: str) -> None:
        self._tell({"event": "failed", "text": text, "error": error}, error)

    def _tell(self, line: dict[str, str], text: str) -> None:
        emit(line) if self._as_json else click.echo(text)


def _state(folder: Path) -> dict[str, int]:
    """The skill's files and when each was last written."""
    return {
        str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".toml")
    }
