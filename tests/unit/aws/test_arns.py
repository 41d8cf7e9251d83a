"""ARNs: taken apart and put together without loss."""

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.aws.arns import Arn, is_arn, parse_arn, partition_of

TASK = "arn:aws:ecs:us-east-1:123456789012:task/default/0123"


def test_an_arn_has_six_fields_and_a_resource_with_a_type() -> None:
    arn = parse_arn(TASK)
    assert arn == Arn("aws", "ecs", "us-east-1", "123456789012", "task/default/0123")
    assert (arn.resource_type, arn.resource_id) == ("task", "default/0123")
    assert arn.parts == ("task", "default", "0123")
    assert str(arn) == TASK


def test_colons_belong_to_the_resource_from_the_sixth_field_on() -> None:
    arn = parse_arn("arn:aws:ecs:us-east-1:123456789012:task-definition/app:1")
    assert (arn.resource_type, arn.resource_id) == ("task-definition", "app:1")


@given(st.lists(st.text(st.characters(exclude_characters=":")), min_size=5, max_size=5))
def test_an_arn_survives_being_written_and_read(fields: list[str]) -> None:
    fields = [field or "x" for field in fields]
    assert parse_arn(str(Arn(*fields))) == Arn(*fields)


@pytest.mark.parametrize(
    "text", ["", "default", "arn:", "arn:aws:ecs:us-east-1:1", "ARN:a:b:c:d:e", "arn::ecs:r:a:x",
             "arn:aws::r:a:x", "arn:aws:ecs:r:a:"]
)  # fmt: skip
def test_what_is_not_an_arn_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ARN"):
        parse_arn(text)


def test_only_what_starts_as_one_claims_to_be_an_arn() -> None:
    assert is_arn("arn:nonsense")
    assert not is_arn("default")


def test_every_region_is_in_the_partition_that_botocore_says() -> None:
    session = botocore.session.get_session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("ecs", partition):
            assert partition_of(region) == partition
