"""Load balancers of a house, and containers that say who they are and note what they are asked."""

from pathlib import Path
from typing import Any, NamedTuple

from house import IMAGE, House, free_port, get, until

DRAIN_SECONDS = 4
SLOW_SECONDS = 2

SERVE = """
me=$HOSTNAME; echo $GREETING on $me > /www/index.html
httpd -f -p 80 -h /www &
server=$!
trap "echo told to end >> /notes/$me; exit 0" TERM
mkdir /www/cgi-bin; cat > /www/cgi-bin/slow <<END
#!/bin/sh
echo asked >> /notes/$me
sleep {slow}
echo answered >> /notes/$me
printf 'Content-Type: text/plain\\r\\n\\r\\n$GREETING on $me'
END
cat > /www/cgi-bin/health <<END
#!/bin/sh
if [ -e /notes/$me-is-ill ]; then printf 'Status: 500 Internal Server Error\\r\\n\\r\\n'; exit; fi
printf 'Content-Type: text/plain\\r\\n\\r\\nwell'
END
busybox chmod 755 /www/cgi-bin/slow /www/cgi-bin/health
wait $server
"""
"""The server first: a target that fails its first check waits for two more to pass."""


class Balancer(NamedTuple):
    """An application load balancer with one listener."""

    arn: str
    listener_arn: str
    dns_name: str
    address: str
    port: int

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.port}/"


def network(house: House) -> tuple[str, list[str]]:
    """The default VPC and its subnets."""
    ec2 = house.client("ec2")
    subnets = ec2.describe_subnets()["Subnets"]
    return subnets[0]["VpcId"], sorted(each["SubnetId"] for each in subnets)


def make_group(house: House, name: str, *, kind: str = "instance", **more: Any) -> str:
    """A target group that checks as often as ELB lets one; its ARN."""
    elbv2 = house.client("elbv2")
    group = elbv2.create_target_group(
        **{
            "Name": name,
            "Protocol": "HTTP",
            "Port": 80,
            "TargetType": kind,
            "VpcId": network(house)[0],
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            **more,
        }
    )["TargetGroups"][0]["TargetGroupArn"]
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": str(DRAIN_SECONDS)}
    elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=[delay])
    return str(group)


def make_balancer(house: House, name: str, group: str) -> Balancer:
    """An application load balancer that leads to the group, once it is active."""
    elbv2, port = house.client("elbv2"), free_port()
    made = elbv2.create_load_balancer(Name=name, Subnets=network(house)[1])["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    listener = elbv2.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=port,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )["Listeners"][0]["ListenerArn"]

    def is_active() -> bool:
        found = elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
        return bool(found["State"]["Code"] == "active")

    until(is_active, f"{name} is active")
    return Balancer(arn, listener, made["DNSName"], addresses_of(house, f"app/{name}/")[0], port)


def make_classic(house: House, name: str, host_port: int) -> tuple[str, int]:
    """A Classic load balancer that leads to a port of its instances; address and port."""
    elb, port = house.client("elb"), free_port()
    listener = {
        "Protocol": "HTTP",
        "LoadBalancerPort": port,
        "InstanceProtocol": "HTTP",
        "InstancePort": host_port,
    }
    subnets = network(house)[1]
    elb.create_load_balancer(LoadBalancerName=name, Listeners=[listener], Subnets=subnets)
    elb.configure_health_check(
        LoadBalancerName=name,
        HealthCheck={
            "Target": f"HTTP:{host_port}/",
            "Interval": 5,
            "Timeout": 2,
            "HealthyThreshold": 2,
            "UnhealthyThreshold": 2,
        },
    )
    draining = {"ConnectionDraining": {"Enabled": True, "Timeout": DRAIN_SECONDS}}
    elb.modify_load_balancer_attributes(LoadBalancerName=name, LoadBalancerAttributes=draining)
    return addresses_of(house, name)[0], port


def addresses_of(house: House, name: str) -> list[str]:
    """The addresses of a load balancer, as its interfaces show them."""
    filters = [{"Name": "description", "Values": [f"ELB {name}*"]}]
    found = house.client("ec2").describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    return sorted(each["PrivateIpAddress"] for each in found)


def states(house: House, group: str) -> dict[tuple[str, int], str]:
    """The group's targets and their states, as the AWS CLI tells them."""
    words = ("describe-target-health", "--target-group-arn", group)
    found = house.aws_of("elbv2", *words)["TargetHealthDescriptions"]
    return {
        (each["Target"]["Id"], each["Target"]["Port"]): each["TargetHealth"]["State"]
        for each in found
    }


def classic_states(house: House, name: str) -> dict[str, str]:
    """The instances of a Classic load balancer and their states, as the AWS CLI tells them."""
    words = ("describe-instance-health", "--load-balancer-name", name)
    found = house.aws_of("elb", *words)["InstanceStates"]
    leaving = "Instance deregistration currently in progress."
    return {
        each["InstanceId"]: "draining" if each["Description"] == leaving else each["State"]
        for each in found
    }


def all_healthy(house: House, group: str, count: int) -> None:
    """Return once the group has so many targets and all are healthy."""

    def are() -> bool:
        found = house.client("elbv2").describe_target_health(TargetGroupArn=group)
        seen = [each["TargetHealth"]["State"] for each in found["TargetHealthDescriptions"]]
        return seen == ["healthy"] * count

    until(are, f"{count} targets are healthy")


def serving(family: str, notes: Path, greeting: str = "hello", **more: Any) -> dict[str, Any]:
    """A task definition of a web server that says who answers and notes what it goes through."""
    return {
        "family": family,
        "volumes": [{"name": "notes", "host": {"sourcePath": str(notes)}}],
        "containerDefinitions": [
            {
                "name": "web",
                "image": IMAGE,
                "memory": 16,
                "command": ["sh", "-c", SERVE.format(slow=SLOW_SECONDS)],
                "environment": [{"name": "GREETING", "value": greeting}],
                "portMappings": [{"containerPort": 80}],
                "mountPoints": [{"sourceVolume": "notes", "containerPath": "/notes"}],
                "stopTimeout": 5,
            }
        ],
        **more,
    }


def create_service(
    house: House, name: str, count: int, load_balancer: dict[str, Any], **more: Any
) -> None:
    """A service behind it; returns once its deployment is completed: all targets are healthy.

    load_balancer: its name, or the ARN of a target group, as CreateService takes them.
    """
    house.ecs.create_service(
        **{
            "serviceName": name,
            "taskDefinition": name,
            "desiredCount": count,
            "loadBalancers": [{**load_balancer, "containerName": "web", "containerPort": 80}],
            **more,
        }
    )

    def is_completed() -> bool:
        service = house.ecs.describe_services(services=[name])["services"][0]
        return bool(service["deployments"][0]["rolloutState"] == "COMPLETED")

    until(is_completed, f"the deployment of {name} is completed")


def names_of(house: House, tasks: list[dict[str, Any]]) -> dict[str, str]:
    """What each task says its name is, by the task's ARN; asked at the task itself."""
    return {task["taskArn"]: name_of(get(house.url_of(task))) for task in tasks}


def name_of(answer: str) -> str:
    """Who answered."""
    return answer.rpartition(" on ")[2]


def noted(notes: Path, name: str) -> list[str]:
    """What a container went through, in its order."""
    path = notes / name
    return path.read_text().splitlines() if path.exists() else []
