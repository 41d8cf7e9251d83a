"""TLS on both sides: certificates of a listener, and encryption towards targets."""

from collections.abc import Sequence

from roadstead.dataplane.snapshot.messages import Json, extension
from roadstead.dataplane.snapshot.names import Files
from roadstead.elbv2.rules.ssl_policies import DEFAULT_POLICY, POLICIES

VERSIONS = {
    "TLSv1": "TLSv1_0",
    "TLSv1.1": "TLSv1_1",
    "TLSv1.2": "TLSv1_2",
    "TLSv1.3": "TLSv1_3",
}
CIPHERS = frozenset(
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-SHA",
        "ECDHE-RSA-AES128-SHA",
        "ECDHE-ECDSA-AES256-SHA",
        "ECDHE-RSA-AES256-SHA",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
        "AES128-SHA",
        "AES256-SHA",
    )
)
"""Up to TLS 1.2, those of ELB's that Envoy's TLS library has; it lacks CBC with SHA-2."""
ALPN = {
    "HTTP1Only": ("http/1.1",),
    "HTTP2Only": ("h2",),
    "HTTP2Optional": ("http/1.1", "h2"),
    "HTTP2Preferred": ("h2", "http/1.1"),
}


def downstream_tls(
    certificates: Sequence[str], ssl_policy: str, alpn: Sequence[str], files: Files
) -> Json:
    """The transport of a listener; of its certificates, the one that the client's SNI names.

    The first is for clients that name none of them. certificates: names of their files.
    """
    context: Json = {
        "tls_params": parameters(ssl_policy),
        "tls_certificates": [
            {
                "certificate_chain": {"filename": str(files.certificate(name))},
                "private_key": {"filename": str(files.key(name))},
            }
            for name in certificates
        ],
    }
    if alpn:
        context["alpn_protocols"] = list(alpn)
    return extension(
        "tls",
        "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context=context,
    )


def upstream_tls(protocol_version: str) -> Json:
    """The transport to targets. ELB does not ask who they are.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
    """
    context: Json = {}
    if protocol_version != "HTTP1":
        context["alpn_protocols"] = ["h2"]
    return extension(
        "tls",
        "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        common_tls_context=context,
    )


def parameters(ssl_policy: str) -> Json:
    """The versions and ciphers of a policy, of those that the proxy has."""
    policy = POLICIES.get(ssl_policy) or POLICIES[DEFAULT_POLICY]
    found: Json = {
        "tls_minimum_protocol_version": VERSIONS[policy.protocols[0]],
        "tls_maximum_protocol_version": VERSIONS[policy.protocols[-1]],
    }
    ciphers = [each for each in policy.ciphers if each in CIPHERS]
    if ciphers:
        found["cipher_suites"] = ciphers
    return found
