"""One module per AWS protocol, all alike: `decode`, `encode`, `encode_error`."""
