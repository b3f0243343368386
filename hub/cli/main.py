"""The `hearth` command: a table of subcommands, each imported only when it is used, so that `--help` is instant."""

import importlib
import sys
from typing import Any, Final

import click

from hub import __version__
from hub.core.errors import HearthError, UsageError

# name -> (module, attribute, the line that `hearth --help` shows)
COMMANDS: Final = {
    "run": ("hub.cli.run", "run", "Start the hub and print its address."),
    "demo": ("hub.cli.demo.demo", "demo", "Run the demo home and play its story."),
    "hear": ("hub.cli.hear", "hear", "Run audio files through the real voice path."),
    "see": ("hub.cli.see", "see", "Run pictures and films through gesture and presence."),
    "say": ("hub.cli.say", "say", "Text through the dialogue, as if it had been heard."),
    "home": ("hub.cli.home", "home", "Areas, entities and states; set one, ask why, check a hearth.toml."),
    "models": ("hub.cli.models", "models", "List, fetch and check the models."),
    "learn": ("hub.cli.learn", "learn", "What is learnt at home, and rounds with other hubs."),
    "skill": ("hub.cli.skill.skill", "skill", "Skills: write, check, test, pack; install, list, remove."),
    "device": ("hub.cli.device", "device", "Devices: what the home is connected to; add, remove."),
    "peer": ("hub.cli.peer", "peer", "The home's hubs: list, pair another one, remove one."),
    "account": ("hub.cli.account", "account", "Who may come in: list, add, password, remove."),
    "privacy": ("hub.cli.privacy.privacy", "privacy", "What leaves this hub and what it keeps: look, check, delete."),
    "backup": ("hub.cli.backup", "backup", "Write the home to one encrypted file."),
    "restore": ("hub.cli.backup", "restore", "Make the home that a backup holds."),
    "doctor": ("hub.cli.doctor.doctor", "doctor", "Check what could be wrong here, and say how to mend it."),
    "bench": ("hub.cli.bench", "bench", "Measure, each figure beside a named peer."),
    "docs": ("hub.cli.docs", "docs", "Write the reference pages from the code."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand's module when the subcommand is run, not when it is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, attribute, _ = entry
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of subcommands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hearth")
@click.option("--config", metavar="DIR", help="The home: a directory with hearth.toml, or 'demo'.")
@click.pass_context
def cli(ctx: click.Context, config: str | None) -> None:
    """Hearth: a smart-home hub that hears and acts with models that run at home."""
    ctx.obj = config


def main() -> None:
    """Run the command line; exit 0 on success, 1 on failure with one line on stderr, 2 on wrong usage."""
    try:
        result: Any = cli.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help() if error.ctx else "")
        sys.exit(2)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt) as error:
        if not isinstance(error.__context__, EOFError):
            sys.exit(130)
        from hub.cli.output import failure

        click.echo(err=True)  # the question stands in a line of its own
        sys.exit(failure("nobody is there to answer (run it in a terminal; --help names what can be given instead)"))
    except (click.ClickException, HearthError, OSError) as error:
        from hub.cli.output import failure

        code = failure(_told(error))
        sys.exit(2 if isinstance(error, UsageError) else code)
    sys.exit(result if isinstance(result, int) else 0)


def _told(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
