"""What a form may look like beyond what botocore would send, and how the rest is refused."""

import contextlib
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from forms_oracle import MODELS, form_request
from hypothesis import given, settings
from hypothesis import strategies as st

from roadstead.aws.errors import ApiError
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest
from roadstead.aws.protocol import ec2, query
from roadstead.aws.protocol.form import DEPTH_MAX, FIELDS_MAX, form_field

MODULES: dict[str, ModuleType] = {"ec2": ec2, "elbv2": query}


def _ec2(text: str) -> dict[str, Any]:
    return ec2.decode(MODELS["ec2"], form_request(text))[1]


def _elbv2(text: str) -> dict[str, Any]:
    return query.decode(MODELS["elbv2"], form_request(text))[1]


def _refusal(service: str, request: HttpRequest) -> tuple[str, str]:
    with pytest.raises(ApiError) as refused:
        MODULES[service].decode(MODELS[service], request)
    return refused.value.code, refused.value.message


def test_entries_of_a_list_come_in_the_order_of_their_numbers_with_gaps() -> None:
    assert _ec2("Action=DescribeVpcs&VpcId.10=c&VpcId.2=b&VpcId.1=a") == {"VpcIds": ["a", "b", "c"]}


def test_an_ec2_name_may_begin_with_a_small_letter() -> None:
    assert _ec2("Action=DescribeVpcs&dryRun=true") == {"DryRun": True}


def test_lists_of_query_may_be_empty() -> None:
    assert _elbv2("Action=DescribeLoadBalancers&Names=") == {"Names": []}


def test_letters_beyond_ascii_and_spaces_come_as_they_were_meant() -> None:
    found = _ec2("Action=DescribeVpcs&Filter.1.Name=tag%3A%C3%A9&Filter.1.Value.1=a+b%2Bc%20d")
    assert found == {"Filters": [{"Name": "tag:é", "Values": ["a b+c d"]}]}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T03:04:05Z", datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)),
        ("2026-11-22T04:04:05.250%2B01:00", datetime(2026, 11, 22, 3, 4, 5, 250000, tzinfo=UTC)),
        ("2026-11-22T03:04:05", datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)),
        ("1795316645", datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_a_time_may_be_written_in_these_ways(text: str, moment: datetime) -> None:
    found = _ec2(f"Action=DescribeSpotPriceHistory&StartTime={text}")
    assert found == {"StartTime": moment}


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("Version=2016-11-15", "MissingAction", "Action"),
        ("Action=DescribeMoons", "InvalidAction", "The action DescribeMoons is not valid"),
        ("Action=DescribeVpcs&Moon=1", "UnknownParameter", "The parameter Moon is not recognized"),
        ("Action=DeleteVpc", "MissingParameter", "must contain the parameter VpcId"),
        ("Action=DescribeVpcs&MaxResults=4", "InvalidParameterValue", "Value (4) for parameter"),
        ("Action=DescribeVpcs&MaxResults=x", "InvalidParameterValue", "a whole number"),
        ("Action=DescribeVpcs&MaxResults=1_0", "InvalidParameterValue", "a whole number"),
        ("Action=DescribeVpcs&MaxResults=--5", "InvalidParameterValue", "a whole number"),
        ("Action=DescribeVpcs&DryRun=maybe", "InvalidParameterValue", "true or false"),
        ("Action=DescribeVpcs&VpcId.a=x", "InvalidParameterValue", "the number of a list's entry"),
        (
            "Action=CreateVpc&InstanceTenancy=cosy",
            "InvalidParameterValue",
            "Value (cosy) for parameter InstanceTenancy",
        ),
        ("Action=DescribeSpotPriceHistory&StartTime=noon", "InvalidParameterValue", "a number"),
        ("Action=DescribeSpotPriceHistory&StartTime=1e300", "InvalidParameterValue", "a time"),
        ("Action=DescribeVpcs&%ff=1", "MalformedQueryString", "UTF-8"),
        (
            "Action=DescribeVpcs&" + "a." * DEPTH_MAX + "b=1",
            "MalformedQueryString",
            "parts",
        ),
        ("Action=DescribeVpcs" + "&" * FIELDS_MAX, "MalformedQueryString", "fields"),
    ],
)
def test_what_ec2_refuses_it_says_in_its_own_words(text: str, code: str, part: str) -> None:
    found = _refusal("ec2", form_request(text))
    assert found[0] == code
    assert part in found[1]


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("", "MissingAction", "missing an action"),
        ("Action=DescribeMoons", "InvalidAction", "Could not find operation DescribeMoons"),
        (
            "Action=DeleteLoadBalancer",
            "ValidationError",
            "1 validation error detected: Value null at 'LoadBalancerArn' failed",
        ),
        (
            "Action=DescribeLoadBalancers&PageSize=500",
            "ValidationError",
            "Member must have value less than or equal to 400",
        ),
        ("Action=DescribeLoadBalancers&PageSize=many", "ValidationError", "a whole number"),
        (
            "Action=CreateLoadBalancer&Name=n&Scheme=open",
            "ValidationError",
            "Member must satisfy enum value set: [internet-facing, internal]",
        ),
    ],
)
def test_what_query_refuses_it_says_in_its_own_words(text: str, code: str, part: str) -> None:
    found = _refusal("elbv2", form_request(text))
    assert found[0] == code
    assert part in found[1]


def test_members_that_the_model_of_a_query_service_lacks_are_dropped() -> None:
    assert _elbv2("Action=DescribeLoadBalancers&Moon=1") == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"method": "GET"}, "InvalidRequest"),
        ({"headers": {"content-type": "text/plain"}}, "InvalidRequest"),
        ({"headers": {}}, "InvalidRequest"),
        ({"body": b"a" * (BODY_BYTES_MAX + 1)}, "RequestEntityTooLarge"),
    ],
)
def test_what_is_no_form_is_refused(changes: dict[str, Any], code: str) -> None:
    assert _refusal("ec2", form_request("Action=DescribeVpcs", **changes))[0] == code


def test_a_field_is_found_by_its_whole_name() -> None:
    body = b"MyVersion=1&Action=a&Version=2016%2D11-15"
    assert form_field(body, "Version") == "2016-11-15"
    assert form_field(body, "Moon") == ""


@given(body=st.binary(max_size=200) | st.text("Action=DesribVpc&.123%Fltr", max_size=80))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_decoded_or_refused(body: bytes | str) -> None:
    raw = body if isinstance(body, bytes) else body.encode()
    for start in (b"", b"Action=DescribeVpcs&", b"Action=DescribeTags&"):
        request = HttpRequest(
            "POST", "/", "", {"content-type": "application/x-www-form-urlencoded"}, start + raw
        )
        for name, module in MODULES.items():
            with contextlib.suppress(ApiError):
                module.decode(MODELS[name], request)
