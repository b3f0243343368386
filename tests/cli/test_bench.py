"""`hearth bench` as a command; what it measures has tests of its own."""

from tests.command import hearth


def test_a_bench_that_is_none_is_wrong_usage() -> None:
    ran = hearth("bench", "coffee-machine")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "'coffee-machine' is not one of 'bus'" in ran.stderr
