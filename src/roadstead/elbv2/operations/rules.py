"""What a client may ask about the rules of listeners."""

from typing import Any

from roadstead.aws.marked_pages import page_of
from roadstead.elbv2.errors import (
    operation_not_permitted,
    priority_in_use,
    too_many,
    unsupported,
    unsupported_protocol,
    validation,
)
from roadstead.elbv2.operations.forwarding import actions_of
from roadstead.elbv2.operations.references import the_listener, the_rule
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LISTENERS_BY_LOAD_BALANCER,
    LOAD_BALANCERS,
    RULES_BY_LISTENER,
    RULES_BY_LOAD_BALANCER,
    Listener,
    Rule,
)
from roadstead.elbv2.rules.conditions import checked_conditions
from roadstead.elbv2.rules.quotas import RULES_MAX
from roadstead.elbv2.rules.tags import checked_tags
from roadstead.elbv2.transitions import rules as transitions
from roadstead.elbv2.views.listener import rule_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

PRIORITY_MAX = 50_000


def create_rule(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new rule of a listener of an application load balancer.

    Raises: ListenerNotFound; ValidationError; PriorityInUse; TooManyRules; UnsupportedProtocol for
        a network load balancer; InvalidConfigurationRequest; what `actions_of` does;
        OperationNotPermitted for transforms and regular expressions.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
    """
    listener = the_listener(tx, call, request["ListenerArn"])
    load_balancer = tx.must(LOAD_BALANCERS, listener.load_balancer_arn)
    if load_balancer.type != "application":
        raise unsupported_protocol(
            f"Rules are not supported for listeners with the protocol {listener.protocol}; a "
            "listener of a network load balancer has its default action only"
        )
    if request.get("Transforms"):
        raise unsupported("A rule with transforms")
    priority = request["Priority"]
    _check_priority(priority)
    conditions = checked_conditions(request["Conditions"])
    actions = actions_of(
        tx,
        call,
        load_balancer,
        request["Actions"],
        protocol=listener.protocol,
        port=listener.port,
    )
    tags = checked_tags(request.get("Tags"))
    if _of_priority(tx, listener, priority) is not None:
        raise priority_in_use(priority)
    defaults = tx.count(LISTENERS_BY_LOAD_BALANCER, load_balancer.arn)
    if tx.count(RULES_BY_LOAD_BALANCER, load_balancer.arn) - defaults >= RULES_MAX:
        raise too_many(
            "Rules",
            f"A load balancer can have at most {RULES_MAX} rules beside its default rules",
        )
    rule = transitions.create_rule(
        tx, call, listener, priority=priority, conditions=conditions, actions=actions, tags=tags
    )
    return {"Rules": [rule_view(rule)]}


def modify_rule(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Replace the conditions or the actions of a rule, or both.

    Raises: RuleNotFound; OperationNotPermitted for a default rule, which ModifyListener changes;
        ValidationError; what `actions_of` does.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyRule.html
    """
    rule = the_rule(tx, call, request["RuleArn"])
    if rule.priority == 0:
        raise operation_not_permitted(
            f"Default rule '{rule.arn}' cannot be modified; modify its listener"
        )
    if request.get("Transforms"):
        raise unsupported("A rule with transforms")
    if not request.get("Conditions") and not request.get("Actions"):
        raise validation("Either conditions or actions must be specified")
    conditions = actions = None
    if request.get("Conditions"):
        conditions = checked_conditions(request["Conditions"])
    if request.get("Actions"):
        listener = tx.must(LISTENERS, rule.listener_arn)
        actions = actions_of(
            tx,
            call,
            tx.must(LOAD_BALANCERS, rule.load_balancer_arn),
            request["Actions"],
            protocol=listener.protocol,
            port=listener.port,
        )
    rule = transitions.change_rule(tx, call, rule, conditions=conditions, actions=actions)
    return {"Rules": [rule_view(rule)]}


def delete_rule(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a rule.

    Raises: RuleNotFound; OperationNotPermitted for a default rule.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteRule.html
    """
    rule = the_rule(tx, call, request["RuleArn"])
    if rule.priority == 0:
        raise operation_not_permitted(f"Default rule '{rule.arn}' cannot be deleted")
    transitions.delete_rule(tx, call, rule)
    return {}


def set_rule_priorities(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Put rules of one listener into another order; what is not named keeps its place.

    Raises: RuleNotFound; PriorityInUse; OperationNotPermitted for a default rule; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html
    """
    wanted: dict[str, int] = {}
    rules: dict[str, Rule] = {}
    for pair in request["RulePriorities"]:
        arn, priority = pair.get("RuleArn") or "", pair.get("Priority")
        if priority is None:
            raise validation("A priority must be specified for each rule")
        _check_priority(priority)
        rule = the_rule(tx, call, arn)
        if rule.priority == 0:
            raise operation_not_permitted(f"The priority of default rule '{arn}' cannot be set")
        if arn in wanted:
            raise validation(f"Rule '{arn}' is specified more than once")
        wanted[arn], rules[arn] = priority, rule
    if not wanted:
        raise validation("At least one rule priority must be specified")
    listeners = {rule.listener_arn for rule in rules.values()}
    if len(listeners) > 1:
        raise validation("All rules must belong to the same listener")
    taken: dict[int, str] = {}
    for rule in tx.find(RULES_BY_LISTENER, listeners.pop()):
        priority = wanted.get(rule.arn, rule.priority)
        if priority in taken:
            raise priority_in_use(priority)
        taken[priority] = rule.arn
    changed = [transitions.set_priority(tx, rule, wanted[arn]) for arn, rule in rules.items()]
    return {"Rules": [rule_view(each) for each in changed]}


def describe_rules(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The rules that are named, or those of a listener by priority, the default rule last.

    Raises: RuleNotFound, ListenerNotFound; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
    """
    arns, listener_arn = request.get("RuleArns"), request.get("ListenerArn")
    if bool(arns) == bool(listener_arn):
        raise validation("You must specify either listener rule ARNs or a listener ARN")
    if arns:
        found = [the_rule(view, call, arn) for arn in dict.fromkeys(arns)]
    else:
        listener = the_listener(view, call, str(listener_arn))
        default, *others = view.find(RULES_BY_LISTENER, listener.arn)
        found = [*others, default]
    page, marker = page_of("DescribeRules", request, found)
    return {"Rules": [rule_view(each) for each in page], **marker}


def _of_priority(view: View, listener: Listener, priority: int) -> Rule | None:
    found = next(view.walk(RULES_BY_LISTENER, listener.arn, after=priority - 1), None)
    return found if found is not None and found.priority == priority else None


def _check_priority(priority: int) -> None:
    if not 1 <= priority <= PRIORITY_MAX:
        raise validation(f"Priority must be between 1 and {PRIORITY_MAX}, not {priority}")
