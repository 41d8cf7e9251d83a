"""The table of operations names every operation of the published model, once."""

from roadstead.aws.models import service_model
from roadstead.ecs.operations.table import READS, UNIMPLEMENTED, WRITES


def test_every_operation_of_the_model_is_in_the_table_once() -> None:
    named = [*WRITES, *READS, *UNIMPLEMENTED]
    assert sorted(named) == sorted(service_model("ecs").operations)
