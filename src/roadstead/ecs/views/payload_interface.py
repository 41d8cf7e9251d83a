"""The interface of an awsvpc task as its agent needs it: ElasticNetworkInterface.

Source: agent:ecs-agent/netlib/model/networkinterface/networkinterface.go
"""

from ipaddress import IPv4Network

from roadstead.agent_protocol.messages.network_interface import ElasticNetworkInterface, Ipv4Address
from roadstead.ec2.records.network import SUBNETS, VPCS, ec2_arn
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.task import Task
from roadstead.state.view import View

DNS_SERVER_OFFSET = 2
"""The resolver of a VPC is at its base address plus two.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
"""


def payload_interfaces(view: View, task: Task) -> tuple[ElasticNetworkInterface, ...]:
    """The task's interface, and how its subnet is reached; nothing for a task without one."""
    interface = task.interface
    if interface is None:
        return ()
    scope = scope_of(task.arn)
    subnet = view.must(SUBNETS, ec2_arn(scope, "subnet", interface.subnet_id))
    vpc = view.must(VPCS, ec2_arn(scope, "vpc", subnet.vpc_id))
    prefix = task.cluster_arn.replace(":cluster/", ":attachment/", 1)
    resolver = IPv4Network(vpc.cidr).network_address + DNS_SERVER_OFFSET
    domain = interface.private_dns_name.partition(".")[2]
    return (
        ElasticNetworkInterface(
            attachment_arn=f"{prefix}/{interface.attachment_id}",
            ec2_id=interface.network_interface_id,
            mac_address=interface.mac_address,
            ipv4_addresses=(
                Ipv4Address(primary=True, private_address=interface.private_ipv4_address),
            ),
            subnet_gateway_ipv4_address=f"{subnet.gateway}/{subnet.network.prefixlen}",
            domain_name_servers=(str(resolver),) if vpc.enable_dns_support else (),
            domain_name=(domain,) if domain else (),
            private_dns_name=interface.private_dns_name,
            interface_association_protocol="default",
        ),
    )
