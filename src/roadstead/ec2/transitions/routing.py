"""The only writer of route tables and internet gateways."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from roadstead.ec2.records.network import ec2_arn
from roadstead.ec2.records.routing import (
    INTERNET_GATEWAYS,
    ROUTE_TABLES,
    InternetGateway,
    Route,
    RouteTable,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_route_table(
    tx: Tx,
    call: Call,
    *,
    scope: str,
    vpc_id: str,
    is_main: bool = False,
    tags: Mapping[str, str] | None = None,
    creation_token: str = "",
) -> RouteTable:
    """A new table with nothing in it but the VPC's own range."""
    table_id = f"rtb-{call.ids.hex32()[:17]}"
    return tx.put(
        ROUTE_TABLES,
        RouteTable(
            arn=ec2_arn(scope, "route-table", table_id),
            route_table_id=table_id,
            scope=scope,
            vpc_id=vpc_id,
            main_association_id=new_association_id(call) if is_main else "",
            creation_token=creation_token,
            tags=dict(tags or {}),
        ),
    )


def put_routes(tx: Tx, table: RouteTable, routes: Iterable[Route]) -> RouteTable:
    """The table with these routes and no others beside the local one."""
    return tx.put(ROUTE_TABLES, replace(table, routes=tuple(routes)))


def associate(tx: Tx, call: Call, table: RouteTable, subnet_id: str) -> str:
    """The subnet uses this table; returns the association's id."""
    association_id = new_association_id(call)
    tx.put(
        ROUTE_TABLES,
        replace(table, associations={**table.associations, association_id: subnet_id}),
    )
    return association_id


def disassociate(tx: Tx, table: RouteTable, association_id: str) -> RouteTable:
    """The subnet of this association uses the main table again."""
    left = {key: each for key, each in table.associations.items() if key != association_id}
    return tx.put(ROUTE_TABLES, replace(table, associations=left))


def make_main(tx: Tx, call: Call, before: RouteTable, after: RouteTable) -> str:
    """`after` is its VPC's main table in the place of `before`; returns the association's id."""
    association_id = new_association_id(call)
    tx.put(ROUTE_TABLES, replace(before, main_association_id=""))
    tx.put(
        ROUTE_TABLES,
        replace(tx.must(ROUTE_TABLES, after.arn), main_association_id=association_id),
    )
    return association_id


def tag_route_table(tx: Tx, table: RouteTable, tags: Mapping[str, str]) -> RouteTable:
    """The table with these tags and no others."""
    return tx.put(ROUTE_TABLES, replace(table, tags=dict(tags)))


def delete_route_table(tx: Tx, table: RouteTable) -> None:
    """The table is gone."""
    tx.delete(ROUTE_TABLES, table.arn)


def create_gateway(
    tx: Tx, call: Call, *, scope: str, tags: Mapping[str, str] | None = None
) -> InternetGateway:
    """A new gateway, attached to nothing."""
    gateway_id = f"igw-{call.ids.hex32()[:17]}"
    return tx.put(
        INTERNET_GATEWAYS,
        InternetGateway(
            arn=ec2_arn(scope, "internet-gateway", gateway_id),
            internet_gateway_id=gateway_id,
            scope=scope,
            tags=dict(tags or {}),
        ),
    )


def attach_gateway(tx: Tx, gateway: InternetGateway, vpc_id: str) -> InternetGateway:
    """The gateway on a VPC; "" takes it off."""
    return tx.put(INTERNET_GATEWAYS, replace(gateway, vpc_id=vpc_id))


def tag_gateway(tx: Tx, gateway: InternetGateway, tags: Mapping[str, str]) -> InternetGateway:
    """The gateway with these tags and no others."""
    return tx.put(INTERNET_GATEWAYS, replace(gateway, tags=dict(tags)))


def delete_gateway(tx: Tx, gateway: InternetGateway) -> None:
    """The gateway is gone."""
    tx.delete(INTERNET_GATEWAYS, gateway.arn)


def new_association_id(call: Call) -> str:
    """The id of a new association of a table."""
    return f"rtbassoc-{call.ids.hex32()[:17]}"
