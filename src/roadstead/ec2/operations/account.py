"""What an account has where: regions, availability zones, account attributes."""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import invalid_parameter
from roadstead.ec2.rules.filters import passes, read_filters
from roadstead.ec2.rules.groups import GROUPS_MAX
from roadstead.ec2.rules.zones import REGIONS, zone_id, zones_of
from roadstead.ec2.transitions.default_vpc import default_vpc
from roadstead.state.plans import Call
from roadstead.state.view import View

Request = dict[str, Any]
Response = dict[str, Any]

_ZONE_FIELDS = {
    "group-name": "GroupName",
    "opt-in-status": "OptInStatus",
    "region-name": "RegionName",
    "state": "State",
    "zone-id": "ZoneId",
    "zone-name": "ZoneName",
    "zone-type": "ZoneType",
}
_REGION_FIELDS = {
    "endpoint": "Endpoint",
    "opt-in-status": "OptInStatus",
    "region-name": "RegionName",
}


def describe_availability_zones(_view: View, call: Call, request: Request) -> Response:
    """The three zones of the region that the request was signed for.

    Raises: InvalidParameterValue
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
    """
    filters = read_filters(request, _ZONE_FIELDS)
    zones = [
        {
            "ZoneName": zone,
            "ZoneId": zone_id(zone),
            "RegionName": call.region,
            "State": "available",
            "ZoneType": "availability-zone",
            "GroupName": f"{call.region}-zg-1",
            "NetworkBorderGroup": call.region,
            "OptInStatus": "opt-in-not-required",
            "Messages": [],
        }
        for zone in zones_of(call.region)
    ]
    for member, wanted in (
        ("ZoneName", request.get("ZoneNames")),
        ("ZoneId", request.get("ZoneIds")),
    ):
        for name in wanted or ():
            if all(zone[member] != name for zone in zones):
                raise invalid_parameter(f"Invalid availability zone: [{name}]")
        if wanted:
            zones = [zone for zone in zones if zone[member] in wanted]
    found = [
        zone
        for zone in zones
        if passes(filters, {}, lambda name, zone=zone: (str(zone[_ZONE_FIELDS[name]]),))  # type: ignore[misc]  # bound now
    ]
    return {"AvailabilityZones": found}


def describe_regions(_view: View, call: Call, request: Request) -> Response:
    """The regions that every account has, and the caller's own. All are at this endpoint.

    Raises: InvalidParameterValue
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
    """
    filters = read_filters(request, _REGION_FIELDS)
    endpoint = call.endpoint.partition("://")[2]
    names = sorted({*REGIONS, call.region})
    wanted = request.get("RegionNames")
    for name in wanted or ():
        if name not in names:
            raise invalid_parameter(f"Invalid region names: [{name}]")
    regions = [
        {"RegionName": name, "Endpoint": endpoint, "OptInStatus": "opt-in-not-required"}
        for name in names
        if not wanted or name in wanted
    ]
    found = [
        region
        for region in regions
        if passes(filters, {}, lambda name, region=region: (region[_REGION_FIELDS[name]],))  # type: ignore[misc]  # bound now
    ]
    return {"Regions": found}


def describe_account_attributes(view: View, call: Call, request: Request) -> Response:
    """Raises: InvalidParameterValue

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html
    """
    default = default_vpc(view, call.scope)
    values = {
        "supported-platforms": "VPC",
        "default-vpc": default.vpc_id if default else "none",
        "vpc-max-security-groups-per-interface": str(GROUPS_MAX),
    }
    wanted = request.get("AttributeNames") or list(values)
    for name in wanted:
        if name not in values:
            raise ApiError("InvalidParameterValue", f"Invalid attribute name: {name}")
    return {
        "AccountAttributes": [
            {"AttributeName": name, "AttributeValues": [{"AttributeValue": values[name]}]}
            for name in wanted
        ]
    }
