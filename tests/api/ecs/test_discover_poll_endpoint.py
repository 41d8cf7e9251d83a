"""DiscoverPollEndpoint."""

from typing import Any


def test_agents_are_sent_back_to_this_server(ecs: Any, server: Any, cluster: str) -> None:
    answer = ecs.discover_poll_endpoint(cluster=cluster, containerInstance="0" * 32)
    assert answer["endpoint"] == f"{server.endpoint}/acs/"
    assert answer["telemetryEndpoint"] == f"{server.endpoint}/tcs/"
