"""Threat 37 again, for a hub that does not run as root; skipped where root cannot become somebody else."""

import json
import sys
from pathlib import Path

import pytest

from hub.guard.sealing.syscalls import this_architecture
from tests.plugins.ordinary_user import as_ordinary_user
from tests.plugins.refused import check

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(this_architecture() is None, reason="cages need Linux on x86-64 or arm64")
def test_threat_37_every_attempt_of_a_harmful_skill_fails_for_an_ordinary_user() -> None:
    ran = as_ordinary_user([sys.executable, "-m", "tests.plugins.harm"], ROOT)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["uid"] != 0
    check(told)
