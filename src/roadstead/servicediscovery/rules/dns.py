"""How a service's instances are found by DNS: which records, for how long, how many at a time.

Source: botocore:servicediscovery#DnsConfig
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.servicediscovery.errors import invalid_input, unsupported
from roadstead.servicediscovery.records.service import DnsRecord

TYPES = ("A", "SRV")


def checked_records(requested: Iterable[Mapping[str, Any]]) -> tuple[DnsRecord, ...]:
    """The records of a request.

    Raises: InvalidInput
    """
    found = tuple(DnsRecord(each["Type"], each["TTL"]) for each in requested)
    types = [each.type for each in found]
    if not types:
        raise invalid_input("DnsConfig must have at least one DNS record")
    if len(set(types)) < len(types):
        raise invalid_input("DnsConfig must have each type of DNS record only once")
    for each in types:
        if each not in TYPES:
            raise unsupported(f"The DNS record type {each}")
    return found
