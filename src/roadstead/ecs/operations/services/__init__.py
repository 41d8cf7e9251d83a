"""What a client may ask about services: one function per API operation."""
