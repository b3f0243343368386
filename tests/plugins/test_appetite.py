import os

from hub.plugins.cage.appetite import Appetite, Diet, Limits, appetite

LIMITS = Limits(cpu_share=0.5, cpu_burst_s=2.0, threads=4, memory_mb=10)


def taken(cpu_s: float = 0.0, threads: int = 1, memory: int = 0) -> Appetite:
    return Appetite(cpu_s=cpu_s, threads=threads, memory=memory)


def test_a_short_burst_is_fine_and_a_long_one_is_not() -> None:
    diet = Diet(LIMITS)
    assert diet.too_much(taken(2.0), 1.0) == ""
    assert diet.too_much(taken(2.5), 1.0) == ""
    assert "kept a processor busy" in diet.too_much(taken(4.5), 1.0)


def test_what_it_did_not_use_is_not_saved_up() -> None:
    diet = Diet(LIMITS)
    assert diet.too_much(taken(0.0), 1000.0) == ""
    assert diet.too_much(taken(3.0), 1.0) != ""


def test_half_a_processor_for_ever_is_within_its_share() -> None:
    diet = Diet(LIMITS)
    assert not any(diet.too_much(taken(0.5 * second), 1.0) for second in range(1, 1000))


def test_threads_and_memory_have_their_ends() -> None:
    assert "5 threads" in Diet(LIMITS).too_much(taken(threads=5), 1.0)
    assert "21 MB" in Diet(LIMITS).too_much(taken(memory=21 * 1024 * 1024), 1.0)


def test_it_is_read_from_the_kernel_and_none_of_nobody() -> None:
    own = appetite(os.getpid())
    assert own is not None
    assert own.threads >= 1
    assert own.memory > 1024 * 1024
    assert own.cpu_s >= 0.0
    assert appetite(2**22 + 1) is None
