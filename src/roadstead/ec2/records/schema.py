"""All tables and indexes of the EC2 slice."""

from roadstead.ec2.records.addresses import TakenAddresses
from roadstead.ec2.records.network import (
    GROUPS_BY_NAME,
    GROUPS_BY_SCOPE,
    GROUPS_BY_VPC,
    INTERFACES_BY_ADDRESS,
    INTERFACES_BY_GROUP,
    INTERFACES_BY_INSTANCE,
    INTERFACES_BY_SCOPE,
    INTERFACES_BY_SUBNET,
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    SUBNETS,
    SUBNETS_BY_SCOPE,
    SUBNETS_BY_VPC,
    VPCS,
    VPCS_BY_SCOPE,
)
from roadstead.state.records import Schema

SCHEMA = Schema(
    tables=(VPCS, SUBNETS, SECURITY_GROUPS, NETWORK_INTERFACES),
    indexes=(
        VPCS_BY_SCOPE,
        SUBNETS_BY_SCOPE,
        SUBNETS_BY_VPC,
        GROUPS_BY_NAME,
        GROUPS_BY_SCOPE,
        GROUPS_BY_VPC,
        INTERFACES_BY_SCOPE,
        INTERFACES_BY_SUBNET,
        INTERFACES_BY_GROUP,
        INTERFACES_BY_ADDRESS,
        INTERFACES_BY_INSTANCE,
    ),
    projections=(TakenAddresses,),
)
