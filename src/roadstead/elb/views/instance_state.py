"""The states of instances as DescribeInstanceHealth shows them."""

from typing import Any

from roadstead.elb.records.instance import ClassicInstance
from roadstead.elb.rules.instance_states import NOT_REGISTERED, InstanceState


def instance_state_view(instance: ClassicInstance) -> dict[str, Any]:
    """Source: botocore:elb#InstanceState"""
    state = InstanceState(instance.state, instance.reason_code, instance.description)
    return _shown(instance.instance_id, state)


def unregistered_view(instance_id: str) -> dict[str, Any]:
    return _shown(instance_id, NOT_REGISTERED)


def _shown(instance_id: str, state: InstanceState) -> dict[str, Any]:
    return {
        "InstanceId": instance_id,
        "State": state.state,
        "ReasonCode": state.reason_code,
        "Description": state.description,
    }
