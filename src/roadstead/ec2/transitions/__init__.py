"""Transitions: the only writers of records."""
