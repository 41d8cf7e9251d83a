"""Pieces: which part of the configuration comes from which records.

A piece is what one load balancer, one target group, one group's targets or one loopback port
contribute. `keys` are all of them, `affected` those that a change concerns, `render` what one is
now: nothing, if what it was made of is gone. So a change costs what it concerns, however many load
balancers there are.
"""

from collections.abc import Iterable, Sequence

from roadstead.acm.records.certificate import Certificate
from roadstead.dataplane.snapshot import classic
from roadstead.dataplane.snapshot.certificates import certificate_name, pair_of
from roadstead.dataplane.snapshot.clusters import cluster
from roadstead.dataplane.snapshot.endpoints import endpoints
from roadstead.dataplane.snapshot.fronts import front, front_table
from roadstead.dataplane.snapshot.listeners import listeners
from roadstead.dataplane.snapshot.names import Files, cluster_name, front_name, listener_name
from roadstead.dataplane.snapshot.piece import Piece
from roadstead.dataplane.snapshot.routes import Served, route_table
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LISTENERS_BY_CERTIFICATE,
    LISTENERS_BY_LOAD_BALANCER,
    LOAD_BALANCERS,
    RULES_BY_LISTENER,
    RULES_BY_TARGET_GROUP,
    Listener,
    LoadBalancer,
    Rule,
    forwarded,
)
from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGETS_BY_GROUP,
    Target,
    TargetGroup,
)
from roadstead.elbv2.views.target_health import is_in_use, zones_in_use
from roadstead.state.records import Change
from roadstead.state.view import View

HTTP = ("HTTP", "HTTPS")


def keys(view: View) -> Iterable[str]:
    """Every piece that there is."""
    for balancer in view.all(LOAD_BALANCERS):
        yield f"balancer|{balancer.arn}"
    for listener in view.all(LISTENERS):
        yield f"front|{listener.port}"
    for group in view.all(TARGET_GROUPS):
        yield f"group|{group.arn}"
        yield f"targets|{group.arn}"
    yield from classic.keys(view)


def affected(view: View, change: Change) -> Iterable[str]:
    """The pieces that may look otherwise after the change."""
    yield from classic.affected(view, change)
    records = [each for each in (change.before, change.after) if each is not None]
    match records[-1]:
        case Target():
            yield f"targets|{records[-1].target_group_arn}"
        case TargetGroup():
            yield from _of_group(view, change.arn)
        case Rule():
            for each in records:
                yield from _of_rule(view, each)
        case Listener():
            for each in records:
                yield f"balancer|{each.load_balancer_arn}"
                yield f"front|{each.port}"
        case LoadBalancer():
            yield from _of_balancer(view, change)
        case Certificate():
            for listener in view.find(LISTENERS_BY_CERTIFICATE, change.arn):
                yield f"balancer|{listener.load_balancer_arn}"
                yield f"front|{listener.port}"


def render(view: View, key: str, files: Files) -> Piece:
    """What the piece contributes now."""
    kind, _, rest = key.partition("|")
    match kind:
        case "targets" if ":targetgroup/" not in rest:
            return classic.targets(view, rest)
        case "classic":
            return classic.configuration(view, rest, files)
        case "targets":
            return _targets(view, rest)
        case "group":
            return _group(view, rest, files)
        case "balancer":
            return _balancer(view, rest, files)
        case "front":
            return _front(view, int(rest), files)
    raise AssertionError(f"no such piece: {key}")


def _of_group(view: View, arn: str) -> Iterable[str]:
    yield f"targets|{arn}"
    yield f"group|{arn}"
    for rule in view.find(RULES_BY_TARGET_GROUP, arn):
        yield from _of_rule_itself(view, rule)


def _of_rule(view: View, rule: Rule) -> Iterable[str]:
    yield from _of_rule_itself(view, rule)
    for arn in forwarded(rule):
        yield f"group|{arn}"
        yield f"targets|{arn}"


def _of_rule_itself(view: View, rule: Rule) -> Iterable[str]:
    yield f"balancer|{rule.load_balancer_arn}"
    listener = view.get(LISTENERS, rule.listener_arn)
    if listener is not None:
        yield f"front|{listener.port}"


def _of_balancer(view: View, change: Change) -> Iterable[str]:
    yield f"balancer|{change.arn}"
    moved = (
        change.before is None
        or change.after is None
        or change.before.addresses != change.after.addresses
    )
    for listener in view.find(LISTENERS_BY_LOAD_BALANCER, change.arn):
        yield f"front|{listener.port}"
        if moved:
            for rule in view.find(RULES_BY_LISTENER, listener.arn):
                for arn in forwarded(rule):
                    yield f"group|{arn}"
                    yield f"targets|{arn}"


def _targets(view: View, arn: str) -> Piece:
    group = view.get(TARGET_GROUPS, arn)
    if group is None or not _is_used(view, group):
        return Piece()
    name = cluster_name(arn)
    zones = zones_in_use(view, arn)
    targets = [
        each
        for each in view.find(TARGETS_BY_GROUP, arn)
        if each.status == "draining" or is_in_use(each, zones)
    ]
    return Piece(endpoints={name: endpoints(name, group, targets)})


def _group(view: View, arn: str, files: Files) -> Piece:
    group = view.get(TARGET_GROUPS, arn)
    if group is None or not _is_used(view, group):
        return Piece()
    rule = view.first(RULES_BY_TARGET_GROUP, arn)
    balancer = None if rule is None else view.get(LOAD_BALANCERS, rule.load_balancer_arn)
    addresses = () if balancer is None else balancer.addresses
    if not addresses:
        return Piece()
    name = cluster_name(arn)
    return Piece(clusters={name: cluster(name, group, addresses[0].address, files)})


def _is_used(view: View, group: TargetGroup) -> bool:
    return view.count(RULES_BY_TARGET_GROUP, group.arn) > 0


def _balancer(view: View, arn: str, files: Files) -> Piece:
    piece = Piece()
    balancer = view.get(LOAD_BALANCERS, arn)
    if balancer is None:
        return piece

    def groups(group_arn: str) -> TargetGroup | None:
        return view.get(TARGET_GROUPS, group_arn)

    for listener in view.find(LISTENERS_BY_LOAD_BALANCER, arn):
        served = Served(balancer, listener, view.find(RULES_BY_LISTENER, listener.arn))
        names = _certificates(view, listener, piece)
        if listener.protocol in ("HTTPS", "TLS") and not names:
            continue
        for each in listeners(served, groups, names, files):
            piece.listeners[each["name"]] = each
        if listener.protocol in HTTP:
            name = listener_name(arn, listener.port)
            piece.routes[name] = route_table(name, served, groups)
    return piece


def _certificates(view: View, listener: Listener, piece: Piece) -> Sequence[str]:
    """The names of the listener's certificates, which are noted in the piece too."""
    names = []
    for arn in listener.certificates:
        pair = pair_of(view, arn)
        if pair is not None:
            name = certificate_name(arn, pair)
            piece.certificates[name] = pair
            names.append(name)
    return names


def _front(view: View, port: int, files: Files) -> Piece:
    served = []
    for listener in view.all(LISTENERS):
        if listener.port == port and listener.protocol in HTTP:
            balancer = view.get(LOAD_BALANCERS, listener.load_balancer_arn)
            if balancer is not None and balancer.addresses:
                rules = view.find(RULES_BY_LISTENER, listener.arn)
                served.append(Served(balancer, listener, rules))
    served.sort(key=lambda each: each.load_balancer.arn)
    piece = Piece()

    def groups(group_arn: str) -> TargetGroup | None:
        return view.get(TARGET_GROUPS, group_arn)

    def certificates(each: Served) -> Sequence[str]:
        return _certificates(view, each.listener, piece)

    usable = [each for each in served if each.listener.protocol == "HTTP" or certificates(each)]
    if not usable:
        return Piece()
    name = front_name(port)
    plain = [each for each in usable if each.listener.protocol == "HTTP"]
    piece.listeners[name] = front(port, usable, groups, certificates, files)
    if plain:
        piece.routes[name] = front_table(port, plain, groups)
    return piece
