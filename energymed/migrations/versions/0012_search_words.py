"""The names, places and ends of numbers under which people are found, of those known as well."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LONGEST = 40
SHORT = 4
PIECE = 10_000
MOST = 12
NOT_WORD = re.compile(r"[^a-z0-9]+")
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)
LINKS = frozenset(
    ("de", "du", "des", "d", "le", "la", "les", "l", "a", "au", "aux", "en", "sur", "sous", "rue",
     "avenue", "av", "ave", "boulevard", "bd", "place", "pl", "chemin", "che", "impasse", "imp",
     "route", "rte", "allee", "allees", "quai", "cours", "square", "lotissement", "residence",
     "res", "hameau", "lieu", "dit", "montee", "passage", "sentier", "batiment", "bat", "bis",
     "ter", "appartement", "apt", "cedex")
)  # fmt: skip
# In this order, on folded letters. C is the sound of 'ch', W of 'oi'; 1, 2 and 3 are those of
# 'an', 'in' and 'on'; E is an 'e' that is heard at the end.
SOUNDS = tuple(
    (re.compile(written), heard)
    for written, heard in (
        (r"s?ch(?=[rln])", "k"),
        (r"s?ch|sh", "C"),
        (r"ph", "f"),
        (r"h", ""),
        (r"c?qu?|ck", "k"),
        (r"ill(?=[aeou])", "i"),
        (r"(.)\1+", r"\1"),
        (r"gn", "n"),
        (r"s?c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"ge(?=[aou])|g(?=[eiy])", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"w|bv", "v"),
        (r"(?<=.)e[tz]s?$", "E"),
        (r"z", "s"),
        (r"y", "i"),
        (r"x(?=.)", "ks"),
        (r"(?<=e)s(?=[nml])", ""),
        (r"aul[dt]s?$", "o"),
        (r"(?<=[rn])[kg]s?$", ""),
        (r"(?<=..)(?:[dtsx]|(?<=[mlu])p)+$", ""),
        (r"e?au", "o"),
        (r"oin(?![aeiounmEW])", "W2"),
        (r"oi", "W"),
        (r"ou", "u"),
        (r"oeu|eu|oe", "e"),
        (r"(?<=i)en(?![aeiounmEW])|[ae]?i[nm](?![aeiounmEW])|u[nm](?![aeiounmEW])", "2"),
        (r"[ae][nm](?![aeiounmEW])", "1"),
        (r"o[nm](?![aeiounmEW])", "3"),
        (r"[ae]i", "E"),
        (r"(?<=.)e+$", ""),
        (r"E", "e"),
        (r"(.)\1+", r"\1"),
    )
)


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("search_word"):
        return  # it landed before 0011 (`odd_schemas`)
    word = sa.String(length=LONGEST)
    if op.get_bind().dialect.name == "postgresql":
        word = sa.String(length=LONGEST, collation="C")
    op.create_table(
        "search_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", word, nullable=False),
        sa.Column("mirrored", word, nullable=False),
        sa.Column("sound", word, nullable=False),
        sa.Column("place", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_word")),
    )
    op.create_table(
        "search_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("place", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_text")),
    )
    op.create_table(
        "text_word",
        sa.Column("word_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["search_text.id"],
            name=op.f("fk_text_word_text_id_search_text"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("word_id", "text_id", name=op.f("pk_text_word")),
        sqlite_with_rowid=False,
    )
    op.add_column("case_file", sa.Column("place_id", sa.Integer(), nullable=True))
    op.add_column(
        "phone", sa.Column("ending", sa.String(length=4), server_default="", nullable=False)
    )
    op.execute("UPDATE phone SET ending = substr(e164, length(e164) - 3)")
    _fill()
    for column in ("word", "mirrored", "sound"):
        op.create_index(op.f(f"ix_search_word_{column}"), "search_word", [column])
    op.create_index("ix_search_text_text", "search_text", ["text", "place"])
    op.create_index("ix_text_word_text_id", "text_word", ["text_id"])
    op.create_index(op.f("ix_case_file_place_id"), "case_file", ["place_id"])
    op.create_index(op.f("ix_phone_ending"), "phone", ["ending"])


def downgrade() -> None:
    op.drop_index(op.f("ix_phone_ending"), "phone")
    op.drop_index(op.f("ix_case_file_place_id"), "case_file")
    op.drop_column("phone", "ending")
    op.drop_column("case_file", "place_id")
    op.drop_table("text_word")
    op.drop_table("search_text")
    op.drop_table("search_word")


def _fill() -> None:
    bind = op.get_bind()
    texts: dict[tuple[str, bool], int] = {}
    for row in bind.execute(sa.text("SELECT DISTINCT name_key FROM person")):
        texts[row[0], False] = len(texts) + 1
    update = sa.text("UPDATE case_file SET place_id = :place WHERE id = :id")
    last = 0
    while cases := bind.execute(
        sa.text(
            "SELECT id, address, postal_code, commune FROM case_file"
            " WHERE id > :last ORDER BY id LIMIT :most"
        ),
        {"last": last, "most": PIECE},
    ).fetchall():
        last, found = cases[-1][0], []
        for case_id, *said in cases:
            if key := _place_key(" ".join(part or "" for part in said)):
                found.append({"id": case_id, "place": texts.setdefault((key, True), len(texts) + 1)})
        if found:
            bind.execute(update, found)
    _write(texts)


def _write(texts: dict[tuple[str, bool], int]) -> None:
    bind = op.get_bind()
    kept = sa.table("search_text", *map(sa.column, ("id", "text", "place")))
    words = sa.table("search_word", *map(sa.column, ("id", "word", "mirrored", "sound", "place")))
    held = sa.table("text_word", *map(sa.column, ("word_id", "text_id")))
    ids: dict[tuple[str, bool], int] = {}
    pairs = [
        {"word_id": ids.setdefault((word, place), len(ids) + 1), "text_id": text_id}
        for (text, place), text_id in texts.items()
        for word in (set(text.split()) if place else _name_words(text))
    ]
    known = [
        {"id": word_id, "word": word, "mirrored": word[::-1], "sound": _sound(word), "place": place}
        for (word, place), word_id in ids.items()
    ]
    rows = [
        {"id": text_id, "text": text, "place": place} for (text, place), text_id in texts.items()
    ]
    for table, values in ((kept, rows), (words, known), (held, pairs)):
        if values:
            bind.execute(table.insert(), values)
    if bind.dialect.name == "postgresql":
        for name in ("search_text", "search_word"):
            op.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
                " HAVING max(id) IS NOT NULL"
            )


def _name_words(name_key: str) -> set[str]:
    words = name_key.split()
    found = set(words)
    for at, word in enumerate(words[:-1]):
        joined = word
        for following in words[at + 1 : at + 4]:
            if len(joined) > SHORT:
                break
            joined += following
            found.add(joined)
    return {word[:LONGEST] for word in found}


def _place_key(text: str) -> str:
    opened = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    plain = "".join(letter for letter in opened if not unicodedata.combining(letter))
    words = {
        word[:LONGEST]
        for word in NOT_WORD.sub(" ", plain.casefold()).split()
        if word not in LINKS
        and ((len(word) > 1 and word.isalpha()) or (len(word) == 5 and word.isdecimal()))
    }
    return " ".join(sorted(words)[:MOST])


def _sound(word: str) -> str:
    heard = word
    for written, replacement in SOUNDS:
        heard = written.sub(replacement, heard)
    return heard or word
