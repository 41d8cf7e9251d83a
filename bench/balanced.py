"""A service behind an application load balancer of an installation, and what is done to it."""

import subprocess
import sys
import time
from typing import Any

import botocore.session

from bench.installation import IMAGE, Installation
from bench.programs import Failed, run, wait_until

COUNT = 6
DEREGISTRATION_DELAY_SECONDS = 5
PORT = 80
_COMMAND = (
    "mkdir -p /www; echo {word} > /www/index.html; "
    "trap 'exit 0' TERM; httpd -f -p 80 -h /www & wait $!"
)


class Balanced:
    """The service `web` of six tasks, its target group and its load balancer."""

    def __init__(self, up: Installation) -> None:
        self.up = up
        self.revision = 0
        credentials = up.credentials
        self.elbv2 = botocore.session.Session().create_client(
            "elbv2",
            region_name="us-east-1",
            endpoint_url=f"http://{up.ecs.host}",
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret,
        )
        self.ec2 = botocore.session.Session().create_client(
            "ec2",
            region_name="us-east-1",
            endpoint_url=f"http://{up.ecs.host}",
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret,
        )
        self.url = ""
        self.group_arn = ""
        self.listener_arn = ""

    def set_up(self) -> None:
        """Target group, load balancer, listener, service; returns once all targets are healthy."""
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        subnets = [each["SubnetId"] for each in self.ec2.describe_subnets()["Subnets"]]
        group = self.elbv2.create_target_group(
            Name="web",
            Protocol="HTTP",
            Port=PORT,
            VpcId=vpc,
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2,
            HealthyThresholdCount=2,
        )
        self.group_arn = group["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.modify_target_group_attributes(
            TargetGroupArn=self.group_arn,
            Attributes=[
                {
                    "Key": "deregistration_delay.timeout_seconds",
                    "Value": str(DEREGISTRATION_DELAY_SECONDS),
                }
            ],
        )
        balancer = self.elbv2.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]
        self.listener_arn = self.elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=PORT,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group_arn}],
        )["Listeners"][0]["ListenerArn"]
        self.url = f"http://{self._address(balancer['LoadBalancerArn'])}:{PORT}/"
        self._register()
        self.up.ecs.call(
            "CreateService",
            serviceName="web",
            taskDefinition="web",
            desiredCount=COUNT,
            loadBalancers=[
                {"targetGroupArn": self.group_arn, "containerName": "web", "containerPort": 80}
            ],
        )
        wait_until(lambda: self.healthy() == COUNT, "all targets are healthy", limit_seconds=90)

    def healthy(self) -> int:
        """How many targets are healthy."""
        answer = self.elbv2.describe_target_health(TargetGroupArn=self.group_arn)
        states = [each["TargetHealth"]["State"] for each in answer["TargetHealthDescriptions"]]
        return states.count("healthy")

    def roll(self, limit_seconds: float) -> None:
        """To a new revision, until the deployment is completed and the former tasks are gone."""
        self._register()
        self.up.ecs.call("UpdateService", service="web", taskDefinition=f"web:{self.revision}")
        self._until_steady(COUNT, limit_seconds)

    def scale(self, count: int) -> None:
        """To so many tasks, until they are healthy and the others have drained."""
        self.up.ecs.call("UpdateService", service="web", desiredCount=count)
        self._until_steady(count, 90)

    def drain_one_instance(self) -> None:
        """And let it be ACTIVE again once its tasks are gone."""
        instance = self._serving_instance()
        self._set_status(instance, "DRAINING")
        self._until_steady(COUNT, 90)
        wait_until(lambda: not self._tasks_on(instance), "the instance is drained")
        self._set_status(instance, "ACTIVE")

    def deregister_one_by_force(self) -> None:
        """While its tasks serve; another instance takes its place afterwards."""
        instance = self._serving_instance()
        self.up.ecs.call("DeregisterContainerInstance", containerInstance=instance, force=True)
        self._until_steady(COUNT, 90)
        run(
            [
                sys.executable,
                "-m",
                "roadstead",
                "instance",
                "add",
                "--data-dir",
                str(self.up.folder),
            ]
        )

    def change_the_listener(self) -> None:
        """A rule comes and goes, an attribute changes: the proxy's routes are written anew."""
        for number in range(5):
            rule = self.elbv2.create_rule(
                ListenerArn=self.listener_arn,
                Priority=10 + number,
                Conditions=[{"Field": "path-pattern", "Values": [f"/other-{number}/*"]}],
                Actions=[{"Type": "forward", "TargetGroupArn": self.group_arn}],
            )["Rules"][0]["RuleArn"]
            time.sleep(0.3)
            self.elbv2.delete_rule(RuleArn=rule)

    def pid_of(self, program: str) -> int:
        """The process id of `server` or `host` of this installation."""
        found = subprocess.run(
            ["pgrep", "-f", f"roadstead {program} --data-dir {self.up.folder}"],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        ).stdout.split()
        if not found:
            raise Failed(f"no {program} of {self.up.folder} runs")
        return int(found[0])

    def answers_calls(self) -> bool:
        """Whether the control plane answers, and says that all is as it was."""
        try:
            self.up.ecs.close()
            return len(self.up.running("web")) == COUNT
        except OSError:
            return False

    def _register(self) -> None:
        self.revision += 1
        self.up.ecs.call(
            "RegisterTaskDefinition",
            family="web",
            containerDefinitions=[
                {
                    "name": "web",
                    "image": IMAGE,
                    "memory": 32,
                    "command": ["sh", "-c", _COMMAND.format(word=self.revision)],
                    "portMappings": [{"containerPort": 80}],
                    "stopTimeout": 5,
                }
            ],
        )

    def _address(self, balancer_arn: str) -> str:
        def described() -> dict[str, Any]:
            answer = self.elbv2.describe_load_balancers(LoadBalancerArns=[balancer_arn])
            found: dict[str, Any] = answer["LoadBalancers"][0]
            return found

        wait_until(lambda: described()["State"]["Code"] == "active", "the load balancer is active")
        interfaces = self.ec2.describe_network_interfaces(
            Filters=[{"Name": "description", "Values": ["ELB app/web/*"]}]
        )["NetworkInterfaces"]
        address: str = interfaces[0]["PrivateIpAddress"]
        return address

    def _until_steady(self, count: int, limit_seconds: float) -> None:
        def is_steady() -> bool:
            service = self.up.ecs.call("DescribeServices", services=["web"])["services"][0]
            targets = self.elbv2.describe_target_health(TargetGroupArn=self.group_arn)
            return (
                len(service["deployments"]) == 1
                and service["runningCount"] == count
                and self.healthy() == count
                and len(targets["TargetHealthDescriptions"]) == count
            )

        wait_until(is_steady, f"the service has {count} tasks", limit_seconds=limit_seconds)

    def _serving_instance(self) -> str:
        arn: str = self.up.running("web")[0]["containerInstanceArn"]
        return arn

    def _tasks_on(self, instance: str) -> list[str]:
        arns: list[str] = self.up.ecs.call("ListTasks", containerInstance=instance)["taskArns"]
        return arns

    def _set_status(self, instance: str, status: str) -> None:
        self.up.ecs.call(
            "UpdateContainerInstancesState", containerInstances=[instance], status=status
        )


def balanced(up: Installation) -> Balanced:
    """A service behind a load balancer, all healthy."""
    there = Balanced(up)
    there.set_up()
    return there
