"""What Roadstead does by itself for Classic load balancers: every reconciler of the slice."""

from roadstead.elb.reconcilers import draining, instance_places
from roadstead.state.plans import Reconciler

RECONCILERS: tuple[Reconciler, ...] = (draining, instance_places)
