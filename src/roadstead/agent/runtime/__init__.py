"""What runs containers: one module per kind of runtime behind one port."""
