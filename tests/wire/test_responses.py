"""check_response: the tests' own guard against answers that no client expects."""

from datetime import UTC, datetime

import pytest
from wire_oracle import ECS

from roadstead.aws.responses import check_response

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_response_of_the_model_passes_with_nones_left_out() -> None:
    task = {"taskArn": "t", "createdAt": NOW, "startedAt": None, "version": 1, "tags": ()}
    check_response(ECS, "DescribeTasks", {"tasks": [task], "failures": []})


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        ({"task": []}, "the response has no member 'task'"),
        ({"tasks": [{"task_arn": "t"}]}, r"tasks\[0\] has no member 'task_arn'"),
        ({"tasks": [{"version": "1"}]}, r"tasks\[0\].version should be a long, not str '1'"),
        ({"tasks": [{"version": True}]}, "should be a long, not bool True"),
        ({"tasks": [{"createdAt": 1.5}]}, "should be a timestamp, not float 1.5"),
        ({"tasks": [{"createdAt": NOW.replace(tzinfo=None)}]}, "should be an aware datetime"),
        ({"tasks": [{"launchType": "ec2"}]}, "should be one of EC2, FARGATE, EXTERNAL"),
        ({"tasks": {}}, "tasks should be a list, not dict"),
        ([], "the response should be a structure, not list"),
    ],
)
def test_a_response_beside_the_model_is_named_with_its_place(response: object, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        check_response(ECS, "DescribeTasks", response)
