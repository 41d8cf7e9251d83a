"""What the ECS slice stores: one module per noun, with its table and its indexes."""
