"""Amazon ECS that anyone can run."""
