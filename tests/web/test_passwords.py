from argon2 import PasswordHasher, extract_parameters

from hub.web.access.passwords import Passwords


def _cheap() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def test_a_password_fits_its_hash_and_no_other() -> None:
    passwords = _cheap()
    kept = await passwords.hash("correct horse")
    assert kept != await passwords.hash("correct horse")  # a salt of its own
    assert await passwords.fits(kept, "correct horse")
    for wrong in ("correct horse ", "correct hors", "", "x" * 10_000, "\ud800", "a\x00b"):
        assert not await passwords.fits(kept, wrong)
    assert not await passwords.fits("no hash at all", "correct horse")


async def test_nobody_has_no_password() -> None:
    assert not await _cheap().fits(None, "nobody has this password")


async def test_hashing_is_as_slow_as_the_library_advises() -> None:
    parameters = extract_parameters(await Passwords().hash("correct horse"))
    assert parameters.type.name == "ID"
    assert parameters.memory_cost >= 64 * 1024
    assert parameters.time_cost >= 3
