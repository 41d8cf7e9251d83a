"""What Terraform and CloudFormation ask of ECS for services behind load balancers, in their order.

CDK's services with an application or a network load balancer on EC2 end in these calls too.
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from api_server import ApiServer

WANTED = {
    "deploymentController": {"type": "ECS"},
    "desiredCount": 2,
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": 60,
    "launchType": "EC2",
    "propagateTags": "NONE",
    "schedulingStrategy": "REPLICA",
    "serviceName": "web",
}
PERCENTS = {"maximumPercent": 200, "minimumHealthyPercent": 50}


class Stack:
    """Clients, a cluster, and a load balancer of a type in front of a target group."""

    def __init__(self, server: ApiServer, type: str, protocol: str, target_type: str) -> None:
        self.ecs, self.ec2 = server.client("ecs"), server.client("ec2")
        self.elbv2 = server.client("elbv2")
        self.ecs.create_cluster(clusterName="stack")
        subnets = self.ec2.describe_subnets()["Subnets"]
        self.subnets = sorted(each["SubnetId"] for each in subnets)
        self.security_group = self.ec2.create_security_group(
            GroupName="service",
            Description="stack/Service/SecurityGroup",
            VpcId=subnets[0]["VpcId"],
        )["GroupId"]
        (balancer,) = self.elbv2.create_load_balancer(
            Name="web", Type=type, Scheme="internet-facing", Subnets=self.subnets
        )["LoadBalancers"]
        self.balancer, self.protocol = balancer["LoadBalancerArn"], protocol
        (group,) = self.elbv2.create_target_group(
            Name="web",
            Port=80,
            Protocol=protocol,
            TargetType=target_type,
            VpcId=subnets[0]["VpcId"],
        )["TargetGroups"]
        self.group = group["TargetGroupArn"]

    def listen(self) -> None:
        self.elbv2.create_listener(
            LoadBalancerArn=self.balancer,
            Port=80,
            Protocol=self.protocol,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group}],
        )

    def definition(self, **fields: Any) -> str:
        registered = self.ecs.register_task_definition(
            family="web",
            containerDefinitions=[
                {
                    "name": "web",
                    "image": "busybox",
                    "memory": 64,
                    "essential": True,
                    "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
                }
            ],
            requiresCompatibilities=["EC2"],
            **fields,
        )
        return str(registered["taskDefinition"]["taskDefinitionArn"])

    def create(self, definition: str, **fields: Any) -> str:
        made = self.ecs.create_service(
            cluster="stack",
            clientToken="apply-1",
            taskDefinition=definition,
            deploymentConfiguration=PERCENTS,
            loadBalancers=[
                {"containerName": "web", "containerPort": 80, "targetGroupArn": self.group}
            ],
            tags=[{"key": "Name", "value": "web"}],
            **WANTED,
            **fields,
        )
        return str(made["service"]["serviceArn"])

    def read(self, arn: str) -> dict[str, Any]:
        answer = self.ecs.describe_services(cluster="stack", services=[arn], include=["TAGS"])
        assert answer["failures"] == []
        (service,) = answer["services"]
        return dict(service)

    def delete(self, arn: str) -> None:
        self.ecs.update_service(cluster="stack", service=arn, desiredCount=0)
        self.ecs.delete_service(cluster="stack", service=arn, force=True)


def check(stack: Stack, service: dict[str, Any], definition: str) -> None:
    """What both providers read of every service."""
    assert {name: service.get(name) for name in WANTED} == WANTED
    assert service["deploymentConfiguration"].items() >= PERCENTS.items()
    assert service["loadBalancers"] == [
        {"containerName": "web", "containerPort": 80, "targetGroupArn": stack.group}
    ]
    assert (service["status"], service["taskDefinition"]) == ("ACTIVE", definition)
    assert service["clusterArn"].endswith(":cluster/stack")
    assert service["availabilityZoneRebalancing"] in ("ENABLED", "DISABLED")
    assert service["tags"] == [{"key": "Name", "value": "web"}]
    assert (service["placementConstraints"], service["serviceRegistries"]) == ([], [])
    (deployment,) = service["deployments"]
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "IN_PROGRESS")


def test_aws_ecs_service_behind_an_application_load_balancer(server: ApiServer) -> None:
    stack = Stack(server, "application", "HTTP", "instance")
    definition = stack.definition(networkMode="bridge")
    with pytest.raises(ClientError) as early:
        stack.create(definition)
    # Terraform asks again as long as it is told this: its listener is made at the same time.
    assert "does not have an associated load balancer" in early.value.response["Error"]["Message"]
    stack.listen()
    strategy = [
        {"type": "spread", "field": "attribute:ecs.availability-zone"},
        {"type": "binpack", "field": "cpu"},
    ]
    arn = stack.create(definition, placementStrategy=strategy)
    service = stack.read(arn)
    check(stack, service, definition)
    assert service["placementStrategy"] == strategy

    updated = stack.definition(networkMode="bridge")
    stack.ecs.update_service(
        cluster="stack",
        service=arn,
        taskDefinition=updated,
        healthCheckGracePeriodSeconds=0,
        deploymentConfiguration=PERCENTS
        | {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        forceNewDeployment=False,
    )
    service = stack.read(arn)
    assert (service["taskDefinition"], service["healthCheckGracePeriodSeconds"]) == (updated, 0)
    breaker = service["deploymentConfiguration"]["deploymentCircuitBreaker"]
    assert breaker == {"enable": True, "rollback": True}
    stack.ecs.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "test"}])
    stack.ecs.untag_resource(resourceArn=arn, tagKeys=["Name"])
    assert stack.read(arn)["tags"] == [{"key": "stage", "value": "test"}]

    stack.delete(arn)
    server.settle()
    assert stack.read(arn)["status"] == "INACTIVE"
    stack.ecs.delete_cluster(cluster="stack")


def test_aws_ecs_service_with_interfaces_behind_a_network_load_balancer(
    server: ApiServer,
) -> None:
    stack = Stack(server, "network", "TCP", "ip")
    stack.listen()
    definition = stack.definition(networkMode="awsvpc", cpu="256", memory="512")
    network = {
        "awsvpcConfiguration": {
            "assignPublicIp": "DISABLED",
            "securityGroups": [stack.security_group],
            "subnets": stack.subnets[:2],
        }
    }
    arn = stack.create(definition, networkConfiguration=network)
    service = stack.read(arn)
    check(stack, service, definition)
    assert service["networkConfiguration"] == network
    (deployment,) = service["deployments"]
    assert deployment["networkConfiguration"] == network

    other = {"awsvpcConfiguration": network["awsvpcConfiguration"] | {"subnets": stack.subnets}}
    stack.ecs.update_service(
        cluster="stack", service=arn, networkConfiguration=other, loadBalancers=[]
    )
    service = stack.read(arn)
    assert (service["networkConfiguration"], service["loadBalancers"]) == (other, [])
    stack.delete(arn)
    server.settle()
    assert stack.read(arn)["status"] == "INACTIVE"
    stack.ec2.delete_security_group(GroupId=stack.security_group)
