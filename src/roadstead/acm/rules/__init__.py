"""Rules: decisions on plain values."""
