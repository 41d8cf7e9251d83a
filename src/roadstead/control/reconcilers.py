"""What Roadstead does by itself: the reconcilers of every slice, for the server's loops."""

from roadstead.ecs.reconcilers.table import RECONCILERS as ECS
from roadstead.elb.reconcilers.table import RECONCILERS as ELB
from roadstead.elbv2.reconcilers.table import RECONCILERS as ELBV2
from roadstead.state.plans import Reconciler

RECONCILERS: tuple[Reconciler, ...] = (*ECS, *ELBV2, *ELB)
