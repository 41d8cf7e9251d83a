"""Permissions as a client writes them, taken apart: one protocol, one range of ports, one peer.

Source: botocore:ec2#IpPermission and
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import invalid_parameter, missing_parameter, unsupported
from roadstead.ec2.records.network import Permission
from roadstead.ec2.rules.ranges import any_range

RULES_MAX = 60
"""Of one group and one direction.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""
DESCRIPTION_CHARACTERS_MAX = 255

_NAMES = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
_WITH_PORTS = ("tcp", "udp")
_WITH_TYPES = ("icmp", "icmpv6")

Peer = tuple[bool, str, int, int, str, str]


def peer_of(one: Permission) -> Peer:
    """What makes a rule the same as another: all but its id, its description and its tags."""
    return one.is_egress, one.protocol, one.from_port, one.to_port, one.cidr, one.group_id


def read_permissions(
    given: Iterable[Mapping[str, Any]],
    *,
    is_egress: bool,
    group_id_of: Callable[[Mapping[str, Any]], str],
) -> list[Permission]:
    """The permissions that a client wrote, one for each peer, without ids yet.

    group_id_of: the id of the group that a UserIdGroupPair names; raises for none.
    Raises: InvalidParameterValue, InvalidPermission.Malformed, MissingParameter,
        UnsupportedOperation for prefix lists
    """
    return [one for each in given for one in _permissions(each, is_egress, group_id_of)]


def one_permission(
    rule: Mapping[str, Any], *, is_egress: bool, group_id_of: Callable[[Mapping[str, Any]], str]
) -> Permission:
    """The permission that a SecurityGroupRuleRequest says.

    Raises: as `read_permissions`
    """
    found = read_permissions(
        [_as_ip_permission(rule)], is_egress=is_egress, group_id_of=group_id_of
    )
    if len(found) != 1:
        raise invalid_parameter("A security group rule has exactly one source or destination.")
    return found[0]


def check_count(permissions: Sequence[Permission]) -> None:
    """Raises: RulesPerSecurityGroupLimitExceeded"""
    outgoing = sum(one.is_egress for one in permissions)
    if max(outgoing, len(permissions) - outgoing) > RULES_MAX:
        raise ApiError(
            "RulesPerSecurityGroupLimitExceeded",
            f"The maximum number of rules per security group has been reached: {RULES_MAX}.",
        )


def duplicate(one: Permission) -> ApiError:
    """The refusal of a rule that is there already."""
    protocol = "ALL" if one.protocol == "-1" else one.protocol.upper()
    ports = "" if one.protocol == "-1" else f", from port: {one.from_port}, to port: {one.to_port}"
    return ApiError(
        "InvalidPermission.Duplicate",
        f'the specified rule "peer: {one.cidr or one.group_id}, {protocol}{ports}, ALLOW" '
        "already exists",
    )


def checked_description(text: str) -> str:
    """Raises: InvalidParameterValue"""
    if len(text) > DESCRIPTION_CHARACTERS_MAX:
        raise invalid_parameter(
            "Invalid rule description. Rule descriptions may have at most "
            f"{DESCRIPTION_CHARACTERS_MAX} characters."
        )
    return text


def _permissions(
    given: Mapping[str, Any],
    is_egress: bool,
    group_id_of: Callable[[Mapping[str, Any]], str],
) -> Iterator[Permission]:
    protocol = _protocol(given)
    from_port, to_port = _ports(protocol, given)
    if given.get("PrefixListIds"):
        raise unsupported("Rules for prefix lists are not implemented yet.")
    peers = [
        *(
            (any_range(each.get("CidrIp", ""), "CidrIp"), "", each)
            for each in given.get("IpRanges", ())
        ),
        *(
            (any_range(each.get("CidrIpv6", ""), "CidrIpv6"), "", each)
            for each in given.get("Ipv6Ranges", ())
        ),
        *(("", group_id_of(each), each) for each in given.get("UserIdGroupPairs", ())),
    ]
    if not peers:
        raise invalid_parameter(
            "Invalid value 'null' for peers. "
            "A permission names at least one range of addresses or one security group."
        )
    for cidr, group_id, each in peers:
        yield Permission(
            rule_id="",
            is_egress=is_egress,
            protocol=protocol,
            from_port=from_port,
            to_port=to_port,
            cidr=cidr,
            group_id=group_id,
            description=checked_description(each.get("Description", "")),
        )


def _protocol(given: Mapping[str, Any]) -> str:
    text = given.get("IpProtocol")
    if not text:
        raise missing_parameter("ipProtocol")
    lowered = str(text).lower()
    found = _NAMES.get(lowered, lowered)
    is_number = found.isascii() and found.isdigit() and int(found) <= 255
    if found not in (*_WITH_PORTS, *_WITH_TYPES, "-1") and not is_number:
        raise invalid_parameter(
            f"Invalid value '{text}' for IP protocol. Unknown protocol. "
            "It is tcp, udp, icmp, icmpv6, a number up to 255, or -1 for all."
        )
    return found


def _ports(protocol: str, given: Mapping[str, Any]) -> tuple[int, int]:
    """Of tcp and udp the range; of icmp type and code; of others everything."""
    first, last = given.get("FromPort"), given.get("ToPort")
    if protocol in _WITH_TYPES:
        kind, code = -1 if first is None else first, -1 if last is None else last
        if not (-1 <= kind <= 255 and -1 <= code <= 255):
            raise invalid_parameter(f"ICMP code or type out of range: {kind}, {code}")
        return kind, code
    if protocol not in _WITH_PORTS:
        return -1, -1
    if first is None or last is None:
        raise invalid_parameter(
            "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."
        )
    if not (0 <= first <= 65535 and 0 <= last <= 65535):
        raise invalid_parameter(
            f"Invalid value '{first if not 0 <= first <= 65535 else last}' for portRange. "
            "Ports are from 0 to 65535."
        )
    if first > last:
        raise invalid_parameter(f"Invalid {protocol.upper()} port range ({first}:{last})")
    return int(first), int(last)


def _as_ip_permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    found: dict[str, Any] = {
        name: rule[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in rule
    }
    if rule.get("CidrIpv4"):
        found["IpRanges"] = [{"CidrIp": rule["CidrIpv4"], **described}]
    if rule.get("CidrIpv6"):
        found["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    if rule.get("ReferencedGroupId"):
        found["UserIdGroupPairs"] = [{"GroupId": rule["ReferencedGroupId"], **described}]
    if rule.get("PrefixListId"):
        found["PrefixListIds"] = [{"PrefixListId": rule["PrefixListId"]}]
    return found
