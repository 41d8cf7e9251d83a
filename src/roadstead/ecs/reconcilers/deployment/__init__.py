"""Service deployments: their course from stage to stage, and back."""
