"""RouteTable, InternetGateway: where packets of a subnet go.

The machine routes for itself: between all subnets of a VPC, and out through its own network. What
these say is kept, shown and checked; it does not steer packets (docs/parity-notes.md).
"""

import msgspec

from roadstead.ec2.records.network import token_key
from roadstead.state.records import Index, Record, Table


class Route(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One route beside the local one."""

    destination: str
    """A range of IPv4 or IPv6 addresses."""
    target: str
    """`igw-…` or `eni-…`."""


class RouteTable(Record, frozen=True, kw_only=True):
    route_table_id: str = ""
    scope: str = ""
    vpc_id: str = ""
    main_association_id: str = ""
    """`rtbassoc-…` if it is the VPC's main table, else ""."""
    associations: dict[str, str] = {}
    """`rtbassoc-…` → the subnet that uses this table and not the main one."""
    routes: tuple[Route, ...] = ()
    creation_token: str = ""
    """The client's token and a digest of what it asked for."""
    tags: dict[str, str] = {}


class InternetGateway(Record, frozen=True, kw_only=True):
    internet_gateway_id: str = ""
    scope: str = ""
    vpc_id: str = ""
    """The VPC that it is attached to, or ""."""
    tags: dict[str, str] = {}


ROUTE_TABLES = Table("route_tables", RouteTable)
INTERNET_GATEWAYS = Table("internet_gateways", InternetGateway)

ROUTE_TABLES_BY_SCOPE = Index("route_tables_by_scope", ROUTE_TABLES, lambda table: (table.scope,))
ROUTE_TABLES_BY_VPC = Index(
    "route_tables_by_vpc",
    ROUTE_TABLES,
    lambda table: (table.vpc_id,),
    lambda table: (not table.main_association_id, table.arn),
)
"""The main table comes first."""
ROUTE_TABLES_BY_SUBNET = Index(
    "route_tables_by_subnet", ROUTE_TABLES, lambda table: table.associations.values()
)
ROUTE_TABLES_BY_ASSOCIATION = Index(
    "route_tables_by_association",
    ROUTE_TABLES,
    lambda table: (*filter(None, (table.main_association_id,)), *table.associations),
)
ROUTE_TABLES_BY_TOKEN = Index(
    "route_tables_by_token",
    ROUTE_TABLES,
    lambda table: (token_key(table.scope, table.creation_token),) if table.creation_token else (),
)
GATEWAYS_BY_SCOPE = Index("gateways_by_scope", INTERNET_GATEWAYS, lambda each: (each.scope,))
GATEWAYS_BY_VPC = Index(
    "gateways_by_vpc", INTERNET_GATEWAYS, lambda each: (each.vpc_id,) if each.vpc_id else ()
)
