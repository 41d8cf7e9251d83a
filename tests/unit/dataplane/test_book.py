"""What differs between what is wanted and what is served."""

from roadstead.dataplane.book import Book, Changes, versioned
from roadstead.dataplane.snapshot.piece import Piece


def test_a_new_resource_is_a_change_until_it_is_served() -> None:
    book = Book()
    book.enter("balancer|1", Piece(listeners={"a": {"port": 1}}))
    changes = book.changes()
    assert changes == Changes(listeners={"a": {"port": 1}})
    book.serve(changes)
    assert book.changes().is_empty


def test_a_resource_that_its_piece_no_longer_has_is_to_go() -> None:
    book = Book()
    book.enter("group|1", Piece(clusters={"a": {}, "b": {}}))
    book.serve(book.changes())
    book.enter("group|1", Piece(clusters={"b": {}}))
    assert book.changes() == Changes(gone_clusters=frozenset({"a"}))
    book.forget("clusters", {"a"})
    assert book.changes().is_empty


def test_what_is_refused_stays_as_it_was() -> None:
    book = Book()
    book.enter("balancer|1", Piece(routes={"a": {"version": 1}, "b": {"version": 1}}))
    book.serve(book.changes())
    book.enter("balancer|1", Piece(routes={"a": {"version": 2}, "b": {"version": 2}}))
    changes = book.changes().without(["routes/a"])
    book.serve(changes)
    assert book.served["routes"] == {"a": {"version": 1}, "b": {"version": 2}}
    assert book.changes() == Changes(routes={"a": {"version": 2}})


def test_the_version_of_a_file_tells_its_content() -> None:
    assert versioned([{"a": 1}]) == versioned([{"a": 1}])
    assert versioned([{"a": 1}])[0] != versioned([{"a": 2}])[0]
