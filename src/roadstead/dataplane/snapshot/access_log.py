"""Access logs: one object of JSON a request, with the fields of ELB's own access logs.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-syntax
"""

from roadstead.dataplane.snapshot.messages import Json, extension
from roadstead.dataplane.snapshot.names import Files
from roadstead.elbv2.records.load_balancer import LoadBalancer

FIELDS = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%6fZ)%",
    "client": "%DOWNSTREAM_REMOTE_ADDRESS%",
    "target": "%UPSTREAM_HOST%",
    "target_group": "%UPSTREAM_CLUSTER%",
    "request_processing_milliseconds": "%REQUEST_DURATION%",
    "target_processing_milliseconds": "%RESPONSE_DURATION%",
    "total_milliseconds": "%DURATION%",
    "elb_status_code": "%RESPONSE_CODE%",
    "received_bytes": "%BYTES_RECEIVED%",
    "sent_bytes": "%BYTES_SENT%",
    "method": "%REQ(:METHOD)%",
    "host": "%REQ(:AUTHORITY)%",
    "path": "%REQ(:PATH)%",
    "protocol": "%PROTOCOL%",
    "user_agent": "%REQ(USER-AGENT)%",
    "ssl_cipher": "%DOWNSTREAM_TLS_CIPHER%",
    "ssl_protocol": "%DOWNSTREAM_TLS_VERSION%",
    "server_name": "%REQUESTED_SERVER_NAME%",
    "matched_rule": "%ROUTE_NAME%",
    "error_reason": "%RESPONSE_FLAGS%",
}
OF_A_CONNECTION = (
    "time", "client", "target", "target_group", "total_milliseconds", "received_bytes",
    "sent_bytes", "ssl_cipher", "ssl_protocol", "server_name", "error_reason",
)  # fmt: skip


def access_log(kind: str, load_balancer: LoadBalancer, files: Files) -> Json:
    """The log of a load balancer. `kind`: http, https, tcp, tls."""
    names = FIELDS if kind in ("http", "https") else OF_A_CONNECTION
    fields = {"type": kind, "elb": load_balancer.arn.partition(":loadbalancer/")[2]}
    fields |= {name: FIELDS[name] for name in names}
    return extension(
        "file",
        "envoy.extensions.access_loggers.file.v3.FileAccessLog",
        path=str(files.access_log(load_balancer.arn)),
        log_format={"json_format": fields},
    )
