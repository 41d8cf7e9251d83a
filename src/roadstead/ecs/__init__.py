"""Amazon ECS: what is stored, what is decided, what may be asked, what happens by itself."""
