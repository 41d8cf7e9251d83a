"""VPCs, subnets and network ACLs as EC2 shows them, and what filters find of them."""

from typing import Any

from roadstead.ec2.records.addresses import TakenAddresses
from roadstead.ec2.records.network import SUBNETS_BY_VPC, Subnet, Vpc
from roadstead.ec2.rules.addresses import address_range
from roadstead.ec2.rules.zones import zone_id
from roadstead.ec2.views.tags import owner_of, tag_list, yes_no
from roadstead.state.view import View

Shown = dict[str, Any]

DHCP_OPTIONS = "default"
"""EC2's word for a VPC without a set of DHCP options. Source: botocore:ec2#Vpc"""


def vpc(_view: View, one: Vpc) -> Shown:
    return {
        "VpcId": one.vpc_id,
        "OwnerId": owner_of(one.scope),
        "State": "available",
        "CidrBlock": one.cidr,
        "CidrBlockAssociationSet": [
            {
                "AssociationId": one.cidr_association_id,
                "CidrBlock": one.cidr,
                "CidrBlockState": {"State": "associated"},
            }
        ],
        "DhcpOptionsId": DHCP_OPTIONS,
        "InstanceTenancy": "default",
        "IsDefault": one.is_default,
        "Tags": tag_list(one.tags),
    }


VPC_FIELDS = {
    "cidr": lambda _view, one: (one.cidr,),
    "cidr-block-association.association-id": lambda _view, one: (one.cidr_association_id,),
    "cidr-block-association.cidr-block": lambda _view, one: (one.cidr,),
    "cidr-block-association.state": lambda _view, _one: ("associated",),
    "dhcp-options-id": lambda _view, _one: (DHCP_OPTIONS,),
    "is-default": lambda _view, one: yes_no(one.is_default),
    "isDefault": lambda _view, one: yes_no(one.is_default),
    "owner-id": lambda _view, one: (owner_of(one.scope),),
    "state": lambda _view, _one: ("available",),
    "vpc-id": lambda _view, one: (one.vpc_id,),
}


def free_addresses(view: View, one: Subnet) -> int:
    """How many interfaces the subnet has room for."""
    first, last = address_range(one.cidr, carries_instances=one.is_default)
    return view.projection(TakenAddresses).free_count(one.subnet_id, first, last)


def subnet(view: View, one: Subnet) -> Shown:
    return {
        "SubnetId": one.subnet_id,
        "SubnetArn": one.arn,
        "OwnerId": owner_of(one.scope),
        "VpcId": one.vpc_id,
        "State": "available",
        "CidrBlock": one.cidr,
        "AvailabilityZone": one.zone,
        "AvailabilityZoneId": zone_id(one.zone),
        "AvailableIpAddressCount": free_addresses(view, one),
        "DefaultForAz": one.is_default,
        "MapPublicIpOnLaunch": one.map_public_ip_on_launch,
        "MapCustomerOwnedIpOnLaunch": False,
        "AssignIpv6AddressOnCreation": False,
        "Ipv6CidrBlockAssociationSet": [],
        "Ipv6Native": False,
        "EnableDns64": False,
        "PrivateDnsNameOptionsOnLaunch": {
            "HostnameType": "ip-name",
            "EnableResourceNameDnsARecord": False,
            "EnableResourceNameDnsAAAARecord": False,
        },
        "Tags": tag_list(one.tags),
    }


SUBNET_FIELDS = {
    "availability-zone": lambda _view, one: (one.zone,),
    "availabilityZone": lambda _view, one: (one.zone,),
    "availability-zone-id": lambda _view, one: (zone_id(one.zone),),
    "available-ip-address-count": lambda view, one: (str(free_addresses(view, one)),),
    "cidr": lambda _view, one: (one.cidr,),
    "cidr-block": lambda _view, one: (one.cidr,),
    "cidrBlock": lambda _view, one: (one.cidr,),
    "default-for-az": lambda _view, one: yes_no(one.is_default),
    "defaultForAz": lambda _view, one: yes_no(one.is_default),
    "ipv6-native": lambda _view, _one: ("false",),
    "map-public-ip-on-launch": lambda _view, one: yes_no(one.map_public_ip_on_launch),
    "owner-id": lambda _view, one: (owner_of(one.scope),),
    "state": lambda _view, _one: ("available",),
    "subnet-arn": lambda _view, one: (one.arn,),
    "subnet-id": lambda _view, one: (one.subnet_id,),
    "vpc-id": lambda _view, one: (one.vpc_id,),
}


def network_acl(view: View, one: Vpc) -> Shown:
    """The only ACL of a VPC, which every subnet has and which lets everything pass."""
    return {
        "NetworkAclId": one.network_acl_id,
        "OwnerId": owner_of(one.scope),
        "VpcId": one.vpc_id,
        "IsDefault": True,
        "Associations": [
            {
                "NetworkAclAssociationId": each.network_acl_association_id,
                "NetworkAclId": one.network_acl_id,
                "SubnetId": each.subnet_id,
            }
            for each in view.find(SUBNETS_BY_VPC, one.vpc_id)
        ],
        "Entries": [
            {
                "RuleNumber": number,
                "Egress": is_egress,
                "Protocol": "-1",
                "CidrBlock": "0.0.0.0/0",
                "RuleAction": action,
            }
            for is_egress in (True, False)
            for number, action in ((100, "allow"), (32767, "deny"))
        ],
        "Tags": [],
    }


NETWORK_ACL_FIELDS = {
    "association.subnet-id": lambda view, one: tuple(
        each.subnet_id for each in view.find(SUBNETS_BY_VPC, one.vpc_id)
    ),
    "default": lambda _view, _one: ("true",),
    "network-acl-id": lambda _view, one: (one.network_acl_id,),
    "owner-id": lambda _view, one: (owner_of(one.scope),),
    "vpc-id": lambda _view, one: (one.vpc_id,),
}
