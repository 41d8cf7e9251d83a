"""What Roadstead does by itself: what is missing, asked of the state."""
