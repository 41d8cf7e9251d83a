"""What the tests of EC2 share: refusals, and things made in one line."""

from typing import Any

INSTANCE = "i-0123456789abcdef0"


def filters(**wanted: Any) -> list[dict[str, Any]]:
    """`filters(vpc_id="vpc-1")`: underscores stand for dashes."""
    return [
        {"Name": name.replace("_", "-"), "Values": [values] if isinstance(values, str) else values}
        for name, values in wanted.items()
    ]


def a_vpc(ec2: Any, cidr: str = "10.0.0.0/16") -> str:
    made: str = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    return made


def a_subnet(ec2: Any, vpc: str, cidr: str = "10.0.1.0/24", **parameters: Any) -> str:
    made: str = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, **parameters)["Subnet"]["SubnetId"]
    return made


def a_group(ec2: Any, vpc: str, name: str = "web") -> str:
    made: str = ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]
    return made


def an_interface(ec2: Any, subnet: str, **parameters: Any) -> dict[str, Any]:
    made: dict[str, Any] = ec2.create_network_interface(SubnetId=subnet, **parameters)
    return made["NetworkInterface"]  # type: ignore[no-any-return]  # boto3 is not typed


def default_subnets(ec2: Any) -> list[dict[str, Any]]:
    """Those of the default VPC, by zone."""
    found = ec2.describe_subnets(Filters=filters(default_for_az="true"))["Subnets"]
    return sorted(found, key=lambda subnet: subnet["AvailabilityZone"])
