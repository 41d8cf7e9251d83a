"""DNS messages that the VPC's resolver sends: answers, refusals, and what a datagram can hold."""

from functools import lru_cache

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from roadstead.host.names import Answer, Record

UDP_BYTES_MAX = 1232
"""Source: https://www.dnsflagday.net/2020/"""
UDP_BYTES_OF_OLD = 512
"""Source: RFC 1035, 2.3.4"""
NEGATIVE_TTL_SECONDS = 5
"""For how long clients may believe that a name of ours does not exist."""
KEPT_MAX = 4096
"""Names and records that stay in the form in which they are sent."""


def response(query: dns.message.Message, answer: Answer) -> dns.message.Message:
    response = dns.message.make_response(query, recursion_available=True)
    response.flags |= dns.flags.AA
    if not answer.exists:
        response.set_rcode(dns.rcode.NXDOMAIN)
    response.answer += _sets(answer.records)
    response.additional += _sets(answer.additional)
    if not answer.records:
        response.authority.append(
            dns.rrset.from_text(
                dns.name.from_text(answer.zone),
                NEGATIVE_TTL_SECONDS,
                "IN",
                "SOA",
                f"ns.{answer.zone}. hostmaster.{answer.zone}. 1 7200 900 1209600 "
                f"{NEGATIVE_TTL_SECONDS}",
            )
        )
    return response


def _sets(records: tuple[Record, ...]) -> list[dns.rrset.RRset]:
    """Records by name and type, in their order."""
    sets: dict[tuple[str, str], dns.rrset.RRset] = {}
    for record in records:
        one = sets.get((record.name, record.type))
        if one is None:
            kind = dns.rdatatype.from_text(record.type)
            one = dns.rrset.RRset(_name(record.name), dns.rdataclass.IN, kind)
            sets[record.name, record.type] = one
        one.add(_rdata(record.type, record.data), record.ttl)
    return list(sets.values())


@lru_cache(KEPT_MAX)
def _name(text: str) -> dns.name.Name:
    return dns.name.from_text(text)


@lru_cache(KEPT_MAX)
def _rdata(kind: str, data: str) -> dns.rdata.Rdata:
    absolute = f"{data.rstrip('.')}." if kind == "SRV" else data
    return dns.rdata.from_text("IN", kind, absolute)


def refusal(query: dns.message.Message, code: dns.rcode.Rcode) -> bytes:
    response = dns.message.make_response(query, recursion_available=True)
    response.set_rcode(code)
    return response.to_wire()


def wire(response: dns.message.Message, query: dns.message.Message, *, over_tcp: bool) -> bytes:
    """The response, cut and marked so if a datagram cannot hold it."""
    if over_tcp:
        return response.to_wire()
    limit = UDP_BYTES_OF_OLD
    if query.edns >= 0:
        limit = max(UDP_BYTES_OF_OLD, min(query.payload, UDP_BYTES_MAX))
    try:
        return response.to_wire(max_size=limit)
    except dns.exception.TooBig:
        short = dns.message.make_response(query, recursion_available=True)
        short.flags |= dns.flags.AA | dns.flags.TC
        return short.to_wire()
