"""The files of the web server in a home's directory, and the token by which commands on this machine are known.

Who can read the token's file can read the home's database too: it lets nobody in who could not do as they like anyway.
"""

from pathlib import Path

from msgspec import Struct

from hub.store.secret_files import read_secret, write_secret
from hub.web.access.secrets_shown import fresh_token


class WebFiles(Struct, frozen=True):
    """The files in `folder`, which is the hub's alone."""

    folder: Path

    @classmethod
    def of(cls, home: Path) -> "WebFiles":
        """Those of the home in this directory."""
        return cls(home / "web")

    @property
    def token(self) -> Path:
        """What a command on this machine shows to the hub that runs; another one at each start."""
        return self.folder / "command.token"

    @property
    def root(self) -> Path:
        """The certificate of the home's own authority."""
        return self.folder / "ca.crt"

    @property
    def root_key(self) -> Path:
        """The authority's key."""
        return self.folder / "ca.key"

    @property
    def leaf(self) -> Path:
        """The server's certificate and its key."""
        return self.folder / "server.pem"

    def new_token(self) -> str:
        """A token for this run of the hub, written with mode 0600. Raises `StoreError`."""
        token = fresh_token()
        write_secret(self.token, token.encode("ascii"))
        return token

    def read_token(self) -> str:
        """The token of the hub that runs, empty where there is none. Raises `StoreError` when others can read it."""
        return (read_secret(self.token) or b"").decode("ascii", "replace")
