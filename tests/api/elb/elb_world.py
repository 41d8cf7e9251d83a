"""A network to balance in: the default VPC, instances, and what the proxy would report."""

from typing import Any

from api_server import ACCOUNT, REGION, ApiServer
from roadstead.ec2.records.network import SUBNETS_BY_VPC, VPCS_BY_SCOPE
from roadstead.ec2.transitions.network_interfaces import (
    instance_terminated,
    put_primary_interface,
)
from roadstead.elb.records.instance import CLASSIC_INSTANCES, classic_instance_arn
from roadstead.elb.transitions.instances import report_health
from roadstead.ids import SystemIds
from roadstead.state.plans import Call

SCOPE = f"{ACCOUNT}/{REGION}"
HTTP = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}


class ClassicWorld:
    """The server with clients, and what no client can do."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server
        self.elb, self.ec2, self.acm = (
            server.client(each, parameter_validation=False) for each in SERVICES
        )
        view = server.plane.store.view
        (vpc,) = server.on_loop(lambda: view.find(VPCS_BY_SCOPE, SCOPE))
        self.vpc_id = vpc.vpc_id
        self.subnets = sorted(
            server.on_loop(lambda: view.find(SUBNETS_BY_VPC, vpc.vpc_id)),
            key=lambda each: each.zone,
        )

    @property
    def call(self) -> Call:
        return Call(
            account=ACCOUNT,
            region=REGION,
            caller_arn=f"arn:aws:iam::{ACCOUNT}:root",
            request_id="of-a-test",
            now=self.server.on_loop(self.server.clock.now),
            ids=SystemIds(),
        )

    def subnet_ids(self, count: int = 2) -> list[str]:
        return [each.subnet_id for each in self.subnets[:count]]

    def run_instance(self, instance_id: str, subnet: int = 0, host: int = 100) -> str:
        """A running instance; returns its address."""
        call = self.call
        address = str(self.subnets[subnet].network.network_address + host)
        self.server.update(
            lambda tx: put_primary_interface(
                tx,
                call,
                interface_id=f"eni-{instance_id[2:]}",
                instance_id=instance_id,
                subnet=self.subnets[subnet],
                mac_address="02:00:00:00:00:01",
                address=address,
            )
        )
        self.server.settle()
        return address

    def terminate_instance(self, instance_id: str) -> None:
        call = self.call
        self.server.update(lambda tx: instance_terminated(tx, call, instance_id))
        self.server.settle()

    def load_balancer(self, name: str = "old", **fields: Any) -> str:
        """Its DNS name."""
        fields = {"Subnets": self.subnet_ids(), "Listeners": [HTTP]} | fields
        answer = self.elb.create_load_balancer(LoadBalancerName=name, **fields)
        return str(answer["DNSName"])

    def described(self, name: str = "old") -> dict[str, Any]:
        answer = self.elb.describe_load_balancers(LoadBalancerNames=[name])
        (found,) = answer["LoadBalancerDescriptions"]
        return dict(found)

    def register(self, *ids: str, name: str = "old") -> list[str]:
        """The ids of all that are registered then."""
        answer = self.elb.register_instances_with_load_balancer(
            LoadBalancerName=name, Instances=[{"InstanceId": each} for each in ids]
        )
        return [each["InstanceId"] for each in answer["Instances"]]

    def deregister(self, *ids: str, name: str = "old") -> list[str]:
        """The ids of those that are registered still."""
        answer = self.elb.deregister_instances_from_load_balancer(
            LoadBalancerName=name, Instances=[{"InstanceId": each} for each in ids]
        )
        return [each["InstanceId"] for each in answer["Instances"]]

    def set_draining(self, seconds: int, name: str = "old") -> None:
        self.elb.modify_load_balancer_attributes(
            LoadBalancerName=name,
            LoadBalancerAttributes={"ConnectionDraining": {"Enabled": True, "Timeout": seconds}},
        )

    def health(self, *ids: str, name: str = "old") -> dict[str, tuple[str, str, str]]:
        """Id → state, reason code and description."""
        named = {"Instances": [{"InstanceId": each} for each in ids]} if ids else {}
        answer = self.elb.describe_instance_health(LoadBalancerName=name, **named)
        return {
            each["InstanceId"]: (each["State"], each["ReasonCode"], each["Description"])
            for each in answer["InstanceStates"]
        }

    def report(self, instance_id: str, *, healthy: bool, name: str = "old") -> None:
        """What the proxy's health checks came to."""
        call = self.call
        arn = classic_instance_arn(
            call.arn("elasticloadbalancing", f"loadbalancer/{name}"), instance_id
        )
        self.server.update(
            lambda tx: report_health(tx, call, tx.must(CLASSIC_INSTANCES, arn), healthy=healthy)
        )

    def interfaces(self) -> list[dict[str, Any]]:
        """The interfaces of load balancers, as EC2 shows them."""
        found = self.ec2.describe_network_interfaces()["NetworkInterfaces"]
        return [each for each in found if each["Description"].startswith("ELB ")]


SERVICES = ("elb", "ec2", "acm")
