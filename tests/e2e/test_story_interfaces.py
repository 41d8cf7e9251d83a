"""Tasks with addresses of their own: their interfaces come and go with them, drain before they go,
share localhost, and are reached by whom their security groups allow."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asking import Answer, Clients, SlowRequests
from balancers import (
    Balancer,
    addresses_of,
    all_healthy,
    create_service,
    make_balancer,
    make_group,
    name_of,
    names_of,
    network,
    noted,
    serving,
    states,
)
from house import CLUSTER, IMAGE, House, get, interface_of, processes_of, until

COUNT = 2
SLOW_REQUESTS = 8
ASK_SECONDS = 1


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes")


@pytest.fixture(scope="module")
def own(house: House, notes: Path) -> str:
    """A task definition of network mode awsvpc."""
    house.ecs.register_task_definition(**serving("own", notes, networkMode="awsvpc"))
    return "own"


def configuration(house: House, *groups: str) -> dict[str, Any]:
    """A network configuration for any subnet; the VPC's default group where none is named."""
    more = {"securityGroups": list(groups)} if groups else {}
    return {"awsvpcConfiguration": {"subnets": network(house)[1], **more}}


def run(house: House, definition: str, *groups: str) -> dict[str, Any]:
    """A task that runs."""
    answer = house.ecs.run_task(
        taskDefinition=definition, networkConfiguration=configuration(house, *groups)
    )
    assert answer["failures"] == []
    return house.until_task(answer["tasks"][0]["taskArn"], "RUNNING")


def interface_status(house: House, interface_id: str) -> str:
    """The interface's attachment status as EC2 tells; nothing when there is no such interface."""
    filters = [{"Name": "network-interface-id", "Values": [interface_id]}]
    found = house.client("ec2").describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    return str(found[0]["Attachment"]["Status"]) if found else ""


def devices_of(task_arn: str, pid: int) -> set[str]:
    """The network devices that a process of the task has."""
    assert pid in processes_of(task_arn)
    words = ["nsenter", f"--net=/proc/{pid}/ns/net", "ip", "-json", "link"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return {each["ifname"] for each in json.loads(done.stdout)}


def devices_by_address(mac: str) -> list[str]:
    """Devices with this MAC, wherever on the machine they are."""
    done = subprocess.run(
        ["ip", "-all", "netns", "exec", "ip", "-br", "link"], capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return [line for line in done.stdout.splitlines() if mac in line]


# --- they come and go ---


def test_a_task_answers_at_its_own_address(house: House, own: str) -> None:
    task = run(house, own)
    interface = interface_of(task)
    words = ("describe-network-interfaces", "--network-interface-ids")
    (seen,) = house.aws_of("ec2", *words, interface["networkInterfaceId"])["NetworkInterfaces"]
    assert seen["PrivateIpAddress"] == interface["privateIPv4Address"]
    assert (seen["Status"], seen["Attachment"]["Status"]) == ("in-use", "attached")
    assert get(f"http://{interface['privateIPv4Address']}/").startswith("hello")
    host_port = house.ecs.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]["containers"][0]
    assert host_port["networkBindings"] == []
    house.ecs.stop_task(task=task["taskArn"])


def test_the_interface_of_a_stopped_task_is_deleted(house: House, own: str) -> None:
    task = run(house, own)
    interface = interface_of(task)
    house.ecs.stop_task(task=task["taskArn"])
    stopped = house.until_task(task["taskArn"], "STOPPED")
    assert [each["status"] for each in stopped["attachments"]] == ["DELETED"]
    assert interface_status(house, interface["networkInterfaceId"]) == ""
    assert devices_by_address(interface["macAddress"]) == []


def test_containers_of_a_task_share_localhost(house: House, notes: Path) -> None:
    definition = serving("pair", notes, networkMode="awsvpc")
    ask = "until busybox wget -q -O /notes/heard http://127.0.0.1/; do sleep 0.1; done"
    definition["containerDefinitions"].append(
        {
            "name": "asker",
            "image": IMAGE,
            "memory": 8,
            "essential": False,
            "command": ["sh", "-c", ask],
            "mountPoints": [{"sourceVolume": "notes", "containerPath": "/notes"}],
        }
    )
    house.ecs.register_task_definition(**definition)
    task = run(house, "pair")
    until((notes / "heard").exists, "one container has asked the other")
    until(lambda: (notes / "heard").read_text(), "and was answered")
    assert (
        name_of((notes / "heard").read_text().strip()) == names_of(house, [task])[task["taskArn"]]
    )
    house.ecs.stop_task(task=task["taskArn"])


# --- an instance is deregistered by force ---


class Orphaned(NamedTuple):
    """What was seen around one forced deregistration."""

    task: dict[str, Any]
    name: str
    seen: list[tuple[str, str]]
    """Target state and attachment status, one look after the other; nothing for what is gone."""
    under_way: list[Answer]
    failed: list[Answer]
    later: list[Answer]
    pid: int
    """The container's."""


@pytest.fixture(scope="module")
def group(house: House) -> str:
    return make_group(house, "own", kind="ip")


@pytest.fixture(scope="module")
def balancer(house: House, group: str, own: str) -> Balancer:
    """In front of the service `own` of two tasks, both healthy."""
    made = make_balancer(house, "own", group)
    where = {"targetGroupArn": group}
    create_service(house, own, COUNT, where, networkConfiguration=configuration(house))
    return made


@pytest.fixture(scope="module")
def orphaned(house: House, balancer: Balancer, group: str, notes: Path) -> Orphaned:
    house.add_machine()
    task = house.running_tasks_of("own", COUNT)[0]
    name = names_of(house, [task])[task["taskArn"]]
    interface = interface_of(task)
    target = (interface["privateIPv4Address"], 80)
    pid = processes_of(task["taskArn"])[0]
    seen: list[tuple[str, str]] = []
    with Clients(balancer.address, balancer.port) as clients:
        slow = SlowRequests(balancer.address, balancer.port, SLOW_REQUESTS)
        until(lambda: noted(notes, name), "the container works at a slow request")
        arn = task["containerInstanceArn"]
        words = ("--cluster", CLUSTER, "--container-instance", arn, "--force")
        house.aws("deregister-container-instance", *words)
        moment = time.monotonic()
        while not seen or seen[-1] != ("", ""):
            status = interface_status(house, interface["networkInterfaceId"])
            seen.append((states(house, group).get(target, ""), status))
            assert time.monotonic() < moment + 60, seen
        under_way = slow.answers()
        house.running_tasks_of("own", COUNT)
        all_healthy(house, group, COUNT)
    failed, later = clients.failed, clients.answered_since(moment)
    return Orphaned(task, name, seen, under_way, failed, later, pid)


def test_an_orphans_connections_drain_before_its_interface_goes(orphaned: Orphaned) -> None:
    order = list(dict.fromkeys(orphaned.seen))
    assert order[0] == ("draining", "attached")
    assert {status for state, status in order if state} == {"attached"}
    assert order[-1] == ("", "")
    assert [answer.status for answer in orphaned.under_way] == [200] * SLOW_REQUESTS
    assert orphaned.name in {name_of(answer.body) for answer in orphaned.under_way}
    assert orphaned.failed == []
    assert orphaned.name not in {name_of(answer.body) for answer in orphaned.later}


def test_an_orphans_interface_is_deleted_and_its_container_runs_without(
    house: House, orphaned: Orphaned
) -> None:
    interface = interface_of(orphaned.task)
    words = ("describe-network-interfaces", "--query", "NetworkInterfaces[].NetworkInterfaceId")
    assert interface["networkInterfaceId"] not in house.aws_of("ec2", *words)
    record = house.task(orphaned.task["taskArn"])
    assert [each["status"] for each in record["attachments"]] == ["DELETED"]
    assert devices_by_address(interface["macAddress"]) == []
    assert devices_of(orphaned.task["taskArn"], orphaned.pid) == {"lo"}
    assert get(f"http://{interface['privateIPv4Address']}/", ASK_SECONDS) == ""


# --- names ---


def test_a_load_balancers_name_leads_to_it_from_this_machine_and_from_containers(
    house: House, balancer: Balancer, orphaned: Orphaned
) -> None:
    url = f"http://{balancer.dns_name}:{balancer.port}/"
    assert balancer.dns_name.endswith(".elb.localhost")
    ask = ["curl", "--silent", "--show-error", "--fail", "--write-out", " from %{remote_ip}", url]
    here = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    assert here.startswith("hello")
    assert here.endswith(" from 127.0.0.1")

    task = house.running_tasks_of("own", COUNT)[0]
    found = subprocess.run(
        inside(task, "nslookup", balancer.dns_name), capture_output=True, text=True, check=True
    ).stdout
    assert set(addresses_of(house, "app/own/")) <= set(found.split())
    assert asked_from(task, url).startswith("hello")


# --- who reaches them ---


def make_security_group(house: House, name: str) -> str:
    words = ("--group-name", name, "--description", name, "--vpc-id", network(house)[0])
    return str(house.aws_of("ec2", "create-security-group", *words)["GroupId"])


def inside(task: dict[str, Any], *words: str) -> list[str]:
    """A command that runs busybox in a container of the task."""
    enter = ("nsenter", "--target", str(processes_of(task["taskArn"])[0]), "--net", "--mount")
    return [*enter, "--", "/bin/busybox", *words]


def asked_from(task: dict[str, Any], url: str) -> str:
    """What a container of the task is answered; nothing when there is no answer in time."""
    ask = inside(task, "timeout", str(ASK_SECONDS), "/bin/busybox", "wget", "-q", "-O", "-", url)
    return subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()


def test_a_task_is_reached_by_whom_its_security_groups_allow(
    house: House, own: str, notes: Path
) -> None:
    asking, serving_group = make_security_group(house, "asking"), make_security_group(house, "srv")
    asker, server = run(house, own, asking), run(house, own, serving_group)
    url = house.url_of(server)
    rule = (
        *("--group-id", serving_group, "--protocol", "tcp", "--port", "80"),
        *("--source-group", asking),
    )
    assert get(url).startswith("hello"), "this machine reaches every task"
    assert asked_from(asker, url) == ""
    house.aws_of("ec2", "authorize-security-group-ingress", *rule)
    until(lambda: asked_from(asker, url).startswith("hello"), "the rule is in force")

    name = name_of(get(url))
    slow = inside(asker, "wget", "-q", "-O", "-", f"{url}cgi-bin/slow")
    with subprocess.Popen(slow, stdout=subprocess.PIPE, text=True) as under_way:
        until(lambda: noted(notes, name), "the request is under way")
        house.aws_of("ec2", "revoke-security-group-ingress", *rule)
        until(lambda: asked_from(asker, url) == "", "the rule is gone")
        assert under_way.communicate(timeout=30)[0].startswith("hello"), "what it began, goes on"
    for task in (asker, server):
        house.ecs.stop_task(task=task["taskArn"])
        house.until_task(task["taskArn"], "STOPPED")
    for each in (serving_group, asking):
        house.aws_of("ec2", "delete-security-group", "--group-id", each)
