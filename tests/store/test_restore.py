"""Restoring: all or nothing, also when it is killed at any of its steps."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hub.core.errors import StoreError, UsageError
from hub.store.backup import manifest_of
from hub.store.backup_archive import pack
from hub.store.restore import check_replaceable, finish, is_unfinished, restore

OLD = {"hearth.toml": "old", "hearth.db": "old", "hearth.db-wal": "old", "skills/a/skill.py": "old", "only.old": "old"}
NEW = {"hearth.toml": "new", "hearth.db": "new", "skills/a/skill.py": "new", "swarm/identity.pem": "new"}


def fill(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def archive_of(folder: Path, files: dict[str, str] = NEW) -> bytes:
    return pack(fill(folder, files), manifest_of(folder, "Home"))


ASIDE = ("before-restore-", ".rest", "hub.running")


def home_in(root: Path) -> dict[str, str]:
    """The files of the home, without what is kept aside or of the moment."""
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and not path.relative_to(root).parts[0].startswith(ASIDE)
    }


def test_to_where_nothing_is(tmp_path: Path) -> None:
    root = tmp_path / "home"
    root.mkdir()
    (root / "hub.running").touch()
    manifest, aside = restore(root, archive_of(tmp_path / "source"))
    assert manifest.home == "Home" and aside is None
    assert home_in(root) == NEW
    assert sorted(path.name for path in root.iterdir()) == [
        "hearth.db",
        "hearth.toml",
        "hub.running",
        "skills",
        "swarm",
    ]


def test_the_old_home_is_kept_whole(tmp_path: Path) -> None:
    root = fill(tmp_path / "home", OLD)
    for _ in range(2):
        _, aside = restore(root, archive_of(tmp_path / "source"))
        assert aside is not None and home_in(root) == NEW
    kept = [home_in(path) for path in sorted(root.glob("before-restore-*"))]
    assert kept == [OLD, NEW]


def test_a_home_is_not_replaced_unless_told(tmp_path: Path) -> None:
    root = fill(tmp_path / "home", OLD)
    with pytest.raises(UsageError, match="holds a home"):
        check_replaceable(root, replace=False)
    check_replaceable(root, replace=True)
    check_replaceable(tmp_path / "nowhere", replace=False)
    (tmp_path / "empty" / "before-restore-1").mkdir(parents=True)
    (tmp_path / "empty" / "hub.running").touch()
    check_replaceable(tmp_path / "empty", replace=False)


def test_what_cannot_be_restored_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, archive = fill(tmp_path / "home", OLD), archive_of(tmp_path / "source")
    (tmp_path / "odd").mkdir()
    odd = archive_of(tmp_path / "odd", {"before-restore-1/hearth.toml": "new"})
    for bad in (archive[:-20], b"", odd, archive[:200]):
        with pytest.raises(StoreError):
            restore(root, bad)
        assert home_in(root) == OLD and sorted(p.name for p in root.iterdir()) == sorted({n.split("/")[0] for n in OLD})
    monkeypatch.setattr("hub.store.restore.HEAD", "0000")
    with pytest.raises(StoreError, match="newer version"):
        restore(root, archive)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hub.store.restore.unpack", full)
    with pytest.raises(StoreError, match="No space left"):
        restore(root, archive)
    assert home_in(root) == OLD and not (root / ".restoring").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from hub.store import restore

count, steps = int(sys.argv[3]), 0

def step(call):
    def called(*arguments, **options):
        global steps
        steps += 1
        if steps == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return called

os.rename, os.mkdir, os.unlink, os.rmdir, os.fsync, os.open = map(
    step, (os.rename, os.mkdir, os.unlink, os.rmdir, os.fsync, os.open)
)
root = Path(sys.argv[1])
if restore.is_unfinished(root):
    restore.finish(root)
else:
    restore.restore(root, Path(sys.argv[2]).read_bytes())
"""


def killed_at(root: Path, archive: Path, step: int) -> bool:
    command = [sys.executable, "-c", KILLED, str(root), str(archive), str(step)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode in (0, -signal.SIGKILL), ran.stderr
    return ran.returncode != 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.slow
def test_threat_40_killed_at_any_step_there_is_the_old_home_or_the_new(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(archive_of(tmp_path / "source"))
    step, found = 0, []
    while True:
        step += 1
        root = fill(tmp_path / f"home-{step}", OLD)
        killed = killed_at(root, archive, step)
        killed_again = is_unfinished(root) and killed_at(root, archive, 2)  # and the next one, that would mend it
        if is_unfinished(root):
            finish(root)
        home = home_in(root)
        assert home in (OLD, NEW), (step, home)
        if home == NEW:
            assert [home_in(aside) for aside in root.glob("before-restore-*")] == [OLD], step
        found.append((home == NEW, killed_again))
        shutil.rmtree(root)
        if not killed:
            break
    outcomes = [new for new, _ in found]
    assert outcomes == sorted(outcomes) and set(outcomes) == {False, True}, "old up to one step, new from there on"
    assert any(again for _, again in found)
