"""What every test may rely on, and the rule that what CI must have is not skipped."""

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest

from hub.core.bus import Bus
from hub.inference.runtime import NO_TELEMETRY

os.environ.update(NO_TELEMETRY)  # tests compare with libraries that load ONNX Runtime by themselves
_REQUIRED = frozenset(filter(None, os.environ.get("HEARTH_REQUIRE", "").split(",")))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real recordings; the test is skipped where there is none."""
    root = os.environ.get("HEARTH_DATA", "")
    if not root or not Path(root).is_dir():
        pytest.skip("real recordings are not here: set HEARTH_DATA (docs/data.md)")
    return Path(root)


@pytest.fixture
def bus() -> Bus:
    """A bus of the test's own, which nobody else listens to."""
    return Bus()


def pytest_collection_finish() -> None:
    """What was collected stays to the end: looking through all of it for garbage, again and again, takes its time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where $HEARTH_REQUIRE names one of the test's markers."""
    report = yield
    needed = _REQUIRED & {mark.name for mark in item.iter_markers()}
    if report.skipped and needed and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although HEARTH_REQUIRE names {sorted(needed)}: {report.longrepr}"
    return report
