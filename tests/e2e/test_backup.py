"""A home backed up while its hub runs, and put back; what is wrong with a backup is one line and changes nothing."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import failed, hearth, lines_of
from tests.e2e.conftest import Run

PASSPHRASE = "correct horse battery staple"
pytestmark = pytest.mark.slow  # age's way from a passphrase to a key takes seconds, which is what it is for


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n")
    return path


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a home of one setting."""
    folder = tmp_path_factory.mktemp("backup")
    (folder / "home").mkdir()
    (folder / "home" / "hearth.toml").write_text('[home]\nname = "Cabin"\n')
    (folder / "passphrase").write_text(PASSPHRASE)
    ran = hearth("backup", folder / "a.age", "--config", folder / "home", "--passphrase-file", folder / "passphrase")
    assert ran.returncode == 0, ran.stderr
    return folder / "a.age"


def content(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_running_hub_is_backed_up_and_lives_on_elsewhere(
    demo_home: Path, run: Run, secret: Path, tmp_path: Path
) -> None:
    (demo_home / "skills" / "mine").mkdir(parents=True)
    (demo_home / "skills" / "mine" / "notes.txt").write_text("mine")
    hub = run(demo_home, "--deaf")
    hub.wait("api/v1/entities", lambda found: found)
    ran = hearth("home", "set", "light.kitchen", "on", "--config", demo_home)
    assert ran.returncode == 0, ran.stderr
    file = tmp_path / "home.age"
    ran = hearth("backup", file, "--json", "--config", demo_home, "--passphrase-file", secret)
    assert ran.returncode == 0, ran.stderr
    [told] = lines_of(ran)
    assert told["file"] == str(file) and told["bytes"] == file.stat().st_size and told["files"] >= 3
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert list(tmp_path.glob(".*.new")) == [] and not (demo_home / ".backup-draft").exists()
    failed(hearth("restore", file, "--replace", "--config", demo_home, "--passphrase-file", secret), "a hub runs over")
    new = tmp_path / "new" / "home"
    ran = hearth("restore", file, "--json", "--config", new, "--passphrase-file", secret)
    assert ran.returncode == 0, ran.stderr
    [told] = lines_of(ran)
    assert (told["home"], told["aside"]) == (str(new), "")
    assert (new / "skills" / "mine" / "notes.txt").read_text() == "mine"
    assert (new / "hearth.toml").read_bytes() == (demo_home / "hearth.toml").read_bytes()
    states = {line["entity"]: line["traits"] for line in lines_of(hearth("home", "--json", "--config", new))}
    assert states["light.kitchen"]["OnOff"] is True


def test_a_wrong_passphrase_and_a_damaged_file_change_nothing(
    backup: Path, demo_home: Path, secret: Path, tmp_path: Path
) -> None:
    hearth("say", "hello", "--config", demo_home)
    (demo_home / "hub.running").touch(mode=0o600)
    before = content(demo_home)
    wrong, cut, changed = (tmp_path / name for name in ("wrong", "cut.age", "changed.age"))
    wrong.write_text("incorrect horse")
    whole = backup.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    changed.write_bytes(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    for file, passphrase, said in (
        (backup, wrong, "the passphrase is not that of this backup"),
        (cut, secret, "the backup is damaged"),
        (changed, secret, "the backup is damaged"),
        (secret, secret, "this is no backup"),
    ):
        ran = hearth("restore", file, "--replace", "--config", demo_home, "--passphrase-file", passphrase)
        failed(ran, said)
        assert content(demo_home) == before


def test_a_home_is_not_overwritten_by_accident(backup: Path, demo_home: Path, secret: Path, tmp_path: Path) -> None:
    ran = hearth("restore", backup, "--config", demo_home, "--passphrase-file", secret)
    failed(ran, "holds a home already", "--replace", code=2)
    ran = hearth("restore", backup, "--replace", "--config", demo_home, "--passphrase-file", secret)
    assert ran.returncode == 0, ran.stderr
    assert "Cabin" in ran.stdout and "before-restore-" in ran.stdout
    assert "Cabin" in (demo_home / "hearth.toml").read_text()
    [aside] = demo_home.glob("before-restore-*")
    assert "Demo home" in (aside / "hearth.toml").read_text()
    failed(hearth("restore", backup, "--config", "demo", "--passphrase-file", secret), "demo home", code=2)
    failed(hearth("restore", tmp_path / "no", "--config", tmp_path / "fresh", "--passphrase-file", secret), "no")
    assert not (tmp_path / "fresh").exists(), "what was made for nothing is gone again"


def test_the_next_command_finishes_a_restore_that_was_killed(demo_home: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(demo_home, source)
    (source / "hearth.toml").write_text('[home]\nname = "Cabin"\n\n[[area]]\nid = "loft"\nname = "loft"\n')
    script = (
        "import os, signal, sys; from pathlib import Path; from hub.store import restore\n"
        "from hub.store.backup import manifest_of; from hub.store.backup_archive import pack\n"
        "source = Path(sys.argv[2]); archive = pack(source, manifest_of(source, 'Cabin'))\n"
        "restore.finish = lambda root: os.kill(os.getpid(), signal.SIGKILL)\n"
        "restore.restore(Path(sys.argv[1]), archive)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(demo_home), str(source)], check=False, timeout=60)
    assert ran.returncode == -signal.SIGKILL
    assert (demo_home / ".restored").is_dir()
    told = hearth("home", "export", "--config", demo_home).stdout
    assert 'name = "Cabin"' in told
    assert not (demo_home / ".restored").exists() and len(list(demo_home.glob("before-restore-*"))) == 1


def test_a_backup_that_is_killed_leaves_the_one_before(demo_home: Path, secret: Path, tmp_path: Path) -> None:
    file = tmp_path / "home.age"
    file.write_bytes(b"age-encryption.org/v1\nthe one before")
    script = (
        "import os, signal, sys; from pathlib import Path; from hub.cli.main import main\n"
        "Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.argv[0] = 'hearth'; main()\n"
    )
    options = ("--config", str(demo_home), "--passphrase-file", str(secret))
    ran = subprocess.run([sys.executable, "-c", script, "backup", str(file), *options], check=False, timeout=60)
    assert ran.returncode == -signal.SIGKILL
    assert file.read_bytes().endswith(b"the one before")
    ran_again = hearth("backup", file, *options)
    assert ran_again.returncode == 0 and list(tmp_path.glob(".*.new")) == []


def test_what_may_not_be_a_backup_or_a_passphrase(demo_home: Path, secret: Path, tmp_path: Path) -> None:
    def backup(*options: str | os.PathLike[str]) -> "subprocess.CompletedProcess[str]":
        return hearth("backup", *map(str, options), "--config", demo_home)

    short, empty = tmp_path / "short", tmp_path / "empty"
    short.write_text("horse")
    empty.touch()
    failed(backup(demo_home / "a.age", "--passphrase-file", secret), "lies in the home itself", code=2)
    failed(backup(secret, "--passphrase-file", secret), "no backup", code=2)
    failed(backup(tmp_path / "a.age", "--passphrase-file", short), "too short", code=2)
    failed(backup(tmp_path / "a.age", "--passphrase-file", empty), "is empty", code=2)
    (tmp_path / "bare").mkdir()
    nothing = ("backup", str(tmp_path / "a.age"), "--config", str(tmp_path / "bare"), "--passphrase-file", str(secret))
    failed(hearth(*nothing), "holds no home", code=2)
    assert not (tmp_path / "a.age").exists()
