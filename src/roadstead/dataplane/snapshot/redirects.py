"""A redirect action → Envoy's, with ELB's placeholders.

`#{protocol}` and `#{port}` are the listener's own and known beforehand. What Envoy's redirect
cannot say (a host or a query that is partly the request's) is a Location header written from the
request: of its path and query, as far as Envoy has no word for what ELB means by them, from
metadata that a filter takes out of them (`PARTS`).

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#redirect-actions
"""

from typing import Any

from roadstead.dataplane.snapshot.messages import Json, extension, header, typed
from roadstead.elbv2.rules.redirects import REDIRECT_DEFAULTS

CODES = {"HTTP_301": "MOVED_PERMANENTLY", "HTTP_302": "FOUND"}
HOST, PATH, QUERY = "#{host}", "#{path}", "#{query}"
REQUEST_PATH = "%PATH(NQ:PATH)%"
REQUEST_QUERY = "%QUERY_PARAMS(ORIG)%"

PARTS = "envoy.filters.http.header_to_metadata"
PARTS_CONFIG = "envoy.extensions.filters.http.header_to_metadata.v3.Config"
NAME, RELATIVE_PATH, ASKED = "name", "relative-path", "asked"
PATTERNS = {
    # the host without its port
    NAME: (":authority", r"^(\[[^\]]*\]|[^:]*).*$"),
    # the path without its first slash, which is what `#{path}` means
    RELATIVE_PATH: (":path", r"^/([^?]*).*$"),
    # the query with its question mark; without a query, nothing
    ASKED: (":path", r"^[^?]*(\?.+)?\??$"),
}
METADATA = {name: f"%DYNAMIC_METADATA({PARTS}:{name})%" for name in PATTERNS}


def redirect(config: dict[str, Any], protocol: str, port: int) -> Json:
    """The route's action, as fields of the route, of a listener's protocol and port."""
    asked = {name: _known(config[name], protocol, port) for name in REDIRECT_DEFAULTS}
    if asked["Host"] != HOST and HOST in asked["Host"]:
        return _written(asked, config)
    if asked["Query"] not in ("", QUERY) or any(each in asked["Path"] for each in (HOST, QUERY)):
        return _written(asked, config)
    found: Json = {
        "response_code": CODES[config["StatusCode"]],
        "scheme_redirect": asked["Protocol"].lower(),
        "port_redirect": int(asked["Port"]),
    }
    if asked["Host"] != HOST:
        found["host_redirect"] = asked["Host"]
    if PATH not in asked["Path"]:
        found["path_redirect"] = asked["Path"]
    elif asked["Path"] != f"/{PATH}":
        substitution = asked["Path"].replace("\\", "\\\\").replace(PATH, r"\1")
        found["regex_rewrite"] = {"pattern": {"regex": "/(.*)"}, "substitution": substitution}
    if asked["Query"] == "":
        found["strip_query"] = True
    return {"redirect": found}


def needs_parts(config: dict[str, Any]) -> bool:
    """Whether the Location of such a redirect is put together from parts of the request."""
    return PARTS in redirect(config, "HTTP", 80).get("typed_per_filter_config", ())


def parts_filter() -> Json:
    """Of a listener's HTTP: takes a path apart on the routes that ask for it, nowhere else."""
    return {**extension(PARTS, PARTS_CONFIG), "disabled": True}


def _known(text: str, protocol: str, port: int) -> str:
    return text.replace("#{protocol}", protocol.lower()).replace("#{port}", str(port))


def _written(asked: dict[str, str], config: dict[str, Any]) -> Json:
    """The whole URL as a header of a direct response."""
    query = f"?{asked['Query']}" if asked["Query"] else ""
    location = (
        f"{asked['Protocol'].lower()}://{asked['Host']}:{asked['Port']}{asked['Path']}{query}"
    ).replace("%", "%%")
    if asked["Query"] == QUERY:
        location = location.removesuffix(query) + METADATA[ASKED]
    location = location.replace(f"/{PATH}", REQUEST_PATH).replace(PATH, METADATA[RELATIVE_PATH])
    location = location.replace(HOST, METADATA[NAME]).replace(QUERY, REQUEST_QUERY)
    found: Json = {
        "direct_response": {"status": int(config["StatusCode"].removeprefix("HTTP_"))},
        "response_headers_to_add": [header("location", location)],
    }
    taken = [name for name, text in METADATA.items() if text in location]
    if taken:
        rules = [_rule(name) for name in taken]
        found["typed_per_filter_config"] = {PARTS: typed(PARTS_CONFIG, request_rules=rules)}
    return found


def _rule(name: str) -> Json:
    source, pattern = PATTERNS[name]
    rewrite = {"pattern": {"regex": pattern}, "substitution": r"\1"}
    found = {"metadata_namespace": PARTS, "key": name, "regex_value_rewrite": rewrite}
    return {"header": source, "on_header_present": found}
