"""The slice of Amazon EC2 that ECS stands on: networks, security groups, interfaces."""
