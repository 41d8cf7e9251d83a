"""What Roadstead does by itself for load balancers: every reconciler of the slice."""

from roadstead.elbv2.reconcilers import draining, instance_targets
from roadstead.state.plans import Reconciler

RECONCILERS: tuple[Reconciler, ...] = (draining, instance_targets)
