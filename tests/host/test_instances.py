"""EC2 instances on this machine, for real."""

import contextlib
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from carrier import STAND_IN, Host, Machine, cgroups_of, is_alive, until
from premises import Site

from roadstead import keys
from roadstead.data_dir import DataDirError
from roadstead.host import cgroups, client, namespaces, processes
from roadstead.host.main import run
from roadstead.settings import HostSettings

ROUNDS = int(os.environ.get("ROADSTEAD_KILL_ROUNDS", "30"))


def test_an_agent_runs_in_its_instances_network_with_its_own_key(host: Host) -> None:
    instance_id = host.add()
    shown = host.instance(instance_id)
    seen = host.seen(instance_id)
    environment = seen["environment"]
    addresses = {
        link["ifname"]: [one["local"] for one in link["addr_info"] if one["family"] == "inet"]
        for link in json.loads(seen["addresses"])
    }
    assert addresses == {"lo": ["127.0.0.1"], "eth0": [shown["address"]]}
    assert environment["ROADSTEAD_INSTANCE_ID"] == instance_id
    assert environment["ECS_CLUSTER"] == "default"
    assert environment["ROADSTEAD_PRIVATE_ADDRESS"] == shown["address"]
    assert f"{environment['ROADSTEAD_CGROUP_PARENT']}/agent" in seen["cgroups"]
    credentials = Path(environment["AWS_SHARED_CREDENTIALS_FILE"])
    assert credentials.stat().st_mode & 0o777 == 0o600
    key = next(one for one in keys.read(host.data_dir.keys_file) if one.kind == "instance")
    assert key.secret_access_key in credentials.read_text()
    assert key.arn.endswith(f"assumed-role/ecsInstanceRole/{instance_id}")


def test_the_machine_reaches_instances_and_instances_reach_each_other(site: Site) -> None:
    first, second = site.add_instance(), site.add_instance()
    listener = _listen([], second)
    try:
        assert _fetch([], second["address"]) == "reached"
        until(lambda: _is_reached(_inside(first), second["address"]))
    finally:
        listener.kill()
        listener.wait()


def test_instances_do_not_reach_each_other_before_groups_are_known(host: Host) -> None:
    first, second = host.instance(host.add()), host.instance(host.add())
    listener = _listen([], second)
    try:
        assert _fetch([], second["address"]) == "reached"
        assert not _is_reached(_inside(first), second["address"])
    finally:
        listener.kill()
        listener.wait()


def test_the_machine_is_as_before_once_everything_is_purged(
    tmp_path: Path, own_machine: Machine
) -> None:
    before = own_machine.look()
    host = Host(tmp_path / "d", machine=own_machine)
    host.start()
    containers = [host.container(host.add()) for _ in range(3)]
    assert own_machine.look() != before
    host.call("shutdown", ending="purge")
    assert host.wait() == 0
    assert own_machine.look() == before
    assert cgroups_of(host.data_dir) == []
    assert not any(map(is_alive, containers))


def test_a_firewall_that_drops_what_is_forwarded_lets_instances_through(
    tmp_path: Path, own_machine: Machine
) -> None:
    own_machine.run(["nft", "add table ip filter"])
    own_machine.run(
        ["nft", "add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }"]
    )
    before = own_machine.look()
    site = Site(tmp_path / "d", own_machine)
    host = site.host
    first, second = site.add_instance(), site.add_instance()
    listener = _listen(own_machine.prefix, second)
    try:
        inside = [*own_machine.prefix, *_inside(first)]
        until(lambda: _is_reached(inside, second["address"]))
    finally:
        listener.kill()
        listener.wait()
    host.call("shutdown", ending="purge")
    assert host.wait() == 0
    site.close()
    assert own_machine.look() == before


def test_a_stopped_instance_has_no_process_and_network_but_its_disk(host: Host) -> None:
    instance_id = host.add()
    container = host.container(instance_id)
    stopped = host.call("stop", instanceId=instance_id)
    assert (stopped["status"], stopped["agent"]) == ("stopped", "none")
    assert not is_alive(container)
    assert not namespaces.exists(stopped["namespace"])
    assert not cgroups.exists(_cgroup(host, instance_id))
    assert (host.agent_data(instance_id) / "seen.json").exists()


def test_an_instance_starts_again_with_the_same_address_and_disk(host: Host) -> None:
    instance_id = host.add()
    before = host.instance(instance_id)
    host.call("stop", instanceId=instance_id)
    host.call("start", instanceId=instance_id)
    until(lambda: len(host.starts(instance_id)) == 2)
    after = host.instance(instance_id)
    for same in ("address", "eniId", "zone", "subnetId", "launchedAt"):
        assert after[same] == before[same]
    assert after["status"] == "running"


def test_nothing_is_left_of_a_terminated_instance_but_its_line_in_the_list(host: Host) -> None:
    instance_id = host.add()
    container = host.container(instance_id)
    shown = host.call("terminate", instanceId=instance_id)
    assert shown["status"] == "terminated"
    assert not is_alive(container)
    assert not namespaces.exists(shown["namespace"])
    assert not cgroups.exists(_cgroup(host, instance_id))
    assert not (host.data_dir.instances / instance_id).exists()
    assert not any(key.kind == "instance" for key in keys.read(host.data_dir.keys_file))
    with pytest.raises(client.HostRefused, match="can be started: it is terminated"):
        host.call("start", instanceId=instance_id)


def test_an_unknown_instance_is_refused_with_the_cure(host: Host) -> None:
    with pytest.raises(client.HostRefused, match="roadstead instance list"):
        host.call("stop", instanceId="i-0")


def test_a_killed_agent_is_started_again_and_its_containers_run_on(host: Host) -> None:
    instance_id = host.add()
    container = host.container(instance_id)
    first = host.starts(instance_id)[0]
    subprocess.run(["kill", "-9", str(first)], check=True)
    until(lambda: len(host.starts(instance_id)) == 2)
    assert is_alive(container)


def test_an_agent_that_ends_for_good_is_not_started_again(host: Host) -> None:
    instance_id = host.add()
    (host.agent_data(instance_id) / "behaviour").write_text("exit 5")
    subprocess.run(["kill", "-9", str(host.starts(instance_id)[0])], check=True)
    until(lambda: host.instance(instance_id)["agent"] == "ended")
    assert "exit status 5" in host.instance(instance_id)["agentReason"]
    assert len(host.starts(instance_id)) == 2


def test_a_host_that_was_killed_adopts_what_runs(host: Host) -> None:
    ids = [host.add(), host.add()]
    containers = [host.container(one) for one in ids]
    agents = [host.instance(one)["agentPid"] for one in ids]
    host.kill(signal.SIGKILL)
    assert all(map(is_alive, agents + containers))
    host.start()
    until(lambda: [host.instance(one)["agentPid"] for one in ids] == agents)
    assert all(map(is_alive, agents + containers))
    assert [len(host.starts(one)) for one in ids] == [1, 1]


def test_an_agent_whose_number_was_not_written_down_is_found(host: Host) -> None:
    instance_id = host.add()
    agent = host.instance(instance_id)["agentPid"]
    host.kill(signal.SIGKILL)
    (host.data_dir.instances / instance_id / "agent.json").unlink()
    host.start()
    until(lambda: host.instance(instance_id)["agentPid"] == agent)
    assert len(host.starts(instance_id)) == 1


def test_an_adopted_agent_that_was_told_of_another_port_is_started_again(host: Host) -> None:
    instance_id = host.add()
    container = host.container(instance_id)
    host.kill(signal.SIGTERM)
    host.port += 1
    host.start()
    until(lambda: len(host.starts(instance_id)) == 2)
    assert not is_alive(host.starts(instance_id)[0])
    assert is_alive(container)


def test_a_host_that_is_asked_to_end_leaves_instances_running(host: Host) -> None:
    instance_id = host.add()
    agent, container = host.instance(instance_id)["agentPid"], host.container(instance_id)
    assert host.kill(signal.SIGTERM) == 0
    assert is_alive(agent)
    assert is_alive(container)


def test_instances_that_were_turned_off_with_the_host_come_back_with_it(host: Host) -> None:
    instance_id = host.add()
    container = host.container(instance_id)
    host.call("shutdown", ending="off")
    assert host.wait() == 0
    assert not is_alive(container)
    host.start()
    until(lambda: len(host.starts(instance_id)) == 2)
    assert host.instance(instance_id)["status"] == "running"


def test_a_host_killed_while_it_stopped_an_instance_finishes_that(host: Host) -> None:
    instance_id = host.add()
    host.kill(signal.SIGKILL)
    file = host.data_dir.instances_file
    file.write_text(file.read_text().replace('"state": "running"', '"state": "stopping"'))
    host.start()
    assert host.instance(instance_id)["status"] == "stopped"


def test_a_host_killed_at_any_moment_loses_and_doubles_nothing(host: Host) -> None:
    """Each round begins a change and kills the host a little later, up to 45 ms."""
    kept = host.add()
    container = host.container(kept)
    changing = host.add()
    for number in range(ROUNDS):
        op = "start" if host.instance(changing)["status"] == "stopped" else "stop"
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(host.data_dir.host_socket))
            connection.sendall(json.dumps({"op": op, "instanceId": changing}).encode() + b"\n")
            connection.settimeout(0.004 * (number % 12) + 0.001)
            with contextlib.suppress(TimeoutError):
                connection.recv(1)
            host.kill(signal.SIGKILL)
        host.start()
        status = host.instance(changing)["status"]
        assert status in ("running", "stopped")
        assert (status == "running") == namespaces.exists(f"rs-{changing}")
    if host.instance(changing)["status"] == "stopped":
        host.call("start", instanceId=changing)
    agent = until(lambda: host.instance(changing)["agentPid"])
    assert _agents(changing) == [agent]
    assert host.starts(kept) == [host.instance(kept)["agentPid"]]
    assert is_alive(container)


def test_two_hosts_do_not_share_a_data_directory(host: Host) -> None:
    with pytest.raises(DataDirError, match="Another `roadstead host` works"):
        run(HostSettings(data_dir=host.data_dir.path))


def test_two_data_directories_have_networks_that_do_not_meet(host: Host, tmp_path: Path) -> None:
    other = Host(tmp_path / "other")
    try:
        other.start()
        ours, theirs = host.instance(host.add()), other.instance(other.add())
        assert ours["address"].split(".")[:2] != theirs["address"].split(".")[:2]
    finally:
        other.clean_up()


def _cgroup(host: Host, instance_id: str) -> str:
    return f"/roadstead-{host.data_dir.short_id}/{instance_id}"


def _agents(instance_id: str) -> list[int]:
    """Every process that is this instance's agent."""
    return [
        pid
        for pid in processes.all_pids()
        if processes.command_line(pid)[-2:] == list(STAND_IN)
        and processes.environment(pid).get("ROADSTEAD_INSTANCE_ID") == instance_id
    ]


def _inside(instance: dict[str, str]) -> list[str]:
    return ["nsenter", f"--net=/run/netns/{instance['namespace']}", "--"]


def _listen(prefix: list[str], instance: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A server inside an instance that says `reached` to everyone."""
    program = (
        "import socket\n"
        "s = socket.create_server(('0.0.0.0', 8080)); print('listening', flush=True)\n"
        "while True:\n"
        "    c, _ = s.accept(); c.sendall(b'reached'); c.close()\n"
    )
    process = subprocess.Popen(
        [*prefix, *_inside(instance), "python3", "-c", program], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"listening\n"
    return process


def _is_reached(prefix: list[str], address: str) -> bool:
    try:
        return _fetch(prefix, address, seconds=0.3) == "reached"
    except subprocess.CalledProcessError:
        return False


def _fetch(prefix: list[str], address: str, seconds: float = 10) -> str:
    program = (
        f"import socket; c = socket.create_connection(('{address}', 8080), {seconds}); "
        "print(c.recv(100).decode())"
    )
    done = subprocess.run(
        [*prefix, "python3", "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
