"""How HTTP is spoken to clients: headers that ELB adds, timeouts, websockets, its own answers."""

from collections.abc import Sequence

from roadstead.dataplane.snapshot.access_log import access_log
from roadstead.dataplane.snapshot.actions import STICKY
from roadstead.dataplane.snapshot.messages import Json, extension, seconds, watched
from roadstead.dataplane.snapshot.names import Files
from roadstead.dataplane.snapshot.redirects import parts_filter
from roadstead.dataplane.snapshot.routes import Served, asks_for_parts, asks_for_source
from roadstead.dataplane.snapshot.source_addresses import tells_source

MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
IDLE_SECONDS_DEFAULT = 60
KEEP_ALIVE_SECONDS_DEFAULT = 3600
STREAMS_MAX = 128
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html"""

NOBODY = {"cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]}
"""Without any range Envoy means all private addresses, and does as their x-envoy headers say."""

ANSWERS = (
    # flags of what went wrong, the status that ELB answers, its text
    (("UF", "UC", "UR", "UPE", "URX"), 502, "Bad Gateway"),
    (("UH", "NC", "UO"), 503, "Service Temporarily Unavailable"),
    (("UT", "SI"), 504, "Gateway Time-out"),
)
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html"""


def http(
    route_table: str,
    served: Served,
    files: Files,
    *,
    is_encrypted: bool,
    together: Sequence[Served],
) -> Json:
    """The filter of an application load balancer's listener; its routes are a file of that name.

    together: all that share the connections, itself among them.
    """
    load_balancer = served.load_balancer
    attributes = load_balancer.attributes
    found = manager(
        route_table,
        files,
        [parts_filter()] if any(map(asks_for_parts, together)) else (),
        idle_seconds=int(attributes.get("idle_timeout.timeout_seconds", IDLE_SECONDS_DEFAULT)),
        keep_alive_seconds=int(
            attributes.get("client_keep_alive.seconds", KEEP_ALIVE_SECONDS_DEFAULT)
        ),
    )
    config = found["typed_config"]
    if any(map(asks_for_source, together)):
        config["early_header_mutation_extensions"] = [tells_source()]
    if not is_encrypted or attributes.get("routing.http2.enabled") == "false":
        # As ELB: HTTP/2 is what a client and an HTTPS listener agree upon, and nothing else.
        config["codec_type"] = "HTTP1"
    if attributes.get("routing.http.xff_header_processing.mode") == "preserve":
        config["skip_xff_append"] = True
    if attributes.get("access_logs.s3.enabled") == "true":
        kind = "https" if is_encrypted else "http"
        config["access_log"] = [access_log(kind, load_balancer, files)]
    return found


def manager(
    route_table: str,
    files: Files,
    filters: Sequence[Json] = (),
    *,
    idle_seconds: int,
    keep_alive_seconds: int,
) -> Json:
    """Envoy's HTTP as a load balancer of AWS speaks it.

    filters: what only some listeners need. One that does nothing still costs 1 % of all requests.
    """
    return extension(
        "http",
        MANAGER,
        stat_prefix="http",
        rds={
            "route_config_name": route_table,
            "config_source": watched(str(files.routes(route_table))),
        },
        http_filters=[
            # There without a change of the listener: stickiness comes and goes under traffic.
            {
                **extension(
                    STICKY, "envoy.extensions.filters.http.stateful_session.v3.StatefulSession"
                ),
                "disabled": True,
            },
            *filters,
            extension(
                "router",
                "envoy.extensions.filters.http.router.v3.Router",
                dynamic_stats=False,
                suppress_envoy_headers=True,
            ),
        ],
        upgrade_configs=[{"upgrade_type": "websocket"}],
        use_remote_address=True,
        internal_address_config=NOBODY,  # whose x-envoy headers would be believed
        append_x_forwarded_port=True,
        generate_request_id=False,
        server_header_transformation="PASS_THROUGH",
        http_protocol_options={"accept_http_10": True, "default_host_for_http_10": "localhost"},
        http2_protocol_options={"max_concurrent_streams": STREAMS_MAX},
        common_http_protocol_options={
            "idle_timeout": seconds(idle_seconds),
            "max_connection_duration": seconds(keep_alive_seconds),
        },
        stream_idle_timeout=seconds(idle_seconds),
        local_reply_config={"mappers": [_answer(*each) for each in ANSWERS]},
    )


def _answer(flags: tuple[str, ...], status: int, text: str) -> Json:
    title = f"{status} {text}"
    return {
        "filter": {"response_flag_filter": {"flags": list(flags)}},
        "status_code": status,
        "body_format_override": {
            "text_format_source": {
                "inline_string": f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
                f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
            },
            "content_type": "text/html",
        },
    }
