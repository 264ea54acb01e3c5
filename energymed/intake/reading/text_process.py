"""Cuts a text into records, in a process of its own when it is long: text on stdin, CSV on stdout.

Whatever its bytes are, a text is gone over once: no quote is looked for twice. Run by its path,
without the rest of the package, so that it starts quickly; the same functions cut short texts
where they are read.
"""

import csv
import io
import sys
from collections import deque
from collections.abc import Iterator
from itertools import islice

MAX_LINE = 100_000  # bytes of a line, letters of a record
MOST_LINES = 200  # of one cell: a longer one is a quote that was never closed

Record = tuple[int, list[str]]


def strict(lines: Iterator[str], delimiter: str, first_line: int = 1) -> Iterator[Record]:
    """Cut by the rules of CSV; raises csv.Error at the record that breaks them."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = first_line
    for cells in reader:
        end = reader.line_num + first_line
        if end - start > MOST_LINES:
            raise csv.Error("a quote that was never closed")
        yield start, cells
        start = end


def careful(lines: Iterator[str], delimiter: str, first_line: int = 1) -> Iterator[Record]:
    """Where a record breaks the rules, its first line is a record of its own.

    A lone quote would otherwise swallow the following lines without a word.
    """
    ahead = _Ahead(lines, delimiter)
    number = first_line
    while (line := ahead.pop()) is not None:
        size = 1
        if _end_of(line, delimiter) is None:
            more = ahead.closing(len(line))
            line = "".join([line, *(ahead.pop() or "" for _ in range(more))])
            size += more
        yield number, one_record(line, delimiter)
        number += size


class _Ahead:
    """The lines that follow, and how far an open quote reaches over them.

    How a line goes on inside a quote does not depend on where the quote was opened, so each line
    is tried once, however many quotes are open above it.
    """

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self.lines = lines
        self.delimiter = delimiter
        self.kept: deque[str] = deque()
        self.tried = 0  # of the kept ones, that are inside a quote from end to end
        self.tried_letters = 0
        self.closed: bool | None = None  # how the one after those ends, once it was tried

    def pop(self) -> str | None:
        """The next line; None at the end of the text."""
        if not self.kept:
            self.closed = None
            return next(self.lines, None)
        line = self.kept.popleft()
        if self.tried:
            self.tried -= 1
            self.tried_letters -= len(line)
        else:
            self.closed = None
        return line

    def closing(self, letters: int) -> int:
        """How many more lines a quote takes that a line of `letters` left open; 0 for none."""
        while self.closed is None:
            if self.tried >= MOST_LINES - 1 or letters + self.tried_letters > MAX_LINE:
                return 0
            if self.tried == len(self.kept):
                self.kept.extend(islice(self.lines, 1))
            if self.tried == len(self.kept):
                return 0
            line = self.kept[self.tried]
            self.closed = _end_of('"' + line, self.delimiter)
            if self.closed is None:
                self.tried += 1
                self.tried_letters += len(line)
        return self.tried + 1 if self.closed and self._fits(letters) else 0

    def _fits(self, letters: int) -> bool:
        letters += self.tried_letters + len(self.kept[self.tried])
        return self.tried < MOST_LINES - 1 and letters <= MAX_LINE


def _end_of(line: str, delimiter: str) -> bool | None:
    """Whether a line by itself keeps the rules; None when it leaves a quote open."""
    wants_more = False

    def feed() -> Iterator[str]:
        nonlocal wants_more
        yield line
        wants_more = True

    try:
        next(csv.reader(feed(), delimiter=delimiter, strict=True), None)
    except csv.Error:
        return None if wants_more else False
    return True


def one_record(text: str, delimiter: str) -> list[str]:
    """A record; where it breaks the rules its quotes mean nothing, but for those around a cell."""
    try:
        rows = list(strict(iter([text]), delimiter))
    except csv.Error:
        return [_unquoted(cell) for cell in text.rstrip("\r\n").split(delimiter)]
    return rows[0][1] if rows else []


def _unquoted(cell: str) -> str:
    quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if quoted else cell


def main(delimiter: str, first_line: int) -> None:
    """Nothing for a text that keeps the rules, else its records, each after its line number."""
    csv.field_size_limit(MAX_LINE)
    data = sys.stdin.buffer.read()
    try:
        for _ in strict(lines_of(data, first_line), delimiter, first_line):
            pass
    except csv.Error:
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        for number, cells in careful(lines_of(data, first_line), delimiter, first_line):
            writer.writerow([number, *cells])
        out.flush()


def lines_of(data: bytes, first_line: int) -> Iterator[str]:
    """The lines of a text in UTF-8 from one of them on, each with its end."""
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    return islice(text, first_line - 1, None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
