"""What a client may say of a service: bounds, words, and what goes with what."""
