"""HTTPS and TLS listeners: certificates, security policies, ALPN."""

from typing import Any

import pytest
from elbv2_world import World

from pki import Key, a_certificate, a_key, an_rsa_key, key_pem, pem
from refusals import refusal_with

FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}]


@pytest.fixture
def acm(world: World) -> Any:
    return world.server.client("acm")


def a_certificate_arn(acm: Any, name: str = "web.example.com", key: Key | None = None) -> str:
    key = key or a_key()
    return str(
        acm.import_certificate(Certificate=pem(a_certificate(key, name)), PrivateKey=key_pem(key))[
            "CertificateArn"
        ]
    )


def an_https_listener(world: World, load_balancer: str, certificate: str, **fields: Any) -> str:
    return world.listener(
        load_balancer,
        **{
            "Protocol": "HTTPS",
            "Port": 443,
            "Certificates": [{"CertificateArn": certificate}],
            "DefaultActions": FIXED,
        }
        | fields,
    )


def test_a_listener_uses_its_certificate(world: World, elbv2: Any, acm: Any) -> None:
    load_balancer, certificate = world.load_balancer(), a_certificate_arn(acm)
    listener = an_https_listener(world, load_balancer, certificate)
    (shown,) = elbv2.describe_listeners(ListenerArns=[listener])["Listeners"]
    assert shown["Certificates"] == [{"CertificateArn": certificate}]
    assert shown["SslPolicy"] == "ELBSecurityPolicy-2016-08"
    assert shown["MutualAuthentication"] == {"Mode": "off"}

    def users() -> list[str]:
        found = acm.describe_certificate(CertificateArn=certificate)["Certificate"]
        return list(found["InUseBy"])

    assert users() == [load_balancer]
    with pytest.raises(acm.exceptions.ResourceInUseException):
        acm.delete_certificate(CertificateArn=certificate)
    elbv2.delete_load_balancer(LoadBalancerArn=load_balancer)
    assert users() == []
    acm.delete_certificate(CertificateArn=certificate)


def test_another_default_certificate_frees_the_first(world: World, elbv2: Any, acm: Any) -> None:
    first, second, third = (a_certificate_arn(acm, f"{each}.example.com") for each in "abc")
    listener = an_https_listener(world, world.load_balancer(), first)
    elbv2.add_listener_certificates(ListenerArn=listener, Certificates=[{"CertificateArn": third}])
    (changed,) = elbv2.modify_listener(
        ListenerArn=listener,
        Certificates=[{"CertificateArn": second}],
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
    )["Listeners"]
    assert changed["Certificates"] == [{"CertificateArn": second}]
    assert changed["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    shown = elbv2.describe_listener_certificates(ListenerArn=listener)["Certificates"]
    assert shown == [
        {"CertificateArn": second, "IsDefault": True},
        {"CertificateArn": third, "IsDefault": False},
    ]
    acm.delete_certificate(CertificateArn=first)


def test_certificates_are_added_and_removed(world: World, elbv2: Any, acm: Any) -> None:
    default, other = a_certificate_arn(acm), a_certificate_arn(acm, "other.example.com")
    listener = an_https_listener(world, world.load_balancer(), default)
    for _ in range(2):
        answer = elbv2.add_listener_certificates(
            ListenerArn=listener, Certificates=[{"CertificateArn": other}]
        )
        assert answer["Certificates"] == [{"CertificateArn": other, "IsDefault": False}]
    assert len(elbv2.describe_listener_certificates(ListenerArn=listener)["Certificates"]) == 2
    with refusal_with("OperationNotPermitted", "Default certificate"):
        elbv2.remove_listener_certificates(
            ListenerArn=listener, Certificates=[{"CertificateArn": default}]
        )
    with refusal_with("CertificateNotFound"):
        elbv2.add_listener_certificates(
            ListenerArn=listener, Certificates=[{"CertificateArn": "arn:none"}]
        )
    elbv2.remove_listener_certificates(
        ListenerArn=listener, Certificates=[{"CertificateArn": other}]
    )
    acm.delete_certificate(CertificateArn=other)


def test_a_key_that_is_too_small_is_refused(world: World, acm: Any) -> None:
    weak = a_certificate_arn(acm, key=an_rsa_key(1024))
    with refusal_with("UnsupportedCertificate", "a supported key size"):
        an_https_listener(world, world.load_balancer(), weak)


def test_policies_and_certificates_must_fit(world: World, elbv2: Any, acm: Any) -> None:
    load_balancer, certificate = world.load_balancer(), a_certificate_arn(acm)
    with refusal_with("SSLPolicyNotFound", "'none'"):
        an_https_listener(world, load_balancer, certificate, SslPolicy="none")
    two = [{"CertificateArn": certificate}, {"CertificateArn": certificate}]
    with refusal_with("InvalidConfigurationRequest", "Exactly one certificate"):
        an_https_listener(world, load_balancer, certificate, Certificates=two)
    with refusal_with("InvalidConfigurationRequest", "isDefault"):
        an_https_listener(
            world,
            load_balancer,
            certificate,
            Certificates=[{"CertificateArn": certificate, "IsDefault": True}],
        )
    plain = world.listener(load_balancer, DefaultActions=FIXED)
    with refusal_with("InvalidConfigurationRequest", "have no certificates"):
        elbv2.add_listener_certificates(
            ListenerArn=plain, Certificates=[{"CertificateArn": certificate}]
        )
    with refusal_with("ValidationError", "A certificate must be specified for HTTPS"):
        elbv2.modify_listener(ListenerArn=plain, Protocol="HTTPS")


def test_https_never_leads_to_http_by_redirect(world: World, acm: Any) -> None:
    redirect = [
        {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP", "StatusCode": "HTTP_301"}}
    ]
    with refusal_with("InvalidLoadBalancerAction", "from HTTPS to HTTP"):
        an_https_listener(
            world, world.load_balancer(), a_certificate_arn(acm), DefaultActions=redirect
        )


def test_a_tls_listener_has_an_alpn_policy(world: World, elbv2: Any, acm: Any) -> None:
    load_balancer = world.load_balancer(Type="network")
    group = world.group(Protocol="TCP")
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    fields = {"Protocol": "TLS", "DefaultActions": forward}
    certificate = a_certificate_arn(acm)
    with refusal_with("ALPNPolicyNotFound", "HTTP3Only"):
        an_https_listener(world, load_balancer, certificate, AlpnPolicy=["HTTP3Only"], **fields)
    listener = an_https_listener(
        world, load_balancer, certificate, AlpnPolicy=["HTTP2Preferred"], **fields
    )
    (shown,) = elbv2.describe_listeners(ListenerArns=[listener])["Listeners"]
    assert shown["AlpnPolicy"] == ["HTTP2Preferred"]
    (changed,) = elbv2.modify_listener(ListenerArn=listener, Protocol="TCP")["Listeners"]
    assert not {"AlpnPolicy", "SslPolicy", "Certificates"} & set(changed)
    acm.delete_certificate(CertificateArn=certificate)
