"""All tables and indexes of the slice of service discovery."""

from roadstead.servicediscovery.records.instance import (
    DISCOVERY_INSTANCES,
    DISCOVERY_INSTANCES_BY_SCOPE,
    DISCOVERY_INSTANCES_BY_SERVICE,
)
from roadstead.servicediscovery.records.namespace import (
    NAMESPACES,
    NAMESPACES_BY_NAME,
    NAMESPACES_BY_SCOPE,
)
from roadstead.servicediscovery.records.operation import (
    DISCOVERY_OPERATIONS,
    DISCOVERY_OPERATIONS_BY_SCOPE,
)
from roadstead.servicediscovery.records.service import (
    DISCOVERY_SERVICES,
    DISCOVERY_SERVICES_BY_NAME,
    DISCOVERY_SERVICES_BY_NAMESPACE,
    DISCOVERY_SERVICES_BY_SCOPE,
)
from roadstead.state.records import Schema

SCHEMA = Schema(
    tables=(NAMESPACES, DISCOVERY_SERVICES, DISCOVERY_INSTANCES, DISCOVERY_OPERATIONS),
    indexes=(
        NAMESPACES_BY_SCOPE,
        NAMESPACES_BY_NAME,
        DISCOVERY_SERVICES_BY_SCOPE,
        DISCOVERY_SERVICES_BY_NAMESPACE,
        DISCOVERY_SERVICES_BY_NAME,
        DISCOVERY_INSTANCES_BY_SERVICE,
        DISCOVERY_INSTANCES_BY_SCOPE,
        DISCOVERY_OPERATIONS_BY_SCOPE,
    ),
)
