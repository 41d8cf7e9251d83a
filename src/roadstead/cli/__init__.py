"""The `roadstead` command: does only what AWS's own tools cannot."""
