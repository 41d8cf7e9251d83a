"""What a client may ask about task definitions: one function per API operation."""
