"""What a boto3 call is refused with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """Code and message of the error that the call meets."""
    with pytest.raises(ClientError) as refusal:
        operation(**parameters)
    error = refusal.value.response["Error"]
    status = refusal.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert status == (412 if error["Code"] == "DryRunOperation" else 400)
    return error["Code"], error["Message"]


def code_of(operation: Callable[..., Any], **parameters: Any) -> str:
    """The code of the error that the call meets."""
    return refused(operation, **parameters)[0]


@contextmanager
def refusal_with(code: str, text: str = "") -> Iterator[dict[str, Any]]:
    """What is done within is refused with this code, and a message that has this text.

    What it yields is the whole answer, afterwards.
    """
    answer: dict[str, Any] = {}
    with pytest.raises(ClientError) as refusal:
        yield answer
    answer.update(refusal.value.response)
    error = answer["Error"]
    assert error["Code"] == code, error
    assert text in error["Message"], error
