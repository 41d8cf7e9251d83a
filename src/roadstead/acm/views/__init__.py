"""Views: records as the API shows them."""
