"""Lines of Envoy's health events, and what they mean to ELB."""

import msgspec

from roadstead.dataplane.health_events import Finding, finding, standing


def a_line(kind: str = "HTTP", **event: object) -> bytes:
    socket = {"protocol": "TCP", "address": "10.0.0.17", "port_value": 80}
    return msgspec.json.encode(
        {
            "health_checker_type": kind,
            "host": {"socket_address": socket},
            "cluster_name": "web",
            **event,
        }
    )


def found(kind: str, reason: str = "") -> Finding:
    return Finding("web", "10.0.0.17", 80, kind, reason)


def test_each_failure_has_elbs_reason() -> None:
    for failure, reason in (
        ("ACTIVE", "Target.ResponseCodeMismatch"),
        ("NETWORK", "Target.FailedHealthChecks"),
        ("NETWORK_TIMEOUT", "Target.Timeout"),
    ):
        ejected = finding(a_line(eject_unhealthy_event={"failure_type": failure}))
        assert ejected == found("unhealthy", reason)
        failed = finding(a_line(health_check_failure_event={"failure_type": failure}))
        assert failed == found("failed", reason)


def test_a_wrong_code_is_only_of_http() -> None:
    event = {"failure_type": "ACTIVE"}
    assert finding(a_line("TCP", eject_unhealthy_event=event)) == found(
        "unhealthy", "Target.FailedHealthChecks"
    )


def test_a_target_that_passed_is_healthy() -> None:
    assert finding(a_line(add_healthy_event={"first_check": True})) == found("passed")


def test_other_lines_say_nothing() -> None:
    assert finding(b"not json") is None
    assert finding(b"{}") is None
    assert finding(a_line()) is None


def test_how_hosts_stand() -> None:
    def host(**status: object) -> dict[str, object]:
        socket = {"address": "10.0.0.17", "port_value": 80}
        return {"address": {"socket_address": socket}, "health_status": status}

    cluster = {
        "name": "web",
        "host_statuses": [
            host(eds_health_status="HEALTHY"),
            host(failed_active_health_check=True),
            host(failed_active_health_check=True, pending_active_hc=True),
            host(failed_active_health_check=True, active_hc_timeout=True),
        ],
    }
    assert standing(cluster) == [
        found("passed"),
        found("unhealthy", "Target.FailedHealthChecks"),
        found("pending"),
        found("unhealthy", "Target.Timeout"),
    ]
