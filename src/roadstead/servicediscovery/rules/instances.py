"""Attributes of instances: what a service's records need of them.

Source: botocore:servicediscovery#RegisterInstanceRequest (Attributes)
"""

import re
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Address

from roadstead.servicediscovery.errors import invalid_input, unsupported
from roadstead.servicediscovery.records.instance import ADDRESS, PORT
from roadstead.servicediscovery.records.service import DiscoveryService
from roadstead.servicediscovery.rules.quotas import ATTRIBUTES_CHARACTERS_MAX, ATTRIBUTES_MAX

INITIAL_HEALTH = "AWS_INIT_HEALTH_STATUS"
EC2_INSTANCE = "AWS_EC2_INSTANCE_ID"
NOT_BUILT = ("AWS_ALIAS_DNS_NAME", "AWS_INSTANCE_CNAME", "AWS_INSTANCE_IPV6")
HEALTH = ("HEALTHY", "UNHEALTHY")
PORT_MAX = 65535


def check_attributes(service: DiscoveryService, attributes: Mapping[str, str]) -> None:
    """Return if an instance of the service may have these attributes.

    Raises: InvalidInput
    """
    for key in NOT_BUILT:
        if attributes.get(key):
            raise unsupported(f"The attribute {key}")
    address, port = attributes.get(ADDRESS), attributes.get(PORT)
    if address is not None and not _is_address(address):
        raise invalid_input(f"The {ADDRESS} '{address}' is not a valid IPv4 address")
    if port is not None and not _is_port(port):
        raise invalid_input(f"The {PORT} '{port}' is not a port: it must be 1 to {PORT_MAX}")
    if service.dns_records and address is None:
        raise invalid_input(f"The DNS records of the service need the attribute {ADDRESS}")
    if service.has_record("SRV") and port is None:
        raise invalid_input(f"The SRV record of the service needs the attribute {PORT}")
    initial = attributes.get(INITIAL_HEALTH)
    if initial is not None and initial not in HEALTH:
        raise invalid_input(f"{INITIAL_HEALTH} must be HEALTHY or UNHEALTHY, not '{initial}'")
    if initial is not None and not service.has_custom_health:
        raise invalid_input(
            f"{INITIAL_HEALTH} is for services with a custom health check; this one has none"
        )
    if len(attributes) > ATTRIBUTES_MAX:
        raise invalid_input(
            f"An instance can have at most {ATTRIBUTES_MAX} attributes, not {len(attributes)}"
        )
    characters = sum(len(key) + len(value) for key, value in attributes.items())
    if characters > ATTRIBUTES_CHARACTERS_MAX:
        raise invalid_input(
            f"The attributes of an instance can have at most {ATTRIBUTES_CHARACTERS_MAX} "
            f"characters together, not {characters}"
        )


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _is_port(text: str) -> bool:
    return re.fullmatch(r"\d{1,5}", text) is not None and 1 <= int(text) <= PORT_MAX
