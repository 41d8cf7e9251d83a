"""Redirects and fixed responses: what an application load balancer answers by itself.

Source: botocore:elbv2#RedirectActionConfig, botocore:elbv2#FixedResponseActionConfig
"""

import re
from collections.abc import Mapping
from typing import Any

from roadstead.elbv2.errors import invalid_action, validation

REDIRECT_DEFAULTS = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}
PLACEHOLDERS = ("protocol", "host", "port", "path", "query")
PARTS_MAX = 128
REDIRECT_CODES = ("HTTP_301", "HTTP_302")
CONTENT_TYPES = (
    "text/plain",
    "text/css",
    "text/html",
    "application/javascript",
    "application/json",
)
BODY_CHARACTERS_MAX = 1024

_PLACEHOLDER = re.compile(r"#\{([^}]*)\}")
_HOST = re.compile(r"[A-Za-z0-9\-._]*")
_URL_TEXT = re.compile(r"[!$%&'()*+,\-./0-9:;=?@A-Z_a-z~\[\]]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def checked_redirect(
    config: Mapping[str, Any] | None, listener_protocol: str, listener_port: int
) -> dict[str, str]:
    """The redirect with all of its parts.

    Raises: InvalidLoadBalancerAction; ValidationError
    """
    if not config:
        raise invalid_action("A redirect action must have a RedirectConfig")
    status = config.get("StatusCode")
    if status not in REDIRECT_CODES:
        raise invalid_action(
            f"Redirect status code '{status}' must be one of '[{', '.join(REDIRECT_CODES)}]'"
        )
    parts = {
        name: default if config.get(name) is None else str(config[name])
        for name, default in REDIRECT_DEFAULTS.items()
    }
    for name, text in parts.items():
        _check_placeholders(name, text)
    _check_protocol(parts["Protocol"], listener_protocol)
    _check_port(parts["Port"])
    _check_host(parts["Host"])
    _check_path(parts["Path"])
    _check_query(parts["Query"])
    if _is_loop(parts, listener_protocol, listener_port):
        raise invalid_action("The redirect configuration is not valid because it creates a loop")
    return {**parts, "StatusCode": status}


def checked_fixed_response(config: Mapping[str, Any] | None) -> dict[str, str]:
    """The response as it is stored.

    Raises: InvalidLoadBalancerAction; ValidationError
    """
    if not config:
        raise invalid_action("A fixed-response action must have a FixedResponseConfig")
    status = config.get("StatusCode") or ""
    if re.fullmatch(r"[245]\d\d", status) is None:
        raise validation(f"Fixed response status code '{status}' must be 2XX, 4XX or 5XX")
    found = {"StatusCode": status}
    body, content_type = config.get("MessageBody"), config.get("ContentType")
    if content_type:
        if content_type not in CONTENT_TYPES:
            raise invalid_action(
                f"The ContentType '{content_type}' is not valid. It must be one of "
                f"'[{', '.join(CONTENT_TYPES)}]'"
            )
        found["ContentType"] = content_type
    if body:
        if len(body) > BODY_CHARACTERS_MAX:
            raise validation(
                f"The MessageBody can have at most {BODY_CHARACTERS_MAX} characters, "
                f"not {len(body)}"
            )
        if _CONTROL.search(body):
            raise validation(
                "The MessageBody can contain no control characters but tabs and line ends"
            )
        found["MessageBody"] = body
    return found


def _check_placeholders(name: str, text: str) -> None:
    if len(text) > PARTS_MAX:
        raise validation(f"The {name} of a redirect can have at most {PARTS_MAX} characters")
    for each in _PLACEHOLDER.findall(text):
        if each not in PLACEHOLDERS:
            raise invalid_action(
                f"The {name} of a redirect has the unknown keyword '#{{{each}}}'. There are: "
                + ", ".join(f"#{{{one}}}" for one in PLACEHOLDERS)
            )
    if "#" in _PLACEHOLDER.sub("", text):
        raise invalid_action(f"The {name} of a redirect can have '#' only in keywords")


def _check_protocol(text: str, listener_protocol: str) -> None:
    if text not in ("HTTP", "HTTPS", "#{protocol}"):
        raise validation(
            f"The redirect protocol '{text}' must be one of '[#{{protocol}}, HTTP, HTTPS]'"
        )
    if text == "HTTP" and listener_protocol == "HTTPS":
        raise invalid_action("You cannot redirect from HTTPS to HTTP")


def _check_port(text: str) -> None:
    if text == "#{port}":
        return
    if re.fullmatch(r"[1-9]\d{0,4}", text) is None or int(text) > 65_535:
        raise invalid_action(f"The redirect port '{text}' must be 1 to 65535 or '#{{port}}'")


def _check_host(text: str) -> None:
    if set(_PLACEHOLDER.findall(text)) - {"host"}:
        raise invalid_action("The redirect host can only have the keyword '#{host}'")
    if not text or _HOST.fullmatch(_PLACEHOLDER.sub("", text)) is None:
        raise invalid_action(f"The redirect host '{text}' is not a valid host name")


def _check_path(text: str) -> None:
    if set(_PLACEHOLDER.findall(text)) - {"host", "path", "port"}:
        raise invalid_action(
            "The redirect path can only have the keywords #{host}, #{path} and #{port}"
        )
    if not text.startswith("/"):
        raise invalid_action(f"The redirect path '{text}' must start with '/'")
    plain = _PLACEHOLDER.sub("", text)
    if "?" in plain or _URL_TEXT.fullmatch(plain) is None:
        raise invalid_action(f"The redirect path '{text}' has characters that a path cannot have")


def _check_query(text: str) -> None:
    if text.startswith("?"):
        raise invalid_action("The redirect query must not start with '?'; it is added")
    if _URL_TEXT.fullmatch(_PLACEHOLDER.sub("", text)) is None:
        raise invalid_action(f"The redirect query '{text}' has characters that a query cannot have")


def _is_loop(parts: Mapping[str, str], listener_protocol: str, listener_port: int) -> bool:
    """Whether it leads to where the request came from; another query alone does not help."""
    return (
        parts["Protocol"] in ("#{protocol}", listener_protocol)
        and parts["Port"] in ("#{port}", str(listener_port))
        and parts["Host"] == "#{host}"
        and parts["Path"] == "/#{path}"
    )
