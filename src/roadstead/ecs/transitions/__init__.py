"""The only writers of ECS records."""
