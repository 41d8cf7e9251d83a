"""State → the proxy's configuration: pure functions from records to what Envoy reads."""
