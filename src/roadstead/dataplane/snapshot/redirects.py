"""A redirect action → Envoy's, with ELB's placeholders.

`#{protocol}` and `#{port}` are the listener's own and known beforehand. What Envoy's redirect
cannot say (a host or a query that is partly the request's) is a Location header written from the
request.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#redirect-actions
"""

import re
from typing import Any

from roadstead.dataplane.snapshot.messages import Json, header
from roadstead.elbv2.rules.redirects import REDIRECT_DEFAULTS

CODES = {"HTTP_301": "MOVED_PERMANENTLY", "HTTP_302": "FOUND"}
HOST, PATH, QUERY = "#{host}", "#{path}", "#{query}"
REQUEST_HOST = "%REQUESTED_SERVER_NAME(HOST_FIRST:HOST)%"
REQUEST_PATH = "%PATH(NQ:PATH)%"
REQUEST_QUERY = "%QUERY_PARAMS(ORIG)%"


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


def _known(text: str, protocol: str, port: int) -> str:
    return text.replace("#{protocol}", protocol.lower()).replace("#{port}", str(port))


def _written(asked: dict[str, str], config: dict[str, Any]) -> Json:
    """The whole URL as a header of a direct response."""
    location = (
        f"{asked['Protocol'].lower()}://{asked['Host']}:{asked['Port']}{asked['Path']}"
        + (f"?{asked['Query']}" if asked["Query"] else "")
    ).replace("%", "%%")
    location = re.sub(r"/#\{path\}", REQUEST_PATH, location)
    location = location.replace(HOST, REQUEST_HOST).replace(QUERY, REQUEST_QUERY)
    return {
        "direct_response": {"status": int(config["StatusCode"].removeprefix("HTTP_"))},
        "response_headers_to_add": [header("location", location)],
    }
