"""View and Tx: indexes follow writes, an undone update leaves no trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.state.records import Index, Record, Schema, Table
from roadstead.state.view import Tx, View


class Boat(Record, frozen=True, kw_only=True):
    harbour: str = ""
    length: int = 0


BOATS = Table("boats", Boat)
BY_HARBOUR = Index("boats_by_harbour", BOATS, lambda boat: (boat.harbour,))
BY_LENGTH = Index("boats_by_length", BOATS, lambda boat: ("all",), lambda boat: boat.length)


class TotalLength:
    tables = (BOATS,)

    def __init__(self) -> None:
        self.total = 0

    def apply(self, table: Table[Boat], before: Boat | None, after: Boat | None) -> None:
        self.total += (after.length if after else 0) - (before.length if before else 0)


SCHEMA = Schema((BOATS,), (BY_HARBOUR, BY_LENGTH), (TotalLength,))


def a_view(*boats: Boat) -> View:
    view = View(SCHEMA)
    view.load(BOATS, boats)
    return view


def everything(view: View) -> object:
    return (
        sorted(view.all(BOATS), key=lambda boat: boat.arn),
        {key: view.find(BY_HARBOUR, key) for key in sorted(view.keys(BY_HARBOUR))},
        view.find(BY_LENGTH, "all"),
        view.projection(TotalLength).total,
    )


def test_a_loaded_record_is_found_by_its_key_and_its_indexes() -> None:
    boat = Boat(arn="b1", harbour="Hull", length=9)
    view = a_view(boat)
    assert view.get(BOATS, "b1") is boat
    assert view.find(BY_HARBOUR, "Hull") == [boat]
    assert view.count(BY_HARBOUR, "Hull") == 1
    assert view.projection(TotalLength).total == 9


def test_a_changed_record_moves_to_its_new_key() -> None:
    view = a_view(Boat(arn="b1", harbour="Hull"))
    Tx(view).put(BOATS, Boat(arn="b1", harbour="Leith"))
    assert view.find(BY_HARBOUR, "Hull") == []
    assert [boat.arn for boat in view.find(BY_HARBOUR, "Leith")] == ["b1"]


def test_the_version_counts_commits_not_writes() -> None:
    view = a_view()
    first = Tx(view)
    first.put(BOATS, Boat(arn="b1", length=1))
    assert first.put(BOATS, Boat(arn="b1", length=2)).version == 1
    assert Tx(view).put(BOATS, Boat(arn="b1", length=3)).version == 2


def test_a_walk_goes_on_behind_the_given_order_in_both_directions() -> None:
    view = a_view(*(Boat(arn=f"b{n}", length=n) for n in range(6)))
    assert [b.length for b in view.walk(BY_LENGTH, "all", after=3)] == [4, 5]
    assert [b.length for b in view.walk(BY_LENGTH, "all", after=3, reverse=True)] == [2, 1, 0]
    assert [b.length for b in view.walk(BY_LENGTH, "all", reverse=True)] == [5, 4, 3, 2, 1, 0]


def test_changes_name_each_record_once_with_both_ends() -> None:
    old = Boat(arn="b1", length=1, version=1)
    tx = Tx(a_view(old))
    tx.put(BOATS, Boat(arn="b1", length=2))
    new = tx.put(BOATS, Boat(arn="b1", length=3))
    tx.put(BOATS, Boat(arn="b2"))
    tx.delete(BOATS, "b2")
    assert [(c.arn, c.before, c.after) for c in tx.changes()] == [("b1", old, new)]


def test_first_and_last_follow_the_order() -> None:
    view = a_view(*(Boat(arn=f"b{n}", length=10 - n) for n in range(3)))
    first, last = view.first(BY_LENGTH, "all"), view.last(BY_LENGTH, "all")
    assert first is not None
    assert last is not None
    assert (first.length, last.length) == (8, 10)
    assert view.first(BY_LENGTH, "none") is None


writes = st.lists(
    st.tuples(
        st.sampled_from(["b1", "b2", "b3", "b4"]),
        st.one_of(st.none(), st.tuples(st.sampled_from(["Hull", "Leith"]), st.integers(0, 3))),
    ),
    max_size=12,
)


def write(tx: Tx, script: list[tuple[str, tuple[str, int] | None]]) -> None:
    for arn, boat in script:
        if boat is None:
            tx.delete(BOATS, arn)
        else:
            tx.put(BOATS, Boat(arn=arn, harbour=boat[0], length=boat[1]))


@given(writes, writes)
def test_an_undone_update_leaves_no_trace(
    before: list[tuple[str, tuple[str, int] | None]],
    undone: list[tuple[str, tuple[str, int] | None]],
) -> None:
    view = a_view()
    write(Tx(view), before)
    was = everything(view)
    tx = Tx(view)
    write(tx, undone)
    tx.undo()
    assert everything(view) == was
    assert tx.changes() == []


@given(writes)
def test_loading_the_records_gives_the_view_that_writing_them_gave(
    script: list[tuple[str, tuple[str, int] | None]],
) -> None:
    view = a_view()
    write(Tx(view), script)
    again = a_view(*view.all(BOATS))
    assert everything(again) == everything(view)


def test_two_tables_of_one_name_are_refused() -> None:
    with pytest.raises(AssertionError, match="two tables"):
        View(Schema((BOATS, Table("boats", Boat))))
