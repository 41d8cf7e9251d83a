"""A network to balance in: the default VPC's subnets and groups, instances, load balancers."""

from typing import Any

from api_server import ACCOUNT, REGION, ApiServer
from roadstead.ec2.records.network import SUBNETS_BY_VPC, VPCS_BY_SCOPE
from roadstead.ec2.transitions.network_interfaces import (
    instance_terminated,
    put_primary_interface,
)
from roadstead.elbv2.records.load_balancer import LOAD_BALANCERS
from roadstead.elbv2.records.target_group import TARGETS, target_arn
from roadstead.elbv2.transitions.load_balancers import activate
from roadstead.elbv2.transitions.targets import report_health
from roadstead.ids import SystemIds
from roadstead.state.plans import Call

SCOPE = f"{ACCOUNT}/{REGION}"


class World:
    """The server with a client, and what no client of load balancers can do."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server
        self.elbv2 = server.client("elbv2", parameter_validation=False)
        (vpc,) = server.on_loop(lambda: server.plane.store.view.find(VPCS_BY_SCOPE, SCOPE))
        self.vpc_id = vpc.vpc_id
        self.subnets = sorted(
            server.on_loop(lambda: server.plane.store.view.find(SUBNETS_BY_VPC, vpc.vpc_id)),
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

    def address(self, host: int = 100, subnet: int = 0) -> str:
        """An address in one of the subnets."""
        return str(self.subnets[subnet].network.network_address + host)

    def run_instance(self, instance_id: str, subnet: int = 0, host: int = 10) -> str:
        """A running instance; returns its address."""
        call, address = self.call, self.address(host, subnet)
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
        return address

    def terminate_instance(self, instance_id: str) -> None:
        call = self.call
        self.server.update(lambda tx: instance_terminated(tx, call, instance_id))
        self.server.settle()

    def load_balancer(self, name: str = "web", **fields: Any) -> str:
        """Its ARN."""
        fields = {"Subnets": self.subnet_ids()} | fields
        (made,) = self.elbv2.create_load_balancer(Name=name, **fields)["LoadBalancers"]
        return str(made["LoadBalancerArn"])

    def group(self, name: str = "web", **fields: Any) -> str:
        """Its ARN."""
        fields = {
            "Protocol": "HTTP",
            "Port": 80,
            "VpcId": self.vpc_id,
            "TargetType": "ip",
        } | fields
        (made,) = self.elbv2.create_target_group(Name=name, **fields)["TargetGroups"]
        return str(made["TargetGroupArn"])

    def listener(self, load_balancer: str, group: str = "", **fields: Any) -> str:
        """Its ARN."""
        actions = [{"Type": "forward", "TargetGroupArn": group}]
        fields = {"Protocol": "HTTP", "Port": 80, "DefaultActions": actions} | fields
        (made,) = self.elbv2.create_listener(LoadBalancerArn=load_balancer, **fields)["Listeners"]
        return str(made["ListenerArn"])

    def in_use(self) -> tuple[str, str, str]:
        """ARNs of a load balancer, its listener and the group that it leads to."""
        load_balancer, group = self.load_balancer(), self.group()
        return load_balancer, self.listener(load_balancer, group), group

    def register(self, group: str, *ids: str, **fields: Any) -> None:
        self.elbv2.register_targets(
            TargetGroupArn=group, Targets=[{"Id": each, **fields} for each in ids]
        )

    def deregister(self, group: str, *ids: str, **fields: Any) -> None:
        self.elbv2.deregister_targets(
            TargetGroupArn=group, Targets=[{"Id": each, **fields} for each in ids]
        )

    def health(self, group: str, *ids: str) -> dict[str, tuple[str, str]]:
        """Id → state and reason."""
        named = {"Targets": [{"Id": each} for each in ids]} if ids else {}
        answer = self.elbv2.describe_target_health(TargetGroupArn=group, **named)
        return {
            each["Target"]["Id"]: (
                each["TargetHealth"]["State"],
                each["TargetHealth"].get("Reason", ""),
            )
            for each in answer["TargetHealthDescriptions"]
        }

    def report(
        self, group: str, target_id: str, port: int = 80, *, healthy: bool, **fields: Any
    ) -> None:
        """What the proxy's health checks came to."""
        call = self.call
        self.server.update(
            lambda tx: report_health(
                tx,
                call,
                tx.must(TARGETS, target_arn(group, target_id, port)),
                healthy=healthy,
                **fields,
            )
        )

    def activate(self, load_balancer: str) -> None:
        call = self.call
        self.server.update(lambda tx: activate(tx, call, tx.must(LOAD_BALANCERS, load_balancer)))
