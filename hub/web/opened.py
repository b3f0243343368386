"""To whom the settings may open the web server."""

from hub.core.errors import SettingsError
from hub.core.settings import WebSettings
from hub.guard.loopback import is_loopback


def check_host(settings: WebSettings) -> None:
    """Raise `SettingsError` where the network could come in and nothing keeps it from the home.

    That the home has an owner is looked at later, once the store is open: `check_owner`.
    """
    if is_loopback(settings.host):
        return
    opens = f"[web] host = {settings.host!r} opens the hub to the network"
    if settings.accounts == "off":
        raise SettingsError(
            f"{opens}, and accounts are off", place="hearth.toml", remedy='use 127.0.0.1, or set accounts = "on"'
        )
    if not settings.tls:
        raise SettingsError(
            f"{opens}, and passwords would be sent in the clear",
            place="hearth.toml",
            remedy="set tls = true in [web], or use 127.0.0.1 and an SSH tunnel (ssh -L 8420:127.0.0.1:8420)",
        )


def check_owner(settings: WebSettings, *, owned: bool) -> None:
    """Raise `SettingsError` where the network may come in, and the home has no owner nor a code to make one with."""
    if owned or settings.setup_code or is_loopback(settings.host):
        return
    raise SettingsError(
        f"[web] host = {settings.host!r} opens the hub to the network, and the home has no owner",
        place="hearth.toml",
        remedy="make the owner first: with a loopback host, with setup_code = true, or by `hearth account add NAME`",
    )
