"""Is a response what the model promises? Asked by every test, and by `make dev`.

Not on the road of a request in production: there the operations are trusted to have been tested.
"""

from collections.abc import Iterator
from datetime import datetime

from roadstead.aws.shapes import ServiceModel, Shape

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list, tuple),
    "map": (dict,),
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (datetime,),
    "blob": (bytes,),
}


def check_response(model: ServiceModel, operation: str, response: object) -> None:
    """Return if the response has only members and types that the output shape has.

    None stands for an absent member. An enumeration's values are checked too.
    Raises: ValueError naming every member that is wrong, and why.
    """
    shape = model.operations[operation].output
    if shape is None:
        faults = [] if response in ({}, None) else ["it should be empty"]
    else:
        faults = list(_faults(shape, response, ""))
    if faults:
        raise ValueError(f"{operation}'s response is not of its model: {'; '.join(faults)}")


def _faults(shape: Shape, value: object, path: str) -> Iterator[str]:
    if shape.document:
        return
    here = path or "the response"
    if not isinstance(value, _PYTHON_TYPES[shape.type]) or (
        isinstance(value, bool) and shape.type != "boolean"
    ):
        yield f"{here} should be a {shape.type}, not {type(value).__name__} {value!r:.80}"
        return
    match value:
        case dict() if shape.type == "structure":
            for name, member in value.items():
                if name not in shape.members:
                    yield f"{here} has no member {name!r}"
                elif member is not None:
                    yield from _faults(
                        shape.members[name].shape, member, f"{path}.{name}" if path else str(name)
                    )
        case dict():
            assert shape.value is not None
            for key, entry in value.items():
                if not isinstance(key, str):
                    yield f"{here} has the key {key!r}, which is not a string"
                yield from _faults(shape.value.shape, entry, f"{path}[{key!r}]")
        case list() | tuple():
            assert shape.element is not None
            for index, element in enumerate(value):
                yield from _faults(shape.element.shape, element, f"{path}[{index}]")
        case datetime() if value.tzinfo is None:
            yield f"{here} should be an aware datetime, not {value!r}"
        case str() if shape.enum and value not in shape.enum:
            yield f"{here} should be one of {', '.join(shape.enum)}, not {value!r:.80}"
