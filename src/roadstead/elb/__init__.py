"""Elastic Load Balancing: Classic load balancers (API version 2012-06-01)."""
