"""Tasks with an address of their own: one beside a task in host mode, and two hundred at once.

Timed from RunTask until DescribeTasks says RUNNING. The peer of the first figure is our own host
mode: what is added is the interface, from the address in EC2's records to the device in the task.
"""

import time
from typing import Any

import botocore.session
from demo.image import write_oci_layout

from bench.figures import Figure, Target, median
from bench.installation import COMMAND, IMAGE, Installation, installation
from bench.programs import wait_until
from bench.sitting import Sitting

SINGLES = 10
MANY = 200
MANY_INSTANCES = 15
MANY_TYPE = ("--instance-type", "m5.metal", "--instance-cpu", "4096", "--instance-memory", "8192")
"""Fifteen interfaces each, of which one is the machine's own."""
TASKS_PER_CALL = 10
MEMORY_MIB = 16
ADDED_MS_MAX = 60


def measure(sitting: Sitting) -> None:
    """One at a time in both modes, in turn; then two hundred."""
    layout = write_oci_layout(sitting.folder / "image")
    with installation(sitting.folder / "up", layout) as up:
        network = _prepare(up)
        times: dict[str, list[float]] = {"awsvpc": [], "host": []}
        for mode in times:
            _one(up, mode, network)
        for _ in range(sitting.rounds * SINGLES):
            for mode, taken in times.items():
                taken.append(_one(up, mode, network))
    own, host = median(times["awsvpc"]) * 1000, median(times["host"]) * 1000
    sitting.report(
        Figure(
            name="awsvpc run_task to RUNNING",
            unit=" ms",
            ours=own,
            peer=host,
            peer_name="our host mode",
        )
    )
    sitting.report(
        Figure(
            name="an interface adds",
            unit=" ms",
            ours=own - host,
            target=Target(at_most=ADDED_MS_MAX, of="ours"),
        )
    )
    with installation(
        sitting.folder / "many", layout, instances=MANY_INSTANCES, words=MANY_TYPE
    ) as up:
        _many(sitting, up)


def _prepare(up: Installation) -> dict[str, Any]:
    """Families of both modes; the network configuration of the default VPC."""
    for mode in ("awsvpc", "host"):
        up.ecs.call(
            "RegisterTaskDefinition",
            family=mode,
            networkMode=mode,
            containerDefinitions=[
                {"name": "app", "image": IMAGE, "memory": MEMORY_MIB, "command": COMMAND}
            ],
        )
    ec2 = _ec2(up)
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]]
    return {"awsvpcConfiguration": {"subnets": subnets}}


def _one(up: Installation, mode: str, network: dict[str, Any]) -> float:
    more = {"networkConfiguration": network} if mode == "awsvpc" else {}
    began = time.perf_counter()
    arn = up.ecs.call("RunTask", taskDefinition=mode, **more)["tasks"][0]["taskArn"]
    up.wait_for_status([arn], "RUNNING")
    took = time.perf_counter() - began
    up.ecs.call("StopTask", task=arn)
    up.wait_for_status([arn], "STOPPED")
    return took


def _many(sitting: Sitting, up: Installation) -> None:
    network = _prepare(up)
    ec2 = _ec2(up)
    before = len(ec2.describe_network_interfaces()["NetworkInterfaces"])
    began = time.perf_counter()
    arns: list[str] = []
    while len(arns) < MANY:
        answer = up.ecs.call(
            "RunTask", taskDefinition="awsvpc", count=TASKS_PER_CALL, networkConfiguration=network
        )
        assert not answer["failures"], answer["failures"]
        arns += [task["taskArn"] for task in answer["tasks"]]
    for start in range(0, MANY, 100):
        up.wait_for_status(arns[start : start + 100], "RUNNING")
    took = time.perf_counter() - began
    addresses = len(ec2.describe_network_interfaces()["NetworkInterfaces"]) - before
    assert addresses == MANY, f"{addresses} interfaces, not {MANY}"
    sitting.report(
        Figure(name=f"{MANY} tasks with interfaces, to RUNNING", unit="/s", ours=MANY / took)
    )
    for arn in arns:
        up.ecs.call("StopTask", task=arn)
    for start in range(0, MANY, 100):
        up.wait_for_status(arns[start : start + 100], "STOPPED")
    wait_until(
        lambda: len(ec2.describe_network_interfaces()["NetworkInterfaces"]) == before,
        "all interfaces are deleted",
    )


def _ec2(up: Installation) -> Any:
    return botocore.session.Session().create_client(
        "ec2",
        region_name="us-east-1",
        endpoint_url=f"http://{up.ecs.host}",
        aws_access_key_id=up.credentials.access_key_id,
        aws_secret_access_key=up.credentials.secret,
    )
