"""On which container instance a task goes: what it needs, who can take it, who is chosen."""
