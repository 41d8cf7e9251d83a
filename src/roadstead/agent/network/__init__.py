"""How containers of bridge mode reach the world: links by netlink, NAT by nftables, no process."""
