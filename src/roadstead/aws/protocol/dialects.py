"""Dialects: what a protocol says in each situation that has nothing to do with a service.

The road of a request is the same for all; it asks the dialect for the words.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.protocol import cbor, ec2, json, query
from roadstead.aws.refusals import EC2_REFUSALS, JSON_REFUSALS, QUERY_REFUSALS, Refusals
from roadstead.aws.shapes import ServiceModel


class Dialect(msgspec.Struct, frozen=True):
    """One protocol's way to read, to answer and to refuse."""

    decode: Callable[[ServiceModel, HttpRequest], tuple[str, dict[str, Any]]]
    encode: Callable[[ServiceModel, str, dict[str, Any], str], HttpResponse]
    encode_error: Callable[[ApiError, str], HttpResponse]
    refusals: Refusals
    internal_code: str
    unavailable_code: str
    too_long_code: str
    too_slow_code: str


JSON = Dialect(
    json.decode,
    json.encode,
    json.encode_error,
    JSON_REFUSALS,
    internal_code="ServerException",
    unavailable_code="ServerException",
    too_long_code="RequestEntityTooLargeException",
    too_slow_code="RequestTimeoutException",
)
CBOR = msgspec.structs.replace(
    JSON, decode=cbor.decode, encode=cbor.encode, encode_error=cbor.encode_error
)
QUERY = Dialect(
    query.decode,
    query.encode,
    query.encode_error,
    QUERY_REFUSALS,
    internal_code="InternalFailure",
    unavailable_code="ServiceUnavailable",
    too_long_code="RequestEntityTooLarge",
    too_slow_code="RequestTimeout",
)
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html"""
EC2 = Dialect(
    ec2.decode,
    ec2.encode,
    ec2.encode_error,
    EC2_REFUSALS,
    internal_code="InternalError",
    unavailable_code="Unavailable",
    too_long_code="RequestEntityTooLarge",
    too_slow_code="RequestTimeout",
)
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""
