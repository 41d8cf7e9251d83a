"""What a client may ask of ECS: one function per API operation, one file per noun."""
