"""The messages of the three agent channels, one module per kind."""
