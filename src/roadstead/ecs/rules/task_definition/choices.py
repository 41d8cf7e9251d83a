"""Members that take one of a few words."""

from collections.abc import Collection

from roadstead.aws.errors import ApiError
from roadstead.ecs.errors import client_error, invalid_parameter


def check_choice(member: str, value: str, allowed: Collection[str]) -> None:
    """Return if the value is one of those allowed.

    Raises: InvalidParameterException, listing them.
    """
    if value not in allowed:
        raise invalid_parameter(
            f"Invalid value '{value}' for {member}. It should be one of [{', '.join(allowed)}]."
        )


def invalid_container(name: str, problem: str) -> ApiError:
    """The refusal of one container's setting: ClientException in ECS's form.

    Source: observed: "Invalid setting for container 'web'. At least one of …"
    """
    return client_error(f"Invalid setting for container '{name}'. {problem}")
