"""A service's load balancers: what may be asked, where tasks are reached, who gets the traffic."""
