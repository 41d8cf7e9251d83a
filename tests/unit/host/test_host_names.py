"""Names of the fabric: which records a question gets."""

from roadstead.control.fabric_items import NameItem, ZoneItem
from roadstead.host.names import Answer, Names, Record


def an_item(name: str, *records: str, **fields: str) -> NameItem:
    return NameItem(
        name=name,
        type=fields.get("type", "A"),
        ttl=60,
        records=records,
        vpc_id=fields.get("vpc_id", ""),
    )  # type: ignore[arg-type]


def known(*items: NameItem, zones: tuple[str, ...] = ("local",)) -> Names:
    names = Names()
    for number, item in enumerate(items):
        names.put(str(number), item)
    for zone in zones:
        names.put_zone(zone, ZoneItem(name=zone))
    return names


def data(answer: Answer | None) -> list[str]:
    assert answer is not None
    return [record.data for record in answer.records]


def test_a_name_is_answered_and_one_that_is_not_there_does_not_exist() -> None:
    names = known(an_item("web.local", "10.0.0.1"))
    assert names.ask("web.local", "A", "vpc-1") == Answer(
        (Record("web.local", "A", 60, "10.0.0.1"),), zone="local"
    )
    assert names.ask("no.local", "A", "vpc-1") == Answer(exists=False, zone="local")
    assert names.ask("a.b.local", "A", "vpc-1") == Answer(exists=False, zone="local")
    assert names.ask("local", "A", "vpc-1") == Answer(zone="local")
    assert names.ask("web.local", "AAAA", "vpc-1") == Answer(zone="local")


def test_others_names_are_not_answered() -> None:
    names = known(an_item("web.local", "10.0.0.1"))
    assert names.ask("example.org", "A", "vpc-1") is None
    assert names.ask("notlocal", "A", "vpc-1") is None
    assert names.ask("web.local.example.org", "A", "vpc-1") is None


def test_dns_returns_up_to_8() -> None:
    names = known(*(an_item("web.local", f"10.0.0.{n}") for n in range(1, 21)))
    answers = [data(names.ask("web.local", "A", "vpc-1")) for _ in range(20)]
    assert {len(each) for each in answers} == {8}
    assert {record for each in answers for record in each} == {f"10.0.0.{n}" for n in range(1, 21)}
    assert len({each[0] for each in answers}) == 20, "each in its turn"


def test_an_srv_record_brings_its_targets_addresses() -> None:
    names = known(
        an_item("web.local", "1 1 8080 one.web.local", type="SRV"),
        an_item("one.web.local", "10.0.0.1"),
    )
    assert names.ask("web.local", "SRV", "vpc-1") == Answer(
        (Record("web.local", "SRV", 60, "1 1 8080 one.web.local"),),
        (Record("one.web.local", "A", 60, "10.0.0.1"),),
        zone="local",
    )


def test_a_name_of_one_vpc_is_not_seen_in_another() -> None:
    names = known(an_item("web.one", "10.0.0.1", vpc_id="vpc-1"), zones=())
    names.put_zone("z", ZoneItem(name="one", vpc_id="vpc-1"))
    assert data(names.ask("web.one", "A", "vpc-1")) == ["10.0.0.1"]
    assert names.ask("web.one", "A", "vpc-2") is None


def test_a_name_goes_with_its_owner() -> None:
    names = known(an_item("web.local", "10.0.0.1"), an_item("web.local", "10.0.0.2"))
    names.put("0", an_item("other.local", "10.0.0.1"))
    assert data(names.ask("web.local", "A", "")) == ["10.0.0.2"]
    names.put("1", None)
    assert names.ask("web.local", "A", "") == Answer(exists=False, zone="local")
    names.put_zone("local", None)
    assert names.ask("web.local", "A", "") is None


def test_records_that_cannot_be_sent_are_left_out() -> None:
    names = known(
        an_item("web.local", "10.0.0.1", "no address"),
        an_item("srv.local", "1 1 99999 x", "1 1 x", type="SRV"),
    )
    assert data(names.ask("web.local", "A", "")) == ["10.0.0.1"]
    assert data(names.ask("srv.local", "SRV", "")) == []
