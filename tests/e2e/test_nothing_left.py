"""`down` keeps what must be kept, and `down --purge` leaves nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from house import House, get, kill, processes_of, until
from own_machine import OwnMachine, groups_of

WEB = (
    '[{"name":"web","image":"demo/web:latest","memory":16,"portMappings":[{"containerPort":80}],'
    '"command":["sh","-c","echo hello > /www/index.html; httpd -f -p 80 -h /www"],'
    '"stopTimeout":2}]'
)


@pytest.fixture
def machine() -> Iterator[OwnMachine]:
    one = OwnMachine()
    yield one
    one.close()


def start_service(house: House) -> None:
    """A service of two web servers, made and awaited with the AWS CLI alone."""
    house.import_image()
    house.aws(
        *("register-task-definition", "--family", "web", "--container-definitions", WEB),
    )
    words = ("--service-name", "web", "--task-definition", "web", "--desired-count", "2")
    house.aws("create-service", *words)

    def running() -> bool:
        service = house.aws("describe-services", "--services", "web")["services"][0]
        return bool(service["runningCount"] == 2)

    until(running)


def start_balanced_service(house: House) -> str:
    """Two tasks with addresses of their own behind a load balancer; its URL once it answers."""
    (vpc,) = house.aws_of("ec2", "describe-vpcs", "--query", "Vpcs[].VpcId")
    subnets = house.aws_of("ec2", "describe-subnets", "--query", "Subnets[].SubnetId")
    group = house.aws_of(
        *("elbv2", "create-target-group", "--name", "own", "--target-type", "ip"),
        *("--protocol", "HTTP", "--port", "80", "--vpc-id", vpc),
        *("--query", "TargetGroups[0].TargetGroupArn"),
    )
    balancer = house.aws_of(
        *("elbv2", "create-load-balancer", "--name", "own", "--subnets", *subnets),
        *("--query", "LoadBalancers[0].LoadBalancerArn"),
    )
    house.aws_of(
        *("elbv2", "create-listener", "--load-balancer-arn", balancer),
        *("--protocol", "HTTP", "--port", "8080"),
        *("--default-actions", f"Type=forward,TargetGroupArn={group}"),
    )
    house.aws(
        *("register-task-definition", "--family", "own", "--network-mode", "awsvpc"),
        *("--container-definitions", WEB),
    )
    house.aws(
        *("create-service", "--service-name", "own", "--task-definition", "own"),
        *("--desired-count", "2", "--load-balancers"),
        f"targetGroupArn={group},containerName=web,containerPort=80",
        *("--network-configuration", f"awsvpcConfiguration={{subnets=[{','.join(subnets)}]}}"),
    )

    def registered() -> bool:
        words = ("describe-target-health", "--target-group-arn", group)
        return len(house.aws_of("elbv2", *words)["TargetHealthDescriptions"]) == 2

    until(registered, "both tasks are targets")
    filters = "Name=description,Values=ELB app/own/*"
    (address, *_) = house.aws_of(
        *("ec2", "describe-network-interfaces", "--filters", filters),
        *("--query", "NetworkInterfaces[].PrivateIpAddress"),
    )
    return f"http://{address}:8080/"


def tasks_by_cli(house: House) -> list[dict[str, Any]]:
    arns = house.aws("list-tasks")["taskArns"]
    return list(house.aws("describe-tasks", "--tasks", *arns)["tasks"])


@pytest.mark.parametrize("crash", [False, True], ids=["orderly", "after up was killed"])
def test_after_a_purge_the_machine_is_as_before(
    tmp_path_factory: pytest.TempPathFactory, machine: OwnMachine, crash: bool
) -> None:
    house = House(tmp_path_factory.mktemp("purged") / "d", machine.prefix)
    before = machine.look()
    try:
        house.up(instances=2)
        start_service(house)
        task = tasks_by_cli(house)[0]
        url = start_balanced_service(house)
        until(lambda: machine.get(url) == "hello", "the load balancer answers")
        assert any("envoy" in one for one in machine.processes(house))
        assert machine.get(house.url_of(task)) == "hello"
        ids = [one.id for one in house.machines()]
        groups = groups_of(ids)
        during = machine.look()
        unchanged = {what for what, shown in before.items() if during[what] == shown}
        assert unchanged <= {"routing rules"}, "what is compared is what a running one changes"
        assert groups
        assert len(machine.processes(house)) >= 5
        if crash:
            kill(house.program_pid("up"))
    finally:
        house.roadstead("down", "--purge")
    assert machine.look() == before
    assert machine.processes(house) == []
    assert [group for group in groups if group.exists() and group.name.startswith("i-")] == []
    assert groups_of(ids) == set()
    assert processes_of(task["taskArn"]) == []
    assert not house.path.exists()


def test_a_second_up_resumes_with_the_same_arns_and_the_service_heals(unbuilt: House) -> None:
    house = unbuilt
    house.up(instances=2)
    house.import_image()
    house.create_service("web", house.register("web"), 2)
    before, machines = house.tasks_of("web"), house.machines()
    house.roadstead("down")
    assert [processes_of(task["taskArn"]) for task in before] == [[], []]
    house.up(instances=2)
    again = [(one.id, one.address, one.arn) for one in house.machines()]
    assert again == [(one.id, one.address, one.arn) for one in machines]
    assert house.ecs.list_task_definitions()["taskDefinitionArns"][0].endswith("/web:1")

    known = {task["taskArn"] for task in before}
    until(lambda: not known & {task["taskArn"] for task in house.tasks_of("web")})
    tasks = house.running_tasks_of("web", 2)
    assert all(get(house.url_of(task)).startswith("hello") for task in tasks)


def test_containers_that_were_kept_running_are_the_same_after_the_next_up(unbuilt: House) -> None:
    house = unbuilt
    house.up(instances=2)
    house.import_image()
    house.create_service("web", house.register("web"), 2)
    before, machines = house.tasks_of("web"), house.machines()
    processes = {task["taskArn"]: processes_of(task["taskArn"]) for task in before}
    urls = [house.url_of(task) for task in before]
    house.roadstead("down", "--keep-running")
    assert all(get(url).startswith("hello") for url in urls)
    house.up(instances=2)
    assert house.machines() == machines
    after = house.running_tasks_of("web", 2)
    assert {task["taskArn"]: processes_of(task["taskArn"]) for task in after} == processes
