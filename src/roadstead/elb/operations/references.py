"""What a request names: a Classic load balancer that there is, a certificate that may be used."""

from roadstead.acm.records.certificate import CERTIFICATES
from roadstead.elb.errors import certificate_not_found, load_balancer_not_found
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS, ClassicLoadBalancer
from roadstead.state.plans import Call
from roadstead.state.view import View


def load_balancer_arn(call: Call, name: str) -> str:
    return call.arn("elasticloadbalancing", f"loadbalancer/{name}")


def the_load_balancer(view: View, call: Call, name: str) -> ClassicLoadBalancer:
    """Raises: LoadBalancerNotFound"""
    found = view.get(CLASSIC_LOAD_BALANCERS, load_balancer_arn(call, name))
    if found is None:
        raise load_balancer_not_found(name)
    return found


def check_certificate(view: View, call: Call, arn: str) -> None:
    """Return if a listener may use the certificate, or has none.

    Raises: CertificateNotFound
    """
    if not arn:
        return
    certificate = view.get(CERTIFICATES, arn)
    if certificate is None or certificate.scope != call.scope:
        raise certificate_not_found(arn)
