"""The attributes of listeners, by their protocol.

Source: botocore:elbv2#ListenerAttribute
"""

from collections.abc import Mapping

from roadstead.elbv2.rules.attributes import Attribute, flag, number, pattern

_HEADER_NAME = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,127}"
_HEADER_VALUE = pattern(
    "", r"[\x20-\x7e]{0,1024}", "the value of a header, of printable ASCII characters"
)

_REQUEST_HEADERS = {
    "x_amzn_mtls_clientcert_serial_number": "X-Amzn-Mtls-Clientcert-Serial-Number",
    "x_amzn_mtls_clientcert_issuer": "X-Amzn-Mtls-Clientcert-Issuer",
    "x_amzn_mtls_clientcert_subject": "X-Amzn-Mtls-Clientcert-Subject",
    "x_amzn_mtls_clientcert_validity": "X-Amzn-Mtls-Clientcert-Validity",
    "x_amzn_mtls_clientcert_leaf": "X-Amzn-Mtls-Clientcert-Leaf",
    "x_amzn_mtls_clientcert": "X-Amzn-Mtls-Clientcert",
    "x_amzn_tls_version": "X-Amzn-Tls-Version",
    "x_amzn_tls_cipher_suite": "X-Amzn-Tls-Cipher-Suite",
}
RESPONSE_HEADERS = {
    f"routing.http.response.{name}.header_value": name.replace("_", "-")
    for name in (
        "strict_transport_security",
        "access_control_allow_origin",
        "access_control_allow_methods",
        "access_control_allow_headers",
        "access_control_allow_credentials",
        "access_control_expose_headers",
        "access_control_max_age",
        "content_security_policy",
        "x_content_type_options",
        "x_frame_options",
    )
}
"""Attribute → the header that answers get, if the attribute is not empty."""
SERVER_HEADER = "routing.http.response.server.enabled"
IDLE_SECONDS = "tcp.idle_timeout.seconds"

_OF_HTTP: dict[str, Attribute] = {
    SERVER_HEADER: flag(True),
    **dict.fromkeys(RESPONSE_HEADERS, _HEADER_VALUE),
}
_OF_HTTPS: dict[str, Attribute] = {
    **_OF_HTTP,
    **{
        f"routing.http.request.{name}.header_name": pattern(
            default, _HEADER_NAME, "the name of a header"
        )
        for name, default in _REQUEST_HEADERS.items()
    },
}


def attributes_of(protocol: str) -> Mapping[str, Attribute]:
    """The attributes that a listener of this protocol has."""
    match protocol:
        case "HTTP":
            return _OF_HTTP
        case "HTTPS":
            return _OF_HTTPS
        case "TCP" | "TLS":
            return {IDLE_SECONDS: number(350, 60, 6000)}
    return {}
