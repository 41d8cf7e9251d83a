"""The cluster query language: which container instances an expression means."""
