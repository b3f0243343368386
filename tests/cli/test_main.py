import json
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli.choose_home import chosen_home
from hub.cli.main import COMMANDS
from hub.core.errors import UsageError
from tests.command import failed, hearth

HEAVY = ("numpy", "aiohttp", "sqlalchemy", "onnxruntime", "hassil", "jinja2", "rich", "structlog", "pocketsphinx")


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    script = (
        "import sys, json\nfrom hub.cli.main import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert all(f"  {name}" in ran.stdout for name in COMMANDS)
    assert json.loads(ran.stdout.splitlines()[-1]) == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_its_own_help(name: str) -> None:
    assert hearth(name, "--help").returncode == 0


def test_wrong_usage_is_2_and_trouble_is_1_with_one_line() -> None:
    assert hearth("fly").returncode == 2
    assert hearth().returncode == 2
    failed(hearth("--config", "/nowhere/at/all", "home"), "there is no directory '/nowhere/at/all'", code=2)
    failed(hearth("home", HEARTH_HOME="/dev/null"), "/dev/null cannot be a home", "$HEARTH_HOME", code=2)


def test_a_question_that_nobody_answers_ends_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    command = [sys.executable, "-m", "hub.cli", "backup", tmp_path / "a.age", "--config", tmp_path / "home"]
    ran = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        start_new_session=True,
    )
    assert ran.returncode == 1
    *_, told = ran.stderr.splitlines()
    assert told.startswith("hearth: nobody is there to answer")
    assert "GetPassWarning" not in ran.stderr  # which shows a line of code


def test_a_home_that_is_not_there_yet_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTH_HOME", str(tmp_path / "new" / "home"))
    with chosen_home(None) as paths:
        assert paths.root.is_dir() and paths.root.stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError), chosen_home(str(tmp_path / "mistyped")):
        pass
    with chosen_home(str(tmp_path / "wanted"), make=True) as paths:  # as `hearth run` does
        assert paths.root.is_dir()
