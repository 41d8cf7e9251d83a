"""The attributes of load balancers: which one has, their defaults and ranges.

Source: botocore:elbv2#LoadBalancerAttribute
"""

from collections.abc import Mapping

from roadstead.elbv2.errors import invalid_configuration
from roadstead.elbv2.rules.attributes import Attribute, flag, number, one_of, pattern

DELETION_PROTECTION = "deletion_protection.enabled"

_BUCKET = pattern("", r"[a-z0-9.\-]{0,63}", "the name of a bucket")
_PREFIX = pattern("", r"[\x21-\x7e]{0,512}", "a prefix of printable ASCII characters")

_OF_ALL = {
    DELETION_PROTECTION: flag(False),
    "access_logs.s3.enabled": flag(False),
    "access_logs.s3.bucket": _BUCKET,
    "access_logs.s3.prefix": _PREFIX,
    "zonal_shift.config.enabled": flag(False),
}

_OF_APPLICATION = {
    **_OF_ALL,
    "load_balancing.cross_zone.enabled": one_of("true"),
    "idle_timeout.timeout_seconds": number(60, 1, 4000),
    "client_keep_alive.seconds": number(3600, 60, 604_800),
    "connection_logs.s3.enabled": flag(False),
    "connection_logs.s3.bucket": _BUCKET,
    "connection_logs.s3.prefix": _PREFIX,
    "health_check_logs.s3.enabled": flag(False),
    "health_check_logs.s3.bucket": _BUCKET,
    "health_check_logs.s3.prefix": _PREFIX,
    "routing.http.desync_mitigation_mode": one_of("defensive", "monitor", "strictest"),
    "routing.http.drop_invalid_header_fields.enabled": flag(False),
    "routing.http.preserve_host_header.enabled": flag(False),
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": flag(False),
    "routing.http.xff_client_port.enabled": flag(False),
    "routing.http.xff_header_processing.mode": one_of("append", "preserve", "remove"),
    "routing.http2.enabled": flag(True),
    "waf.fail_open.enabled": flag(False),
}

_OF_NETWORK = {
    **_OF_ALL,
    "load_balancing.cross_zone.enabled": flag(False),
    "dns_record.client_routing_policy": one_of(
        "any_availability_zone",
        "availability_zone_affinity",
        "partial_availability_zone_affinity",
    ),
    "secondary_ips.auto_assigned.per_subnet": number(0, 0, 7),
}


def attributes_of(type: str, scheme: str) -> Mapping[str, Attribute]:
    """The attributes that a load balancer of this type and scheme has."""
    denies = {"ipv6.deny_all_igw_traffic": flag(scheme == "internal")}
    return {**(_OF_APPLICATION if type == "application" else _OF_NETWORK), **denies}


def check_together(attributes: Mapping[str, str]) -> None:
    """Return if what a load balancer has in all goes together.

    Raises: InvalidConfigurationRequest for logs to S3, which is not there. Access logs can be
        written all the same: as a file in the data directory.
    """
    for key, value in attributes.items():
        if key == "access_logs.s3.enabled":
            continue
        if key.endswith(".s3.enabled") and value == "true":
            raise invalid_configuration(
                f"'{key}' cannot be true: there is no S3 here to write logs to; the proxy writes "
                "its access logs into the data directory"
            )
