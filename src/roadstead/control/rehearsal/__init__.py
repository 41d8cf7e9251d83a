"""What would happen, found out by doing it on the live state and taking it all back."""
