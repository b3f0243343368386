"""The passphrase of a backup: from a file, or typed."""

import getpass
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from hub.core.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


def passphrase_option(command: F) -> F:
    """`--passphrase-file FILE`"""
    text = "Read the passphrase from FILE's first line instead of asking."
    return click.option("--passphrase-file", metavar="FILE", type=click.Path(path_type=Path), help=text)(command)


def passphrase(file: Path | None, *, twice: bool = False, what: str = "Passphrase") -> str:
    """The passphrase, or `what` else; `twice`: typed twice, because a slip would be noticed too late.

    Raises `UsageError`.
    """
    if file is None:
        with warnings.catch_warnings():
            # Where there is no terminal nothing is shown anyway, and what is typed comes from a program.
            warnings.simplefilter("ignore", getpass.GetPassWarning)
            typed: str = click.prompt(what, hide_input=True, confirmation_prompt=twice, err=True)
        return typed
    wanted = what.lower()
    try:
        lines = file.read_text("utf-8-sig").splitlines()  # the mark of some editors is none of it
    except (OSError, UnicodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}", remedy=f"name a file with the {wanted} in it") from error
    if not lines or not lines[0]:
        raise UsageError(f"{file} is empty", remedy=f"write the {wanted} into its first line")
    return lines[0]
