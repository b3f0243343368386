import pytest

from tests.perception.ears.fakes import Fakes


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()
