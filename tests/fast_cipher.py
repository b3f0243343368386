"""A cipher for tests about all of a backup but its secrecy: age's takes seconds, on purpose, each time."""

from types import SimpleNamespace

import pytest


def use_fast_cipher(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cipher that takes no seconds, and none of whose files is opened by another passphrase."""
    begins = b"age-encryption.org/v1\n"

    def decrypt(sealed: bytes, passphrase: str) -> bytes:
        head = begins + passphrase.encode()
        if not sealed.startswith(head):
            raise ValueError("Decryption failed")
        return sealed[len(head) :]

    cipher = SimpleNamespace(encrypt=lambda data, passphrase: begins + passphrase.encode() + data, decrypt=decrypt)
    fake = SimpleNamespace(passphrase=cipher, DecryptError=ValueError)
    monkeypatch.setattr("hub.store.backup_file.pyrage", fake)
