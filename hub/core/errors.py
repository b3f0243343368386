"""The one error hierarchy.

Every error has a `code` that crosses process and network boundaries and comes back as its class, a message that
says what is wrong, and where possible a remedy that says what to do.
"""

from typing import Any, ClassVar


class HearthError(Exception):
    """Base of every error that Hearth raises on purpose.

    `message` says what is wrong, `place` where (a file, a line, a topic), `remedy` what the reader can do.
    """

    code: ClassVar[str] = "error"
    _by_code: ClassVar[dict[str, type["HearthError"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        HearthError._by_code[cls.code] = cls

    def __init__(self, message: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} ({self.remedy})" if self.remedy else text

    def to_wire(self) -> dict[str, str]:
        """The error as plain strings, for another process."""
        return {"code": self.code, "message": self.message, "place": self.place, "remedy": self.remedy}

    @staticmethod
    def from_wire(data: dict[str, str]) -> "HearthError":
        """The error that `to_wire` described, as its own class; an unknown code becomes the base class."""
        kind = HearthError._by_code.get(data.get("code", ""), HearthError)
        error = kind.__new__(kind)
        message, place, remedy = (data.get(k, "") for k in ("message", "place", "remedy"))
        HearthError.__init__(error, message, place=place, remedy=remedy)
        return error


class UsageError(HearthError):
    """The caller asked for something that makes no sense as asked."""

    code = "usage"


class SettingsError(HearthError):
    """hearth.toml says something that cannot be used."""

    code = "settings"


class NotFoundError(HearthError):
    """A thing was named that is not there."""

    code = "not_found"


class ValueRefusedError(HearthError):
    """A value does not fit the trait that it was meant for."""

    code = "value_refused"


class FieldRefusedError(ValueRefusedError):
    """One field of a form has a value that cannot be; `place` is the field's name."""

    code = "field_refused"


class RawMediaError(HearthError):
    """Raw sound or picture was about to leave RAM: by the bus, pickle, JSON, a log line or a repr."""

    code = "raw_media"


class MediaError(HearthError):
    """A sound or picture source cannot be read, or a sink cannot be written."""

    code = "media"


class ModelError(HearthError):
    """A model card or model file cannot be used."""

    code = "model"


class UnheardError(ModelError):
    """Nothing here recognises speech in the language of the home, which goes by text then."""

    code = "unheard"


class ModelHashError(ModelError):
    """A model file is not the one that its card describes."""

    code = "model_hash"


class CommandError(HearthError):
    """A command to an entity did not succeed."""

    code = "command_failed"


class DeniedError(CommandError):
    """The household's exposure rules do not allow this command from here."""

    code = "denied"


class LockedError(DeniedError):
    """hearth.toml decides on this, so that nothing else may change it."""

    code = "locked"


class ConfirmationRequiredError(CommandError):
    """The command is risky: ask, and send it again with `confirmed`."""

    code = "confirmation_required"


class CommandTimeoutError(CommandError):
    """The device did not acknowledge the command in time."""

    code = "timeout"


class UnavailableError(CommandError):
    """The device, broker or worker that would do this cannot be reached now."""

    code = "unavailable"


class SwitchedOffError(HearthError):
    """The household switched off what this would need."""

    code = "switched_off"


class StoreError(HearthError):
    """The database cannot be opened, migrated or written."""

    code = "store"


class ManifestError(HearthError):
    """A plugin's manifest or locale file is not as the SDK asks."""

    code = "manifest"


class PluginError(HearthError):
    """A skill or device integration failed while running."""

    code = "plugin"


class PackageError(HearthError):
    """A skill's package, or the key that signs it, is not to be used."""

    code = "package"


class GrantError(PluginError):
    """A plugin reached for a port that the household did not grant."""

    code = "grant"


class ProtocolError(HearthError):
    """A peer, satellite, broker or worker sent something that the protocol does not allow."""

    code = "protocol"


class WorkerDiedError(HearthError):
    """A worker process ended; what it was doing is lost, and it is being restarted."""

    code = "worker_died"


class SealError(HearthError):
    """A worker could not be cut off from network and files, so it was not started."""

    code = "seal"


class EgressError(HearthError):
    """A connection to a place that the household did not allow was refused."""

    code = "egress"


class PairingError(HearthError):
    """Two hubs could not be paired; the message says what is known of why."""

    code = "pairing"
