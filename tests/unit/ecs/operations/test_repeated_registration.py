"""RegisterContainerInstance asked again by its client token, after an answer that was lost.

The published model lacks the member, so boto3 cannot send it.
"""

import json
from typing import Any

from given import a_call, a_cluster, given
from roadstead.aws.http import HttpRequest
from roadstead.aws.models import service_model
from roadstead.aws.protocol.json import decode
from roadstead.ecs.operations.container_instances.registration import (
    deregister_container_instance,
    register_container_instance,
)
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.state.view import Tx

CALL = a_call()


def a_request(token: str, instance_id: str = "i-0123456789abcdef0") -> dict[str, Any]:
    return {
        "clientToken": token,
        "instanceIdentityDocument": json.dumps({"instanceId": instance_id}),
        "totalResources": [
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096},
        ],
    }


def joined(tx: Tx, request: dict[str, Any]) -> str:
    arn: str = register_container_instance(tx, CALL, request)["containerInstance"][
        "containerInstanceArn"
    ]
    return arn


def test_the_same_token_again_makes_no_second_instance() -> None:
    tx = Tx(given(a_cluster()))
    assert joined(tx, a_request("once")) == joined(tx, a_request("once"))
    assert tx.size(CONTAINER_INSTANCES) == 1


def test_another_token_makes_another_instance() -> None:
    tx = Tx(given(a_cluster()))
    assert joined(tx, a_request("once")) != joined(tx, a_request("twice"))


def test_the_token_of_one_machine_is_nothing_to_another() -> None:
    tx = Tx(given(a_cluster()))
    first = joined(tx, a_request("once", "i-0000000000000000a"))
    assert joined(tx, a_request("once", "i-0000000000000000b")) != first


def test_the_token_of_a_deregistered_instance_does_not_bring_it_back() -> None:
    tx = Tx(given(a_cluster()))
    first = joined(tx, a_request("once"))
    deregister_container_instance(tx, CALL, {"containerInstance": first})
    assert joined(tx, a_request("once")) != first


def test_the_wire_keeps_the_token_that_the_published_model_lacks() -> None:
    model = service_model("ecs")
    request = HttpRequest(
        method="POST",
        path="/",
        query="",
        headers={
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"{model.target_prefix}.RegisterContainerInstance",
        },
        body=b'{"clientToken":"5539340d","zoneId":"use1-az1"}',
    )
    assert decode(model, request) == ("RegisterContainerInstance", {"clientToken": "5539340d"})
