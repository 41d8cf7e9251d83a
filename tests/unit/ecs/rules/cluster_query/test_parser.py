"""What is an expression of the cluster query language, and what is said of text that is none."""

import pytest
from hypothesis import example
from hypothesis import given as drawn
from hypothesis import strategies as st

from roadstead.ecs.rules.cluster_query.expression import (
    All,
    Comparison,
    Either,
    Expression,
    Not,
    QueryError,
    text_of,
)
from roadstead.ecs.rules.cluster_query.parser import CHARACTERS_MAX, parse

A = Comparison("attribute:a", "exists")
B = Comparison("attribute:b", "exists")
C = Comparison("attribute:c", "exists")


def refusal(text: str) -> tuple[int, str, str]:
    with pytest.raises(QueryError) as no:
        parse(text)
    return no.value.position, no.value.found, no.value.expected


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        (
            "attribute:ecs.instance-type == t2.small",
            Comparison("attribute:ecs.instance-type", "==", ("t2.small",)),
        ),
        (
            "attribute:ecs.availability-zone in [us-east-1a, us-east-1b]",
            Comparison("attribute:ecs.availability-zone", "in", ("us-east-1a", "us-east-1b")),
        ),
        ("task:group == databases", Comparison("task:group", "==", ("databases",))),
        ("task:group == service:web", Comparison("task:group", "==", ("service:web",))),
        (
            "runningTasksCount == 0 and agentConnected == true",
            All(
                (
                    Comparison("runningTasksCount", "==", ("0",)),
                    Comparison("agentConnected", "==", ("true",)),
                )
            ),
        ),
        ("attribute:stack =~ prod.*", Comparison("attribute:stack", "=~", ("prod.*",))),
        ("registeredAt < 2024-01-01", Comparison("registeredAt", "<", ("2024-01-01",))),
        ("ec2InstanceId in ['i-1','i-2']", Comparison("ec2InstanceId", "in", ("i-1", "i-2"))),
        ("agentVersion>=1.2.3", Comparison("agentVersion", ">=", ("1.2.3",))),
        ("attribute:a!exists", Comparison("attribute:a", "!exists")),
        ('attribute:a =~ "(x|y) z"', Comparison("attribute:a", "=~", ("(x|y) z",))),
        ("attribute:a =~ [a-c]{1,2}|d", Comparison("attribute:a", "=~", ("[a-c]{1,2}|d",))),
        ("  attribute:a   exists  ", A),
    ],
)
def test_examples_mean_what_they_should(text: str, expression: Expression) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("attribute:a == x", "attribute:a equals x"),
        ("attribute:a != x", "attribute:a not_equals x"),
        ("runningTasksCount > 1", "runningTasksCount greater_than 1"),
        ("runningTasksCount >= 1", "runningTasksCount greater_than_equal 1"),
        ("runningTasksCount < 1", "runningTasksCount less_than 1"),
        ("runningTasksCount <= 1", "runningTasksCount less_than_equal 1"),
        ("attribute:a !exists", "attribute:a not_exists"),
        ("attribute:a !in [x]", "attribute:a not_in [x]"),
        ("attribute:a =~ x.*", "attribute:a matches x.*"),
        ("attribute:a !~ x.*", "attribute:a not_matches x.*"),
        ("attribute:a exists && attribute:b exists", "attribute:a exists and attribute:b exists"),
        ("attribute:a exists || attribute:b exists", "attribute:a exists or attribute:b exists"),
        ("!(attribute:a exists)", "not(attribute:a exists)"),
    ],
)
def test_both_spellings_are_the_same(short: str, long: str) -> None:
    assert parse(short) == parse(long)


def test_precedence() -> None:
    text = "attribute:a exists or not attribute:b exists and attribute:c exists"
    assert parse(text) == Either((A, All((Not(B), C))))
    text = "(attribute:a exists || attribute:b exists) && attribute:c exists"
    assert parse(text) == All((Either((A, B)), C))


def test_not_applies_to_parenthesised_expression() -> None:
    matches = Comparison("attribute:ecs.instance-type", "=~", ("t2.*",))
    assert parse("!(attribute:ecs.instance-type =~ t2.*)") == Not(matches)
    assert parse("not (attribute:a exists and attribute:b exists)") == Not(All((A, B)))
    assert parse("!attribute:a exists") == Not(A)


def test_single_expression_has_no_parentheses() -> None:
    assert refusal("attribute:a =~ (x|y).*") == (16, "'(x|y).*'", "a regular expression")
    at, _, expected = refusal("attribute:a =~ x(y)")
    assert (at, expected) == (
        17,
        "no parentheses within a comparison; put the regular expression in quotes",
    )
    assert refusal("attribute:a == (x)")[0] == 16
    assert refusal("attribute:(a) == x")[0] == 1


@pytest.mark.parametrize(
    ("text", "position", "found", "expected"),
    [
        ("", 1, "the end", "a subject: agentConnected, agentVersion, attribute:NAME,"),
        ("agentconnected == true", 1, "'agentconnected'", "(did you mean agentConnected?)"),
        ("attribute: exists", 1, "'attribute:'", "an attribute's name of 1 to 128"),
        ("attribute:a", 12, "the end", "an operator of attribute:a: exists,"),
        ("attribute:a is b", 13, "'is'", "an operator of attribute:a: exists,"),
        ("runningTasksCount =~ 1", 19, "'=~'", "an operator of runningTasksCount: == (equals),"),
        ("agentVersion in [1.2]", 14, "'in'", "an operator of agentVersion:"),
        ("agentConnected > true", 16, "'>'", "an operator of agentConnected:"),
        ("attribute:a ==", 15, "the end", "a value"),
        ("attribute:a == ''", 16, "\"''\"", "a value, not an empty one"),
        ("attribute:a == 'x", 16, '"\'x"', "a closing '"),
        ("attribute:a in x", 16, "'x'", "a list: [a, b]"),
        ("attribute:a in []", 17, "']'", "a value"),
        ("attribute:a in [x", 18, "the end", "a comma or a closing bracket"),
        ("attribute:a in [x y]", 19, "'y]'", "a comma or a closing bracket"),
        ("attribute:a > big", 15, "'big'", "a number"),
        ("agentConnected == yes", 19, "'yes'", "true or false"),
        ("agentVersion > one", 16, "'one'", "a version such as 1.2.3"),
        ("registeredAt < yesterday", 16, "'yesterday'", "a date (2018-06-18"),
        ("registeredAt < 2024-02-30", 16, "'2024-02-30'", "a date (2018-06-18"),
        ("runningTasksCount < -1", 21, "'-1'", "a number of tasks"),
        ("attribute:a =~ [x", 16, "'[x'", "a regular expression without this: missing ]"),
        ("attribute:a =~ 'x(?=y)'", 16, "\"'x(?=y)'\"", "without this: invalid perl operator"),
        ("attribute:a =~ '[a&&b]'", 16, "\"'[a&&b]'\"", "intersections of character classes"),
        ("(attribute:a exists", 20, "the end", "a closing parenthesis,"),
        ("attribute:a exists)", 19, "')'", "and (&&), or (||) or the end"),
        ("attribute:a exists attribute:b exists", 20, "'attribute:b'", "and (&&), or (||) or"),
        ("attribute:a exists and", 23, "the end", "a subject:"),
        ("attribute:a exists & attribute:b exists", 20, "'&'", "and (&&), or (||) or the end"),
    ],
)
def test_parse_error(text: str, position: int, found: str, expected: str) -> None:
    at, stands, wanted = refusal(text)
    assert (at, stands) == (position, found)
    assert expected in wanted


def test_an_expression_has_an_end_and_a_depth() -> None:
    assert refusal(f"attribute:a == {'x' * CHARACTERS_MAX}")[0] == CHARACTERS_MAX + 1
    deep = 900
    for opening in ("(", "!", "not "):
        assert "within each other" in refusal(opening * (deep // len(opening)) + "x")[2]
    assert parse("(" * 40 + "attribute:a exists" + ")" * 40) == A


names = st.from_regex(r"[A-Za-z0-9_./\\-]{1,20}", fullmatch=True)
values = st.one_of(
    st.from_regex(r"[A-Za-z0-9_./\\@:*+-]{1,12}", fullmatch=True),
    st.text(
        st.characters(codec="utf-8", exclude_characters="'", exclude_categories=("Cs",)),
        min_size=1,
        max_size=8,
    ),
)
comparisons = st.one_of(
    st.builds(
        lambda name, said: Comparison(f"attribute:{name}", said),
        names,
        st.sampled_from(("exists", "!exists")),
    ),
    st.builds(
        lambda name, said, value: Comparison(f"attribute:{name}", said, (value,)),
        names,
        st.sampled_from(("==", "!=")),
        values,
    ),
    st.builds(
        lambda name, said, several: Comparison(f"attribute:{name}", said, tuple(several)),
        names,
        st.sampled_from(("in", "!in")),
        st.lists(values, min_size=1, max_size=3),
    ),
    st.builds(
        lambda said, count: Comparison("runningTasksCount", said, (str(count),)),
        st.sampled_from(("==", "!=", ">", ">=", "<", "<=")),
        st.integers(0, 999_999_999),
    ),
    st.builds(
        lambda said, value: Comparison("task:group", said, (value,)),
        st.sampled_from(("=~", "!~")),
        st.sampled_from(("a.*", "(a|b) c", "[x-z]+", "service:w.b")),
    ),
)
expressions: st.SearchStrategy[Expression] = st.recursive(
    comparisons,
    lambda part: st.one_of(
        st.builds(Not, part),
        st.builds(All, st.lists(part, min_size=2, max_size=3).map(tuple)),
        st.builds(Either, st.lists(part, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)


@drawn(expressions)
def test_the_text_of_an_expression_reads_as_the_same_expression(expression: Expression) -> None:
    assert parse(text_of(expression)) == expression


PIECES = """attribute:a task:group runningTasksCount agentVersion registeredAt == != =~ !~ in !in
exists !exists > < and or not && || ! ( ) [ ] , x 1 1.2 2024-01-01 ' " .* (? \\"""
pieces = st.lists(st.sampled_from(PIECES.split()), max_size=12)


@drawn(st.one_of(st.text(max_size=60), pieces.map(" ".join), pieces.map("".join)))
@example("attribute:a =~ \\")
@example("registeredAt < 0000-00-00")
@example("registeredAt < 0001-01-01T00:00:00+23:59")
def test_any_text_is_an_expression_or_a_parse_error(text: str) -> None:
    try:
        expression = parse(text)
    except QueryError as error:
        position = error.position
    else:
        position = 1
        assert parse(text_of(expression)) == expression
    assert 1 <= position <= len(text) + 1


def test_a_pattern_that_takes_long_to_be_compiled_is_refused() -> None:
    pattern = "|".join(["a{1,99}"] * 100)
    assert refusal(f"attribute:a =~ '{pattern}'")[2] == (
        "a regular expression without this: pattern too large - compile failed"
    )
    parse("attribute:a =~ '" + "|".join(f"subnet-{each:017x}" for each in range(75)) + "'")
