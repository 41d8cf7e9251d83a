"""Writes the tags of whatever has them."""

from collections.abc import Mapping
from typing import TypeVar

from msgspec.structs import replace

from roadstead.elbv2.records.load_balancer import Listener, LoadBalancer, Rule
from roadstead.elbv2.records.target_group import TargetGroup
from roadstead.state.records import Table
from roadstead.state.view import Tx

Tagged = TypeVar("Tagged", LoadBalancer, Listener, Rule, TargetGroup)


def set_tags(tx: Tx, table: Table[Tagged], record: Tagged, tags: Mapping[str, str]) -> None:
    """Let these be the tags of the record."""
    if dict(tags) != record.tags:
        tx.put(table, replace(record, tags=dict(tags)))
