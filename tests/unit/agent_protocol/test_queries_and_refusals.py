"""How connections introduce themselves, and how they are refused."""

import pytest

from roadstead.agent_protocol import refusals
from roadstead.agent_protocol.queries import (
    AcsQuery,
    QueryError,
    TcsQuery,
    build_acs,
    build_tcs,
    parse_acs,
    parse_tcs,
)

INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/proto/d773bf63"


def test_the_query_of_awss_agent_is_read() -> None:
    query = (
        "agentHash=a8b3e7d3&agentVersion=1.105.1&clusterArn=proto&containerInstanceArn="
        "arn%3Aaws%3Aecs%3Aus-east-1%3A123456789012%3Acontainer-instance%2Fproto%2Fd773bf63"
        "&dockerVersion=DockerVersion%3A+20.10.24%2Bdfsg1&protocolVersion=2&sendCredentials=true"
        "&seqNum=1"
    )
    assert parse_acs(query) == AcsQuery(
        cluster="proto",
        container_instance_arn=INSTANCE,
        agent_version="1.105.1",
        agent_hash="a8b3e7d3",
        docker_version="20.10.24+dfsg1",
        protocol_version=2,
        sequence_number=1,
        send_credentials=True,
    )


def test_our_queries_are_read_as_they_were_meant() -> None:
    one = AcsQuery(
        cluster="a b/c",
        container_instance_arn=INSTANCE,
        docker_version="oci+x",
        protocol_version=2,
        sequence_number=1,
        send_credentials=True,
    )
    assert parse_acs(build_acs(one)) == one
    other = TcsQuery(cluster="a b", container_instance_arn=INSTANCE, docker_version="1+2")
    assert parse_tcs(build_tcs(other)) == other
    assert "+" not in build_acs(one)


@pytest.mark.parametrize(
    "query",
    ["", "clusterArn=c", f"containerInstanceArn={INSTANCE}", "clusterArn=&containerInstanceArn=i"],
)
def test_a_query_that_does_not_say_who_connects_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        parse_acs(query)


@pytest.mark.parametrize("number", ["-1", "two", "1e3", "9" * 40, "²"])
def test_a_protocol_version_that_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(QueryError):
        parse_acs(f"clusterArn=c&containerInstanceArn=i&protocolVersion={number}")


@pytest.mark.parametrize(
    "body",
    [
        '{"InactiveInstanceException":"gone"}',
        '{"type":"InactiveInstanceException","message":{"message":"gone"}}',
        refusals.refusal_body("InactiveInstanceException", "gone").decode(),
    ],
)
def test_both_spellings_of_a_refusal_are_read(body: str) -> None:
    assert refusals.read_refusal(body) == ("InactiveInstanceException", "gone")


@pytest.mark.parametrize("body", ["", "x", "[]", "{}", '{"a":"b","c":"d"}', '{"a":1}'])
def test_what_is_no_refusal_is_not_taken_for_one(body: str) -> None:
    assert refusals.read_refusal(body) == ("", "")


def test_a_close_reason_fits_a_control_frame_and_says_inactive() -> None:
    reason = refusals.inactive_close_reason(INSTANCE)
    assert refusals.tells_inactive(reason)
    assert len(refusals.fit_close_reason("é" * 200).encode()) <= 123
