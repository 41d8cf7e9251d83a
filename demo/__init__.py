"""The demo: Roadstead plays its main story."""
