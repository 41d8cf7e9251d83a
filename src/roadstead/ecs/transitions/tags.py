"""The only writer of a resource's tags after its creation."""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.state.records import Table
from roadstead.state.view import Tx


def put_tags(tx: Tx, table: Table[Any], arn: str, tags: Mapping[str, str]) -> None:
    """Give the record these tags and no others. The caller knows the record to exist."""
    record = tx.must(table, arn)
    if record.tags != tags:
        tx.put(table, msgspec.structs.replace(record, tags=dict(tags)))
