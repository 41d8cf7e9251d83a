"""Which service a request is for, what it speaks, and refusals in that language."""

import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import cbor2
import pytest
from botocore.exceptions import ClientError

from api_server import REGION, ApiServer
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest
from roadstead.aws.models import service_model
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.clock import SystemClock
from roadstead.ids import SystemIds
from roadstead.keys import Key
from roadstead.server.control_plane import all_apis
from roadstead.server.key_ring import KeyRing
from roadstead.server.sign_in_links import SignInLinks

FORM = "application/x-www-form-urlencoded"
STRANGER = Key(
    access_key_id="AKIASTRANGER", secret_access_key="s", kind="root", account="1", arn="a"
)


def _sent(
    server: ApiServer,
    service: str,
    body: bytes,
    *,
    path: str = "/",
    method: str = "POST",
    **headers: str,
) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer to a request signed with the root key."""
    host = server.endpoint.removeprefix("http://")
    given = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    request = HttpRequest(method, path, "", given, body)
    key = Credentials(server.ROOT.access_key_id, server.ROOT.secret_access_key)
    signed = {**given, **sign(request, key, REGION, service, datetime.now(UTC))}
    try:
        with urllib.request.urlopen(  # our own server
            urllib.request.Request(  # our own server
                server.endpoint + path, data=body, headers=signed, method=method
            )
        ) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["content-type"], error.read()


def test_what_names_a_service_is_what_its_model_says() -> None:
    names = ("ecs", "", "ec2", "elbv2", "elb", "servicediscovery", "acm")
    clock, ids = SystemClock(), SystemIds()
    links = SignInLinks(KeyRing((), clock), clock, ids)
    for name, api in zip(names, all_apis(clock, links), strict=True):
        model = api.model
        assert api.target_prefix == model.target_prefix
        if name:
            assert model is service_model(name)
        if not api.target_prefix:
            assert api.api_version == model.api_version
            assert model.protocols == (("ec2",) if name == "ec2" else ("query",))
        assert api.operations <= set(model.operations)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code"),
    [
        ("ec2", "describe_instances", {}, "UnsupportedOperation"),
        ("elbv2", "describe_trust_stores", {}, "OperationNotPermitted"),
        (
            "elb",
            "create_lb_cookie_stickiness_policy",
            {"LoadBalancerName": "old", "PolicyName": "sticky"},
            "OperationNotPermitted",
        ),
        (
            "servicediscovery",
            "create_public_dns_namespace",
            {"Name": "example.com"},
            "UnsupportedFeatureException",
        ),
        ("acm", "get_account_configuration", {}, "UnsupportedFeatureException"),
    ],
)
def test_every_service_says_what_it_does_not_do(
    server: ApiServer, service: str, operation: str, parameters: dict[str, str], code: str
) -> None:
    with pytest.raises(ClientError) as refusal:
        getattr(server.client(service), operation)(**parameters)
    assert refusal.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("service", "operation", "codes"),
    [
        ("ec2", "describe_vpcs", ("AuthFailure", "AuthFailure", "UnauthorizedOperation")),
        (
            "elbv2",
            "describe_load_balancers",
            ("InvalidClientTokenId", "SignatureDoesNotMatch", "AccessDenied"),
        ),
        (
            "servicediscovery",
            "list_namespaces",
            ("UnrecognizedClientException", "InvalidSignatureException", "AccessDeniedException"),
        ),
    ],
)
def test_who_is_not_believed_hears_it_in_the_services_words(
    server: ApiServer, service: str, operation: str, codes: tuple[str, ...]
) -> None:
    wrong = Key(
        access_key_id=server.ROOT.access_key_id,
        secret_access_key="wrong",
        kind="root",
        account="1",
        arn="a",
    )
    for key, code in zip((STRANGER, wrong, server.INSTANCE), codes, strict=True):
        with pytest.raises(ClientError) as refusal:
            getattr(server.client(service, key=key), operation)()
        assert refusal.value.response["Error"]["Code"] == code


def test_ecs_speaks_cbor_too(server: ApiServer) -> None:
    headers = {"content_type": "application/cbor", "smithy_protocol": "rpc-v2-cbor"}
    path = "/service/AmazonEC2ContainerServiceV20141113/operation/CreateCluster"
    body = cbor2.dumps({"clusterName": "c"})
    status, media_type, answer = _sent(server, "ecs", body, path=path, **headers)
    assert (status, media_type) == (200, "application/cbor")
    assert cbor2.loads(answer)["cluster"]["clusterName"] == "c"
    gone = path.replace("CreateCluster", "DescribeServices")
    body = cbor2.dumps({"cluster": "none", "services": ["s"]})
    status, media_type, answer = _sent(server, "ecs", body, path=gone, **headers)
    assert (status, cbor2.loads(answer)["__type"]) == (400, "ClusterNotFoundException")
    status, _, answer = _sent(server, "ecs", b"\xa0", path="/service/Moon/operation/X", **headers)
    assert (status, cbor2.loads(answer)["__type"]) == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    ("service", "fields", "part"),
    [
        ("ec2", {"Version": "2014-10-01"}, b"<Response><Errors><Error><Code>NoSuchVersion</Code>"),
        ("ec2", {}, b"<Code>MissingParameter</Code>"),
        ("elasticloadbalancing", {"Version": "1"}, b"<ErrorResponse><Error><Type>Sender</Type>"),
        ("ec2", {"Version": "2015-12-01"}, b"<Code>SignatureDoesNotMatch</Code>"),
    ],
)
def test_a_version_that_we_do_not_have_is_refused(
    server: ApiServer, service: str, fields: dict[str, str], part: bytes
) -> None:
    body = urlencode({"Action": "DescribeVpcs", **fields}).encode()
    status, media_type, answer = _sent(server, service, body, content_type=FORM)
    assert status in (400, 403)
    assert media_type.startswith("text/xml")
    assert part in answer


def test_a_form_is_posted(server: ApiServer) -> None:
    body = urlencode({"Version": "2016-11-15", "Action": "DescribeVpcs"}).encode()
    status, _, answer = _sent(server, "ec2", body, method="PUT", content_type=FORM)
    assert status == 405
    assert b"<Code>InvalidRequest</Code>" in answer


def test_a_form_that_is_too_long_is_refused_in_xml(server: ApiServer) -> None:
    body = b"Version=2016-11-15&Action=DescribeVpcs&x=" + b"a" * BODY_BYTES_MAX
    status, media_type, answer = _sent(server, "elasticloadbalancing", body, content_type=FORM)
    assert status == 413
    assert media_type.startswith("text/xml")
    assert b"RequestEntityTooLarge" in answer


def test_what_breaks_inside_is_told_in_the_services_words(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setitem(
        server.plane.dispatcher._by_version["2016-11-15"].reads, "DescribeVpcs", broken
    )
    with pytest.raises(ClientError) as refusal:
        server.client("ec2").describe_vpcs()
    assert refusal.value.response["Error"]["Code"] == "InternalError"
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
