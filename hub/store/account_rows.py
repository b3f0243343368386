"""What is kept of an account, and of what is shown instead of a password.

Apart from the table, so that whoever only speaks of them need not load the database's library.
"""

from typing import Literal

from msgspec import Struct

Kind = Literal["session", "token", "device"]


class Account(Struct, frozen=True, kw_only=True):
    """Somebody who may come in. `key` is the name as it is compared, `password` its argon2id hash."""

    id: str
    name: str
    key: str
    role: str
    password: str
    created: float


class Credential(Struct, frozen=True, kw_only=True):
    """A session, a token or a known device of an account. `secret` is the SHA-256 of what its holder shows.

    `created` and `used` are UTC seconds; a hub that was killed may know a use less.
    """

    id: str
    kind: Kind
    account: str
    secret: str
    name: str = ""
    scope: str = ""
    created: float
    used: float
