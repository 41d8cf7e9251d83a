"""What Roadstead is measured against, one module each; every one is started and stopped here."""
