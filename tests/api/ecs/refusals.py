"""What a boto3 call is refused with."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """Code and message of the error that the call meets."""
    with pytest.raises(ClientError) as refusal:
        operation(**parameters)
    error = refusal.value.response["Error"]
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Code"], error["Message"]
