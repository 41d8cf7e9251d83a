"""Fixtures of the wire tests."""

import botocore.auth
import pytest
from sigv4_oracle import NOW


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's clock stands at NOW."""
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: NOW.replace(tzinfo=None))
