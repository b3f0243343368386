"""`hearth account`: who may come in, with no hub running; beside one it is in test_beside_accounts.py."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.cli.account import account
from hub.core.errors import CommandError, DeniedError, HearthError, NotFoundError, ValueRefusedError

TYPED = "correct horse\ncorrect horse\n"


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.cli.account.log_to_stderr", lambda: None)  # this process has logs of its own


def _ran(home: Path, *arguments: str, typed: str = TYPED) -> Result:
    return CliRunner().invoke(account, [*arguments, "--config", str(home)], input=typed)


def _names(home: Path) -> list[str]:
    return [" ".join(line.split()[:2]) for line in _ran(home, "list").stdout.splitlines()]


def test_an_owner_is_made_others_come_in_and_go(home: Path, tmp_path: Path) -> None:
    assert "no owner yet" in _ran(home, "list").stdout
    assert "as owner" in _ran(home, "add", "Ann").stdout
    secret = tmp_path / "secret"
    secret.write_text("battery staple\n")
    assert "as guest" in _ran(home, "add", "Bob", "--role", "guest", "--password-file", str(secret)).stdout
    assert "as member" in _ran(home, "add", "Cleo").stdout
    assert _names(home) == ["Ann owner", "Bob guest", "Cleo member"]
    assert _ran(home, "remove", "BOB").stdout == "Bob comes in no more\n"
    assert _names(home) == ["Ann owner", "Cleo member"]
    changed = _ran(home, "password", "ann", typed="another one\nanother one\n")
    assert changed.stdout.endswith("Ann logs in with the new password\n")
    assert "another one" not in changed.output


@pytest.mark.parametrize(
    ("arguments", "typed", "error"),
    [
        (("add", "Bob", "--role", "guest"), TYPED, CommandError),
        (("add", "Ann"), "short\nshort\n", ValueRefusedError),
        (("remove", "Ann"), "", NotFoundError),
    ],
)
def test_what_cannot_be_is_refused(
    home: Path, arguments: tuple[str, ...], typed: str, error: type[HearthError]
) -> None:
    assert isinstance(_ran(home, *arguments, typed=typed).exception, error)


def test_a_home_keeps_an_owner(home: Path) -> None:
    _ran(home, "add", "Ann")
    assert isinstance(_ran(home, "remove", "Ann").exception, DeniedError)
    assert isinstance(_ran(home, "add", "ANN").exception, ValueRefusedError)
