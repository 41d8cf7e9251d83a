"""The wire: AWS's shapes, protocols and signatures. Knows shapes, knows no resource."""
