"""Listeners and targets become the proxy's configuration, and the proxy's findings their health."""
