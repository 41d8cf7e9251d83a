"""The slice of AWS Certificate Manager that HTTPS listeners stand on: imported certificates."""
