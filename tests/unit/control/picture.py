"""A view in full, to compare: every record, every index, every projection down to its arrays."""

from typing import Any

import msgspec
import numpy as np

from roadstead.state.view import View

ANSWERS = {"_answers", "_codes", "_groups", "_ports", "_tallies"}
"""What projections remember of questions asked: more of them is no change of the state. That they
stay right is seen where the same view goes on (test_plan_comes_true)."""


def picture(view: View) -> dict[str, Any]:
    """Records by identity: what was put back is the very record that was there."""
    return {
        "rows": {name: {arn: id(each) for arn, each in rows.items()} for name, rows in _rows(view)},
        "indexes": {
            name: {key: list(bucket) for key, bucket in buckets.items()}
            for name, buckets in view._buckets.items()
        },
        "projections": {
            kind.__name__: _plain(projection, set())
            for kind, projection in view._projections.items()
        },
    }


def _rows(view: View) -> Any:
    return view._rows.items()


def _plain(thing: Any, inside: set[int]) -> Any:
    """Plain values all the way down; whatever contains itself is named the second time."""
    if isinstance(thing, np.ndarray):
        return thing.dtype.str, thing.tolist()
    if thing is None or isinstance(thing, str | int | float | msgspec.Struct | type):
        return thing
    if id(thing) in inside:
        return f"the same {getattr(thing, 'name', type(thing).__name__)}"
    inside = {*inside, id(thing)}
    if isinstance(thing, dict):
        return {getattr(key, "name", key): _plain(value, inside) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(each, inside) for each in thing]
    if isinstance(thing, set | frozenset):
        return sorted(thing)
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    fields = {name: getattr(thing, name) for name in slots} if slots else vars(thing)
    return {
        name: _plain(value, inside)
        for name, value in fields.items()
        if not (name in ANSWERS and type(thing).__module__.startswith("roadstead.ecs.records.zone"))
        and name not in ANSWERS
    }
