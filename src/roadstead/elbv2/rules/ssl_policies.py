"""Security policies: which TLS versions and ciphers an HTTPS or TLS listener speaks.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

import msgspec

DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
"""What CreateListener takes where the request names none."""

_OF_TLS_1_3 = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
_FORWARD_GCM_128 = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256")
_FORWARD_SHA2_128 = ("ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256")
_FORWARD_SHA_128 = ("ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA")
_FORWARD_GCM_256 = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384")
_FORWARD_SHA2_256 = ("ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384")
_FORWARD_SHA_256 = ("ECDHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES256-SHA")
_PLAIN_128 = ("AES128-GCM-SHA256", "AES128-SHA256")
_PLAIN_256 = ("AES256-GCM-SHA384", "AES256-SHA256")

_RESTRICTED = (*_FORWARD_GCM_128, *_FORWARD_GCM_256)
_FORWARD_1_2 = (*_FORWARD_GCM_128, *_FORWARD_SHA2_128, *_FORWARD_GCM_256, *_FORWARD_SHA2_256)
_FORWARD = (
    *_FORWARD_GCM_128,
    *_FORWARD_SHA2_128,
    *_FORWARD_SHA_128,
    *_FORWARD_GCM_256,
    *_FORWARD_SHA2_256,
    *_FORWARD_SHA_256,
)
_WIDE_1_2 = (*_FORWARD_1_2, *_PLAIN_128, *_PLAIN_256)
_WIDE = (*_FORWARD, *_PLAIN_128, "AES128-SHA", *_PLAIN_256, "AES256-SHA")

_1_0 = ("TLSv1", "TLSv1.1", "TLSv1.2")
_1_1 = ("TLSv1.1", "TLSv1.2")
_1_2 = ("TLSv1.2",)
_1_3 = ("TLSv1.3",)


class SslPolicy(msgspec.Struct, frozen=True):
    """A policy: what it is called, the versions and the ciphers, preferred ones first."""

    name: str
    protocols: tuple[str, ...]
    ciphers: tuple[str, ...]


POLICIES = {
    each.name: each
    for each in (
        SslPolicy("ELBSecurityPolicy-2016-08", _1_0, _WIDE),
        SslPolicy("ELBSecurityPolicy-TLS-1-1-2017-01", _1_1, _WIDE),
        SslPolicy("ELBSecurityPolicy-TLS-1-2-2017-01", _1_2, _WIDE_1_2),
        SslPolicy("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", _1_2, _WIDE),
        SslPolicy("ELBSecurityPolicy-FS-2018-06", _1_0, _FORWARD),
        SslPolicy("ELBSecurityPolicy-FS-1-1-2019-08", _1_1, _FORWARD),
        SslPolicy("ELBSecurityPolicy-FS-1-2-2019-08", _1_2, _FORWARD),
        SslPolicy("ELBSecurityPolicy-FS-1-2-Res-2019-08", _1_2, _FORWARD_1_2),
        SslPolicy("ELBSecurityPolicy-FS-1-2-Res-2020-10", _1_2, _RESTRICTED),
        SslPolicy("ELBSecurityPolicy-TLS13-1-3-2021-06", _1_3, _OF_TLS_1_3),
        SslPolicy(
            "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", _1_2 + _1_3, _OF_TLS_1_3 + _RESTRICTED
        ),
        SslPolicy("ELBSecurityPolicy-TLS13-1-2-2021-06", _1_2 + _1_3, _OF_TLS_1_3 + _FORWARD_1_2),
        SslPolicy("ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", _1_2 + _1_3, _OF_TLS_1_3 + _WIDE_1_2),
        SslPolicy("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", _1_2 + _1_3, _OF_TLS_1_3 + _WIDE),
        SslPolicy("ELBSecurityPolicy-TLS13-1-1-2021-06", _1_1 + _1_3, _OF_TLS_1_3 + _WIDE),
        SslPolicy("ELBSecurityPolicy-TLS13-1-0-2021-06", _1_0 + _1_3, _OF_TLS_1_3 + _WIDE),
    )
}
