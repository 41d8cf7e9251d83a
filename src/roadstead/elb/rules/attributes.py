"""Attributes of a Classic load balancer: which values they may have.

Source: botocore:elb#LoadBalancerAttributes
"""

from collections.abc import Mapping
from typing import Any

from roadstead.elb.errors import invalid_configuration, unsupported, validation

DRAINING_SECONDS = (1, 3600)
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-conn-drain.html"""
DESYNC_MITIGATION = "elb.http.desyncmitigationmode"
MODES = ("monitor", "defensive", "strictest")


def checked_attributes(requested: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a load balancer that the request changes, by their names in the record.

    Raises: InvalidConfigurationRequest; OperationNotPermitted for access logs; ValidationError
    """
    found: dict[str, Any] = {}
    if (requested.get("AccessLog") or {}).get("Enabled"):
        raise unsupported("The access log of a Classic load balancer (AccessLog), on S3,")
    cross_zone = requested.get("CrossZoneLoadBalancing")
    if cross_zone is not None:
        found["is_cross_zone"] = cross_zone["Enabled"]
    draining = requested.get("ConnectionDraining")
    if draining is not None:
        found["is_draining_enabled"] = draining["Enabled"]
        if draining.get("Timeout") is not None:
            found["draining_seconds"] = _draining_seconds(draining["Timeout"])
    settings = requested.get("ConnectionSettings")
    if settings is not None:
        found["idle_seconds"] = settings["IdleTimeout"]
    for each in requested.get("AdditionalAttributes") or ():
        key, value = each.get("Key") or "", each.get("Value") or ""
        if key != DESYNC_MITIGATION:
            raise validation(
                f"Load balancer attribute key '{key}' is not recognized; {DESYNC_MITIGATION} is"
            )
        if value not in MODES:
            raise invalid_configuration(
                f"The value '{value}' of '{key}' is not valid: it must be one of {', '.join(MODES)}"
            )
        found["desync_mitigation"] = value
    return found


def _draining_seconds(value: int) -> int:
    least, most = DRAINING_SECONDS
    if not least <= value <= most:
        raise invalid_configuration(
            f"ConnectionDraining Timeout must be between {least} and {most} seconds, not {value}"
        )
    return value
