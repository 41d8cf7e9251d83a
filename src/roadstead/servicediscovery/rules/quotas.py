"""Quotas: how many of what there may be.

Source: https://docs.aws.amazon.com/cloud-map/latest/dg/cloud-map-limits.html
"""

NAMESPACES_MAX = 50
INSTANCES_OF_SERVICE_MAX = 1000
INSTANCES_OF_NAMESPACE_MAX = 2000
ATTRIBUTES_MAX = 30
ATTRIBUTES_CHARACTERS_MAX = 5000
"""Of an instance, keys and values together."""
SERVICE_ATTRIBUTES_MAX = 30
TAGS_MAX = 50
OPERATIONS_KEPT_MAX = 1000
"""Ours: older ones are forgotten."""
