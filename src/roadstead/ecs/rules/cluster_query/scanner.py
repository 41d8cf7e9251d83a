"""Scanner: takes an expression apart, from left to right, as the parser asks."""

import re

from roadstead.ecs.rules.cluster_query.expression import SPELLINGS, QueryError

_BLANKS = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z0-9_./\\:-]+")
_SIGN = re.compile(r"!exists\b|!in\b|==|!=|=~|!~|>=|<=|>|<")
_WORD = re.compile(r"[A-Za-z_]+")
_BARE_VALUE = re.compile(r"[^\s()\[\],&|!=<>~\"']+")
_BARE_PATTERN = re.compile(r"(?:(?!&&|\|\|)[^\s()\"'])+")
_SHOWN_MAX = 40
_OPERATORS = {word: short for short, word in SPELLINGS.items()}


class Scanner:
    """Stands somewhere in the text; every method skips blanks first."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def blanks(self) -> int:
        """Skip blanks; returns the index where the next thing begins."""
        found = _BLANKS.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return self.at

    def at_end(self) -> bool:
        return self.blanks() == len(self.text)

    def took(self, *words: str) -> bool:
        """Whether one of these comes next; if so it is behind us. Letters end where words end."""
        self.blanks()
        for word in words:
            end = self.at + len(word)
            if not self.text.startswith(word, self.at):
                continue
            if word.isalpha() and _NAME.match(self.text, end):
                continue
            self.at = end
            return True
        return False

    def took_not(self) -> bool:
        """Whether a negation comes next: `not`, or an exclamation mark that begins no operator."""
        if self.took("not"):
            return True
        self.blanks()
        if self.text.startswith("!", self.at) and not _SIGN.match(self.text, self.at):
            self.at += 1
            return True
        return False

    def name(self) -> str:
        """What may be a subject; empty if nothing like it comes next."""
        return self._took(_NAME)

    def operator(self, allowed: tuple[str, ...], subject: str) -> str:
        """The short spelling of the operator that comes next.

        Raises: QueryError when there is none, or one that the subject does not have.
        """
        start = self.blanks()
        found = _SIGN.match(self.text, start)
        if found is None:
            found = _WORD.match(self.text, start)
        operator = "" if found is None else _OPERATORS.get(found[0], found[0])
        if found is None or operator not in allowed:
            spelled = (
                f"{each} ({SPELLINGS[each]})" if each != SPELLINGS[each] else each
                for each in allowed
            )
            raise self.refusal(start, f"an operator of {subject}: {', '.join(spelled)}")
        self.at = found.end()
        return operator

    def value(self, expected: str) -> str:
        """A value, quoted or not.

        Raises: QueryError when none comes next.
        """
        return self._argument(_BARE_VALUE, expected)

    def pattern(self) -> str:
        """A regular expression, quoted or not.

        Raises: QueryError when none comes next, or one with parentheses without quotes.
        """
        found = self._argument(_BARE_PATTERN, "a regular expression")
        if self.text.startswith("(", self.at):
            raise self.refusal(
                self.at, "no parentheses within a comparison; put the regular expression in quotes"
            )
        return found

    def refusal(self, at: int, expected: str) -> QueryError:
        """The error that something else was expected there."""
        return QueryError(at + 1, self._shown(at), expected)

    def _argument(self, bare: re.Pattern[str], expected: str) -> str:
        start = self.blanks()
        quote = self.text[start : start + 1]
        if quote and quote in "'\"":
            end = self.text.find(quote, start + 1)
            if end < 0:
                raise self.refusal(start, f"a closing {quote}")
            if end == start + 1:
                raise self.refusal(start, f"{expected}, not an empty one")
            self.at = end + 1
            return self.text[start + 1 : end]
        value = self._took(bare)
        if not value:
            raise self.refusal(start, expected)
        return value

    def _took(self, kind: re.Pattern[str]) -> str:
        found = kind.match(self.text, self.blanks())
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def _shown(self, at: int) -> str:
        if at >= len(self.text):
            return "the end"
        word = re.match(r"\S+", self.text[at:])
        return repr((word[0] if word else self.text[at])[:_SHOWN_MAX])
