"""What the simulated user does, by noun: one function a deed."""
