"""What must have come of what a harmful plugin tried."""

from typing import Any

from hub.guard.sealing import landlock
from hub.guard.sealing.syscalls import this_architecture

REFUSED = {"EPERM", "EACCES", "ENOSYS"}


OTHERWISE = {
    "dns": "no name",  # its library reports failures of its own
    "raise its limits": "ValueError",
    "core files": "ValueError",
    "ten gigabytes": "MemoryError",
    "ten gigabytes mapped": "ENOMEM",
    "many descriptors": "EMFILE",
}


def check(told: dict[str, Any], *, landlocked: bool = True) -> None:
    architecture = this_architecture()
    assert architecture is not None
    files_are_hidden = landlocked and landlock.version(architecture) > 0
    for way, outcome in told["found"].items():
        if way in OTHERWISE:
            assert outcome.startswith(OTHERWISE[way]), f"{way}: {outcome}"
        elif files_are_hidden or not way.startswith("read: "):
            assert outcome in REFUSED, f"{way}: {outcome}"
    assert len(told["found"]) > 100
    assert told["victim_lives"]
    assert not told["reached"]
    assert (told["secret"], told["files"]) == ("the household's", ["secret.txt"])
    given = told["given"]
    assert set(given["environment"]) <= {"LANG", "TZ", "LD_LIBRARY_PATH"}
    assert [given["descriptors"][n].partition(":")[0] for n in "0123"] == ["/dev/null", "pipe", "pipe", "socket"]
