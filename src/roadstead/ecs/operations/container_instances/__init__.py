"""What a client, or an agent, may ask about container instances."""
