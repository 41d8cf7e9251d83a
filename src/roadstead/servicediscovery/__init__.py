"""AWS Cloud Map: namespaces, services and instances that are found by name."""
