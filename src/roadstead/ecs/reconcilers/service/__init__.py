"""The service scheduler, for REPLICA services and the deletion of all of them."""
