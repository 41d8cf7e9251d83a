"""The load balancer before the demo's service, and visitors who count what they are answered."""

import http.client
import threading
import time
from types import TracebackType
from typing import Any, Self

from demo.stage import Stage

NAME = "web"
DRAIN_SECONDS = 5
VISITORS = 6
PAUSE_SECONDS = 0.02
ANSWER_SECONDS_MAX = 30


def make_a_load_balancer(stage: Stage) -> None:
    stage.chapter("An application load balancer")
    subnets = stage.ask("describe_subnets", service="ec2")["Subnets"]
    group = stage.aws(
        "create-target-group",
        *("--name", NAME, "--protocol", "HTTP", "--port", "80"),
        *("--vpc-id", subnets[0]["VpcId"]),
        *("--health-check-interval-seconds", "5", "--health-check-timeout-seconds", "2"),
        *("--healthy-threshold-count", "2", "--query", "TargetGroups[0].TargetGroupArn"),
        service="elbv2",
    )
    stage.tell(f"Connections may end for 300 s unless a group says otherwise: {DRAIN_SECONDS} s.")
    delay = f"Key=deregistration_delay.timeout_seconds,Value={DRAIN_SECONDS}"
    stage.aws(
        *("modify-target-group-attributes", "--target-group-arn", group, "--attributes", delay),
        *("--query", "Attributes[?Key=='deregistration_delay.timeout_seconds'].Value"),
        service="elbv2",
    )
    made = stage.aws(
        *("create-load-balancer", "--name", NAME, "--subnets"),
        *(each["SubnetId"] for each in subnets),
        *("--query", "LoadBalancers[0].{arn:LoadBalancerArn,name:DNSName}"),
        service="elbv2",
    )
    stage.aws(
        *("create-listener", "--load-balancer-arn", made["arn"]),
        *("--protocol", "HTTP", "--port", str(stage.port)),
        *("--default-actions", f"Type=forward,TargetGroupArn={group}"),
        *("--query", "Listeners[0].ListenerArn"),
        service="elbv2",
    )
    seconds = stage.wait("it is active", lambda: _described(stage)["State"]["Code"] == "active")
    stage.check("a load balancer is active", f"{made['name']}, {seconds:.1f} s", True)


def target_group(stage: Stage) -> str:
    groups = stage.ask("describe_target_groups", service="elbv2", Names=[NAME])["TargetGroups"]
    return str(groups[0]["TargetGroupArn"])


def dns_name(stage: Stage) -> str:
    return str(_described(stage)["DNSName"])


def ask_by_name(stage: Stage) -> str:
    """What the load balancer's name answers, on 127.0.0.1, where curl and browsers look for it."""
    stage.tell(f"$ curl http://{dns_name(stage)}:{stage.port}/")
    connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=ANSWER_SECONDS_MAX)
    connection.request("GET", "/", headers={"Host": f"{dns_name(stage)}:{stage.port}"})
    said = connection.getresponse().read().decode().strip()
    connection.close()
    return said


def target_states(stage: Stage) -> dict[str, str]:
    """`instance:port` → state, asked without showing it."""
    found = stage.ask(
        "describe_target_health", service="elbv2", TargetGroupArn=target_group(stage)
    )["TargetHealthDescriptions"]
    return {
        f"{each['Target']['Id']}:{each['Target']['Port']}": each["TargetHealth"]["State"]
        for each in found
    }


def show_targets(stage: Stage) -> None:
    stage.aws(
        *("describe-target-health", "--target-group-arn", target_group(stage), "--query"),
        "TargetHealthDescriptions[].[Target.Id, Target.Port, TargetHealth.State]",
        service="elbv2",
    )


def _described(stage: Stage) -> dict[str, Any]:
    found = stage.ask("describe_load_balancers", service="elbv2", Names=[NAME])
    balancer: dict[str, Any] = found["LoadBalancers"][0]
    return balancer


def _address(stage: Stage) -> str:
    filters = [{"Name": "description", "Values": [f"ELB app/{NAME}/*"]}]
    found = stage.ask("describe_network_interfaces", service="ec2", Filters=filters)
    return str(found["NetworkInterfaces"][0]["PrivateIpAddress"])


class Visitors:
    """Ask the load balancer in the background, half of them with a new connection each time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._requests = 0
        self._failures = 0
        address = (_address(stage), stage.port)
        self._threads = [
            threading.Thread(target=self._run, args=(*address, number % 2 == 0), daemon=True)
            for number in range(VISITORS)
        ]

    def __enter__(self) -> Self:
        self._stage.tell(f"{VISITORS} visitors ask the load balancer from now on.")
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def tell(self, meanwhile: str) -> None:
        """One line of the closing table: what they were answered."""
        seen = f"requests: {self._requests:,}, failures: {self._failures}"
        good = self._requests > 0 and self._failures == 0
        self._stage.check(f"not one request failed during {meanwhile}", seen, good)

    def _run(self, host: str, port: int, keeps_its_connection: bool) -> None:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS_MAX)
        while not self._over.is_set():
            if not keeps_its_connection:
                connection.close()
            good = self._is_answered(connection)
            with self._lock:
                self._requests += 1
                self._failures += not good
            time.sleep(PAUSE_SECONDS)
        connection.close()

    def _is_answered(self, connection: http.client.HTTPConnection) -> bool:
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return False
        return answer.status == http.client.OK
