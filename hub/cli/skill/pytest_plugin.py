"""The pytest plugin of `hearth skill test`: the fixture `home`, and tests that are coroutines."""

import asyncio
import inspect
from pathlib import Path

import pytest

from hub.cli.skill.trial_home import SpokenHome
from hub.core.errors import HearthError
from hub.sdk.testing import Home


@pytest.fixture
def home(request: pytest.FixtureRequest) -> Home:
    """A fresh home with the skill whose folder the test is in."""
    for folder in request.path.parents:
        if (folder / "skill.toml").is_file():
            try:
                return SpokenHome(Path(folder))
            except HearthError as error:
                raise pytest.fail.Exception(str(error), pytrace=False) from None
    raise pytest.UsageError("there is no skill.toml above this test")


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
