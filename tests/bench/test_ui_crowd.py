import os
import subprocess
import sys

from hub.bench.hub_process import processor_s


def test_pages_count_what_they_are_told() -> None:
    command = [sys.executable, "-m", "hub.bench.plain_live", "50"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdout is not None
        port = int(peer.stdout.readline())
        pages = subprocess.run(
            [sys.executable, "-m", "hub.bench.many_pages", f"ws://127.0.0.1:{port}/", "3", "0.5"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        peer.kill()
    opened, told = pages.stdout.splitlines()
    assert opened == "open"
    assert 0 < float(told) <= 100


def test_processor_time_is_what_was_used() -> None:
    before = processor_s(os.getpid())
    sum(number * number for number in range(3_000_000))
    assert processor_s(os.getpid()) > before
