"""A desk with cash, quotes and a day that has begun."""

import pytest

from tests.risk.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
