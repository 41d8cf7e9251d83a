"""Elastic Load Balancing: application and network load balancers (API version 2015-12-01)."""
