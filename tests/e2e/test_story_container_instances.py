"""What the documentation says of deregistering a container instance, seen on real containers."""

import json
import os
import signal
from collections.abc import Iterator

import pytest
from house import (
    CLUSTER,
    House,
    Machine,
    containers_of,
    get,
    is_alive,
    kill,
    processes_of,
    until,
)

ORPHANED = "Container instance deregistration forced by user"


@pytest.fixture
def machine(house: House) -> Iterator[Machine]:
    """An instance that the test may do away with."""
    one = house.add_machine()
    yield one
    house.ecs.deregister_container_instance(containerInstance=one.arn, force=True)


@pytest.fixture
def web(house: House) -> str:
    return house.register("web")


def deregister(house: House, arn: str, *, force: bool = True) -> dict[str, object]:
    words = ("deregister-container-instance", "--cluster", CLUSTER, "--container-instance", arn)
    answer = house.aws(*words, *(("--force",) if force else ()))
    return dict(answer["containerInstance"])


def end_agent_for_good(house: House, machine: Machine) -> None:
    """Kill the agent of a deregistered instance; the host's next one is refused, and gives up."""
    agent = house.machine(machine.id)
    if agent.agent_pid is not None:
        kill(agent.agent_pid)
    until(lambda: house.machine(machine.id).agent == "ended", "the agent gave up")


# --- deregistering ---


def test_a_deregistered_instance_takes_no_more_tasks(
    house: House, machine: Machine, web: str
) -> None:
    house.ecs.stop_task(task=house.run_task(web, machine.arn)["taskArn"])
    deregister(house, machine.arn)
    placed = house.ecs.run_task(taskDefinition=web, count=6)
    assert len(placed["tasks"]) == 6
    assert machine.arn not in {task["containerInstanceArn"] for task in placed["tasks"]}
    started = house.ecs.start_task(taskDefinition=web, containerInstances=[machine.arn])
    assert started["tasks"] == []
    assert [failure["arn"] for failure in started["failures"]] == [machine.arn]
    for task in placed["tasks"]:
        house.ecs.stop_task(task=task["taskArn"])


def test_what_runs_on_it_keeps_running_and_answers(
    house: House, machine: Machine, web: str
) -> None:
    task = house.run_task(web, machine.arn)
    before = processes_of(task["taskArn"])
    url = house.url_of(task)
    assert before
    assert get(url).startswith("hello")
    deregister(house, machine.arn)
    assert processes_of(task["taskArn"]) == before
    assert get(url).startswith("hello")


def test_what_runs_on_it_ends_when_the_machine_is_terminated(
    house: House, machine: Machine, web: str
) -> None:
    task = house.run_task(web, machine.arn)
    deregister(house, machine.arn)
    assert processes_of(task["taskArn"])
    house.roadstead("instance", "terminate", machine.id)
    assert processes_of(task["taskArn"]) == []


def test_what_runs_on_it_may_stop_through_other_means(
    house: House, machine: Machine, web: str
) -> None:
    task = house.run_task(web, machine.arn)
    deregister(house, machine.arn)
    os.kill(processes_of(task["taskArn"])[0], signal.SIGTERM)
    until(lambda: processes_of(task["taskArn"]) == [])


def test_orphans_are_neither_monitored_nor_accounted_for(
    house: House, machine: Machine, web: str
) -> None:
    def counted() -> int:
        return int(
            house.ecs.describe_clusters(clusters=[CLUSTER])["clusters"][0]["runningTasksCount"]
        )

    others = counted()
    task = house.run_task(web, machine.arn)
    assert counted() == others + 1
    deregister(house, machine.arn)
    assert counted() == others
    assert task["taskArn"] not in house.ecs.list_tasks()["taskArns"]
    record = house.task(task["taskArn"])
    assert (record["lastStatus"], record["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert record["stoppedReason"] == ORPHANED
    kill(processes_of(task["taskArn"])[0])
    until(lambda: processes_of(task["taskArn"]) == [])
    assert house.task(task["taskArn"]) == record


def test_the_scheduler_starts_copies_elsewhere(house: House, machine: Machine, web: str) -> None:
    house.create_service("copies", web, 6)
    tasks = house.tasks_of("copies")
    orphans = {
        t["taskArn"]: house.url_of(t) for t in tasks if t["containerInstanceArn"] == machine.arn
    }
    assert orphans, "of six tasks on three instances, some are here"
    deregister(house, machine.arn)
    replaced = house.running_tasks_of("copies", 6)
    assert machine.arn not in {task["containerInstanceArn"] for task in replaced}
    assert not set(orphans) & {task["taskArn"] for task in replaced}
    assert all(get(house.url_of(task)) for task in replaced)
    assert all(get(url) for url in orphans.values()), "the orphans answer, too"
    house.delete_service("copies")
    assert all(get(url) for url in orphans.values()), "they belong to no service any more"


def test_where_no_other_instance_can_take_it_the_service_waits_and_says_so(
    house: House, machine: Machine
) -> None:
    taking_a_port = house.register("port", portMappings=[{"containerPort": 80, "hostPort": 8080}])
    house.create_service("one-each", taking_a_port, 3)
    deregister(house, machine.arn)
    house.running_tasks_of("one-each", 2)

    def events() -> list[str]:
        service = house.ecs.describe_services(services=["one-each"])["services"][0]
        return [event["message"] for event in service["events"]]

    until(lambda: any("unable to place a task" in text for text in events()))
    newcomer = house.add_machine()
    tasks = house.running_tasks_of("one-each", 3)
    assert newcomer.arn in {task["containerInstanceArn"] for task in tasks}
    house.delete_service("one-each")
    house.roadstead("instance", "terminate", newcomer.id)


def test_an_orphan_of_no_service_is_not_started_again(
    house: House, machine: Machine, web: str
) -> None:
    orphan = house.run_task(web, machine.arn)["taskArn"]
    before = set(house.ecs.list_tasks()["taskArns"])
    deregister(house, machine.arn)
    later = house.run_task(web)["taskArn"]
    assert set(house.ecs.list_tasks()["taskArns"]) == before - {orphan} | {later}
    house.ecs.stop_task(task=later)


def test_stopping_all_of_its_tasks_first_leaves_no_orphans(
    house: House, machine: Machine, web: str
) -> None:
    tasks = [house.run_task(web, machine.arn)["taskArn"] for _ in range(2)]
    for arn in tasks:
        house.ecs.stop_task(task=arn)
    for arn in tasks:
        house.until_task(arn, "STOPPED")
    assert deregister(house, machine.arn, force=False)["status"] == "INACTIVE"
    assert [processes_of(arn) for arn in tasks] == [[], []]


def test_without_force_it_is_refused_and_nothing_changes(
    house: House, machine: Machine, web: str
) -> None:
    task = house.run_task(web, machine.arn)
    before = house.describe_instance(machine.arn)
    said = house.refused(
        "deregister-container-instance", "--cluster", CLUSTER, "--container-instance", machine.arn
    )
    assert "(InvalidParameterException)" in said
    assert "Found running tasks on the instance." in said
    assert house.describe_instance(machine.arn) == before
    assert house.task(task["taskArn"]) == task


# --- one record, one cluster ---


def test_it_is_not_registered_into_another_cluster(house: House, machine: Machine) -> None:
    house.ecs.create_cluster(clusterName="elsewhere")
    deregister(house, machine.arn)
    said = house.refused(
        *("register-container-instance", "--cluster", "elsewhere"),
        *("--container-instance-arn", machine.arn),
    )
    assert "Exception)" in said
    assert house.ecs.list_container_instances(cluster="elsewhere")["containerInstanceArns"] == []
    assert house.describe_instance(machine.arn)["status"] == "INACTIVE"
    house.ecs.delete_cluster(cluster="elsewhere")


def test_the_record_stays_inactive_and_the_machine_is_not_terminated(
    house: House, machine: Machine
) -> None:
    assert deregister(house, machine.arn, force=False)["status"] == "INACTIVE"
    listed = house.aws("list-container-instances", "--cluster", CLUSTER)["containerInstanceArns"]
    assert machine.arn not in listed
    assert house.describe_instance(machine.arn)["status"] == "INACTIVE"
    until(lambda: not house.describe_instance(machine.arn)["agentConnected"])
    now = house.machine(machine.id)
    assert (now.status, now.address, now.agent_pid) == (
        "running",
        machine.address,
        machine.agent_pid,
    )


# --- terminating ---


def test_terminating_a_machine_with_a_connected_agent_deregisters_it(
    house: House, web: str
) -> None:
    machine = house.add_machine()
    task = house.run_task(web, machine.arn)
    house.roadstead("instance", "terminate", machine.id)
    found = house.describe_instance(machine.arn)
    assert (found["status"], found["agentConnected"]) == ("INACTIVE", False)
    record = house.task(task["taskArn"])
    assert record["lastStatus"] == "STOPPED"
    assert record["stoppedReason"] == f"Host EC2 (instance {machine.id}) terminated."


def test_terminating_a_stopped_machine_does_not(house: House) -> None:
    machine = house.add_machine()
    house.roadstead("instance", "stop", machine.id)
    house.roadstead("instance", "terminate", machine.id)
    found = house.describe_instance(machine.arn)
    assert (found["status"], found["agentConnected"]) == ("ACTIVE", False)
    assert deregister(house, machine.arn, force=False)["status"] == "INACTIVE"


def test_terminating_a_machine_whose_agent_is_disconnected_does_not(house: House) -> None:
    machine = house.add_machine()
    assert machine.agent_pid is not None
    os.kill(machine.agent_pid, signal.SIGTERM)  # which asks it to end for good
    until(lambda: not house.describe_instance(machine.arn)["agentConnected"])
    assert house.machine(machine.id).status == "running"
    house.roadstead("instance", "terminate", machine.id)
    found = house.describe_instance(machine.arn)
    assert (found["status"], found["agentConnected"]) == ("ACTIVE", False)
    assert deregister(house, machine.arn, force=False)["status"] == "INACTIVE"


# --- whatever its agent sends ---


def test_an_agent_of_a_deregistered_instance_stays_out(
    house: House, machine: Machine, web: str
) -> None:
    task = house.run_task(web, machine.arn)
    running = processes_of(task["taskArn"])
    deregister(house, machine.arn)
    until(lambda: not house.describe_instance(machine.arn)["agentConnected"])
    inactive = house.describe_instance(machine.arn)
    end_agent_for_good(house, machine)
    house.roadstead("instance", "start", machine.id)
    until(lambda: house.machine(machine.id).agent == "ended", "a second one gave up, too")
    assert "is inactive" in house.agent_log(machine)
    assert house.describe_instance(machine.arn) == inactive
    assert machine.id not in {one["ec2InstanceId"] for one in house.container_instances()}
    assert processes_of(task["taskArn"]) == running, "its containers are left alone"


def test_nothing_an_agent_may_send_revives_its_instance_or_its_tasks(
    house: House, machine: Machine, web: str
) -> None:
    task = house.run_task(web, machine.arn)
    deregister(house, machine.arn)
    until(lambda: not house.describe_instance(machine.arn)["agentConnected"])
    before = (house.describe_instance(machine.arn), house.task(task["taskArn"]))
    said = house.refused(
        *("register-container-instance", "--cluster", CLUSTER),
        *("--container-instance-arn", machine.arn),
        *("--instance-identity-document", json.dumps({"instanceId": machine.id})),
    )
    assert "(ClientException)" in said
    assert "is inactive" in said
    house.aws(
        *("submit-task-state-change", "--cluster", CLUSTER, "--task", task["taskArn"]),
        *("--status", "RUNNING", "--containers", '[{"containerName":"web","status":"RUNNING"}]'),
    )
    house.refused(
        *("put-attributes", "--attributes"),
        f"name=stack,value=new,targetType=container-instance,targetId={machine.arn}",
    )
    answer = house.ecs.update_container_instances_state(
        containerInstances=[machine.arn], status="ACTIVE"
    )
    assert answer["containerInstances"] == []
    assert (house.describe_instance(machine.arn), house.task(task["taskArn"])) == before


def test_with_its_state_wiped_the_machine_registers_as_a_new_instance(
    house: House, machine: Machine, web: str
) -> None:
    deregister(house, machine.arn)
    end_agent_for_good(house, machine)
    for file in (house.path / "instances" / machine.id / "data").glob("agent.db*"):
        file.unlink()
    house.roadstead("instance", "start", machine.id)

    def newcomers() -> list[str]:
        return [
            one["containerInstanceArn"]
            for one in house.container_instances()
            if one["ec2InstanceId"] == machine.id and one["agentConnected"]
        ]

    (arn,) = until(newcomers)
    assert arn != machine.arn
    assert house.describe_instance(machine.arn)["status"] == "INACTIVE"
    task = house.run_task(web, arn)
    assert len(containers_of(task["taskArn"])) == 1
    now = house.machine(machine.id)
    assert now.agent_pid is not None
    assert is_alive(now.agent_pid)


def test_an_instance_joins_the_cluster_that_is_asked_for(house: House) -> None:
    before = {one.id for one in house.machines()}
    house.roadstead("instance", "add", "--cluster", "annex", status=1)
    assert {one.id for one in house.machines()} == before, "there is no such cluster yet"
    house.aws("create-cluster", "--cluster-name", "annex")
    instance_id = house.roadstead("instance", "add", "--cluster", "annex").split()[-1]
    arns = until(
        lambda: house.aws("list-container-instances", "--cluster", "annex")["containerInstanceArns"]
    )
    assert {one.id for one in house.machines()} - before == {instance_id}
    house.aws(
        "deregister-container-instance", "--cluster", "annex", "--container-instance", arns[0]
    )
    house.roadstead("instance", "terminate", instance_id)
