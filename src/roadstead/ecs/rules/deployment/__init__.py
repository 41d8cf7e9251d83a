"""Decisions on deployments: numbers, stages, hooks, failures."""
