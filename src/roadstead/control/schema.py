"""The whole state: what every slice stores, joined."""

from roadstead.acm.records.certificate import SCHEMA as ACM
from roadstead.ec2.records.schema import SCHEMA as EC2
from roadstead.ecs.records.schema import SCHEMA as ECS
from roadstead.elb.records.schema import SCHEMA as ELB
from roadstead.elbv2.records.schema import SCHEMA as ELBV2
from roadstead.servicediscovery.records.schema import SCHEMA as SERVICEDISCOVERY

SCHEMA = ECS.join(EC2).join(ACM).join(ELBV2).join(ELB).join(SERVICEDISCOVERY)
