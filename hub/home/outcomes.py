"""How commands end, as events and results."""

from hub.core.commands import Command, CommandResult
from hub.core.errors import HearthError
from hub.core.events import CommandDone, CommandFailed


def done(command: Command) -> CommandDone:
    """The event that a command was done."""
    return CommandDone(
        origin=command.origin,
        causes=(command.id,),
        command=command.id,
        entity=command.entity,
        trait=command.trait,
        value=command.value,
    )


def failed(command: Command, error: HearthError) -> CommandFailed:
    """The event that a command did not happen."""
    return CommandFailed(
        origin=command.origin,
        causes=(command.id,),
        command=command.id,
        entity=command.entity,
        trait=command.trait,
        value=command.value,
        code=error.code,
        reason=error.message,
    )


def result(command: Command, error: HearthError | None) -> CommandResult:
    """How a command ended."""
    return CommandResult(
        command=command.id,
        entity=command.entity,
        trait=command.trait,
        value=command.value,
        ok=error is None,
        code=error.code if error else "",
        reason=error.message if error else "",
    )
