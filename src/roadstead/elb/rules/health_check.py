"""Health checks: what is asked of an instance, how often, and how many answers count.

Source: botocore:elb#HealthCheck
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.elb.errors import validation
from roadstead.elb.records.load_balancer import ClassicHealthCheck

PORT_MAX = 65535
PATH_CHARACTERS_MAX = 1024


class Question(msgspec.Struct, frozen=True):
    """A target, read: what is asked of an instance."""

    protocol: str
    """HTTP, HTTPS, TCP or SSL."""
    port: int
    path: str = ""
    """Of HTTP and HTTPS."""


def question_of(target: str) -> Question:
    """What `HTTP:80/path`, `TCP:80` and the like ask.

    Raises: ValidationError
    """
    found = re.fullmatch(r"([A-Za-z]+):(\d{1,5})(/.*)?", target)
    protocol = target.partition(":")[0].upper()
    if protocol not in ("HTTP", "HTTPS", "TCP", "SSL"):
        raise validation(
            f"HealthCheck Target '{target}' must begin with one of [TCP, HTTP, HTTPS, SSL] "
            "protocols. e.g. HTTP:80/index.html"
        )
    asks_path = protocol in ("HTTP", "HTTPS")
    if found is None or asks_path == (found[3] is None):
        wanted = (
            f'a port followed by a path that begins with "/". e.g. {protocol}:80/ping/this/path'
            if asks_path
            else f"a port and nothing else. e.g. {protocol}:80"
        )
        raise validation(f"HealthCheck {protocol} Target must specify {wanted}")
    port, path = int(found[2]), found[3] or ""
    if not 1 <= port <= PORT_MAX:
        raise validation(f"HealthCheck Target port must be between 1 and {PORT_MAX}, not {port}")
    if len(path) > PATH_CHARACTERS_MAX:
        raise validation(
            f"HealthCheck Target path cannot be longer than {PATH_CHARACTERS_MAX} characters"
        )
    return Question(protocol, port, path)


def checked_health_check(requested: Mapping[str, Any]) -> ClassicHealthCheck:
    """The health check of a request, whose numbers are within the model's ranges.

    Raises: ValidationError
    """
    question = question_of(requested["Target"])
    if requested["Timeout"] >= requested["Interval"]:
        raise validation(
            f"HealthCheck Timeout ({requested['Timeout']}) must be less than Interval "
            f"({requested['Interval']})"
        )
    return ClassicHealthCheck(
        target=f"{question.protocol}:{question.port}{question.path}",
        interval_seconds=requested["Interval"],
        timeout_seconds=requested["Timeout"],
        unhealthy_threshold=requested["UnhealthyThreshold"],
        healthy_threshold=requested["HealthyThreshold"],
    )
