"""Reconcilers: what is done without being asked."""
