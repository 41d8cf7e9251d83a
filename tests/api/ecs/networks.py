"""A VPC with machines in it for API tests, and what the machines' host answers."""

import json
from typing import Any

from api_server import ACCOUNT, CAPABILITIES, REGION, ApiServer, connect
from given import a_call
from roadstead.control.machine_reports import submit_instance_state_change, submit_interface_states
from roadstead.ec2.records.network import INTERFACES_BY_SCOPE, VPCS, NetworkInterface, ec2_arn
from roadstead.ec2.transitions.vpcs import create_subnet, create_vpc

SCOPE = f"{ACCOUNT}/{REGION}"
SUBNETS = {"subnet-a": f"{REGION}a", "subnet-b": f"{REGION}b"}
DEFINITION = {
    "family": "vpc",
    "networkMode": "awsvpc",
    "containerDefinitions": [
        {"name": "app", "image": "busybox", "memory": 64, "portMappings": [{"containerPort": 80}]}
    ],
}


def network(*subnets: str, **members: Any) -> dict[str, Any]:
    """The network configuration of a request."""
    return {"awsvpcConfiguration": {"subnets": subnets or ("subnet-a",), **members}}


class Site:
    """VPC vpc-1, 10.0.0.0/16, with subnet-a and subnet-b, each in its zone."""

    def __init__(self, server: ApiServer, ecs: Any) -> None:
        self._server = server
        self._ecs = ecs
        self._machines = 0
        self._call = a_call(account=ACCOUNT, region=REGION)
        server.update(self._make_vpc)

    def _make_vpc(self, tx: Any) -> None:
        vpc = create_vpc(tx, self._call, scope=SCOPE, cidr="10.0.0.0/16", vpc_id="vpc-1")
        for number, (name, zone) in enumerate(SUBNETS.items()):
            cidr = f"10.0.{number}.0/24"
            create_subnet(tx, self._call, vpc=vpc, cidr=cidr, zone=zone, subnet_id=name)

    def subnet(self, cidr: str, name: str, zone: str = f"{REGION}a", vpc_id: str = "") -> None:
        """One more subnet, in a VPC of its own if that is named."""

        def make(tx: Any) -> None:
            vpc = tx.get(VPCS, ec2_arn(SCOPE, "vpc", vpc_id or "vpc-1")) or create_vpc(
                tx, self._call, scope=SCOPE, cidr="10.9.0.0/16", vpc_id=vpc_id
            )
            create_subnet(tx, self._call, vpc=vpc, cidr=cidr, zone=zone, subnet_id=name)

        self._server.update(make)

    def machine(self, kind: str = "t3.medium", zone: str = "a", *capabilities: str) -> str:
        """A container instance with its primary interface; returns its ARN."""
        self._machines += 1
        ec2_id = f"i-{self._machines:017x}"
        subnet = f"subnet-{zone}"
        address = f"10.0.{'ab'.index(zone)}.{100 + self._machines}"
        primary = {
            "networkInterfaceId": f"eni-{self._machines:017x}",
            "subnetId": subnet,
            "macAddress": "02:00:00:00:00:01",
            "privateIpAddress": address,
        }
        told = {"instanceId": ec2_id, "state": "running", "networkInterface": primary}
        self._server.update(lambda tx: submit_instance_state_change(tx, self._call, told))
        document = {
            "instanceId": ec2_id,
            "instanceType": kind,
            "availabilityZone": f"{REGION}{zone}",
            "privateIp": address,
        }
        arn: str = self._ecs.register_container_instance(
            instanceIdentityDocument=json.dumps(document),
            totalResources=[
                {"name": "CPU", "type": "INTEGER", "integerValue": 8192},
                {"name": "MEMORY", "type": "INTEGER", "integerValue": 16384},
            ],
            attributes=[
                {"name": name}
                for name in (*CAPABILITIES, *(capabilities or ("ecs.capability.task-eni",)))
            ],
            versionInfo={"agentVersion": "1.90.0"},
        )["containerInstance"]["containerInstanceArn"]
        self._server.update(lambda tx: connect(tx, arn, f"{REGION}{zone}"))
        return arn

    def interfaces(self) -> list[NetworkInterface]:
        """Those that ECS made and that are still there."""
        found: list[NetworkInterface] = self._server.update(
            lambda tx: [
                each
                for each in tx.find(INTERFACES_BY_SCOPE, SCOPE)
                if each.requester_id == "amazon-ecs"
            ]
        )
        return found

    def host_answers(self) -> None:
        """The host makes every device that is asked for, and removes those that are to go."""
        self._server.settle()
        done = {"attaching": "attached", "detaching": "detached"}
        states = [
            {"networkInterfaceId": each.network_interface_id, "state": done[each.attachment.status]}
            for each in self.interfaces()
            if each.attachment is not None and each.attachment.status in done
        ]
        self._tell(states)

    def host_fails(self, reason: str) -> None:
        """The host can make no device."""
        self._server.settle()
        self._tell(
            [
                {
                    "networkInterfaceId": each.network_interface_id,
                    "state": "failed",
                    "reason": reason,
                }
                for each in self.interfaces()
            ]
        )

    def _tell(self, states: list[dict[str, str]]) -> None:
        told = {"states": states}
        self._server.update(lambda tx: submit_interface_states(tx, self._call, told))
        self._server.settle()
