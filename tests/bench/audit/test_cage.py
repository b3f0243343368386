"""The audit's skill that means harm: held in a cage, and found out where nothing holds it."""

from pathlib import Path

import pytest

from hub.bench.audit import cage
from hub.bench.audit.cage import stranger_is_held
from hub.core.errors import SealError
from hub.guard.sealing.syscalls import this_architecture
from hub.plugins.cage.cages import Cages
from hub.plugins.discovery import FoundSkill

SEALS = pytest.mark.skipif(this_architecture() is None, reason="cages need Linux on x86-64 or arm64")


@pytest.mark.sealed
@SEALS
async def test_in_a_cage_it_can_do_nothing() -> None:
    found = await stranger_is_held()
    assert found.ok and "could not call, write, start or signal" in found.detail


async def test_where_nothing_holds_it_all_that_it_could_is_told() -> None:
    found = await stranger_is_held(uncaged=True)
    assert not found.ok
    for what in ("connect to an address", "run a program", "read the home", "reach somebody on the network"):
        assert f"a skill could {what}" in found.detail
    assert "change the home's files" in found.detail


async def test_where_there_is_no_cage_such_a_skill_does_not_run() -> None:
    class NoCages(Cages):
        async def open(self, found: FoundSkill) -> None:  # type: ignore[override]
            raise SealError("no filter today")

    found = await stranger_is_held(NoCages())
    assert found.ok and "do not run here" in found.detail and "no filter today" in found.detail


def test_it_comes_with_the_hub() -> None:
    assert (Path(cage.__file__).parent / "stranger" / "skills" / "stranger" / "locale" / "en.yaml").is_file()
