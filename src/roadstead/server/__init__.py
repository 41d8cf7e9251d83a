"""The control plane as a program: everything that waits, and nothing that decides."""
