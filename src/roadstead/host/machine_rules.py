"""What of this machine itself is reached from its VPCs: what a VPC needs, and nothing else.

That is the resolver of one's own VPC, the control plane's port, load balancers as their groups say,
and an answer to a ping. All else is refused at once, so that nobody waits for an answer, whatever
listens here and on which address. Pure text.
"""

DNS_PORT = 53
TO_DNS = f"meta l4proto {{ tcp, udp }} th dport {DNS_PORT}"
PUBLISHED = "iifname @bridges ct status dnat drop"
"""Of what is routed on: somebody on this machine has translated what was for a load balancer."""
FROM_BALANCERS = 'oifname "lo" ip daddr != @balancers reject'
"""Of what a load balancer sends: a target that is this machine would be a way around."""


def chains(at_control_plane: str, *, is_reached: bool) -> str:
    """`to_machine` refuses or returns. It is asked twice: at the arrival, before somebody on this
    machine translates (Docker, for published ports) and the packet is routed on; and where it is
    received, when what was sent to everybody has become ours too.
    """
    return f"""
    chain to_machine {{
        {"return" if is_reached else ""}
        ip daddr @balancers return
        iifname . ip daddr @resolvers {TO_DNS} return
        {at_control_plane} return
        icmp type echo-request return
        meta l4proto tcp reject with tcp reset
        reject with icmp type admin-prohibited
    }}
    chain arriving {{
        type filter hook prerouting priority mangle; policy accept;
        iifname != @bridges accept
        ct state established,related accept
        fib daddr type local jump to_machine
    }}
    """
