"""The words under which people are found; those of who is known already are filled in."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0005"
branch_labels = None
depends_on = None

LONGEST = 40
SHORT = 4
PIECE = 10_000
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
        "person_word",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("word_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_person_word_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "word_id", name=op.f("pk_person_word")),
        sqlite_with_rowid=False,
    )
    _fill()
    for column in ("word", "mirrored", "sound"):
        op.create_index(op.f(f"ix_search_word_{column}"), "search_word", [column])
    op.create_index("ix_person_word_word_id", "person_word", ["word_id", "person_id"])


def downgrade() -> None:
    op.drop_table("person_word")
    op.drop_table("search_word")


def _fill() -> None:
    ids: dict[tuple[str, bool], int] = {}
    words = sa.table("search_word", *map(sa.column, ("id", "word", "mirrored", "sound", "place")))
    owned = sa.table("person_word", *map(sa.column, ("person_id", "word_id")))
    bind, last = op.get_bind(), 0
    while people := bind.execute(
        sa.text("SELECT id, name_key FROM person WHERE id > :last ORDER BY id LIMIT :most"),
        {"last": last, "most": PIECE},
    ).fetchall():
        found = {row[0]: {(word, False) for word in _name_words(row[1])} for row in people}
        ends: dict[int, set[int]] = {row[0]: set() for row in people}
        bounds = {"first": people[0][0], "last": people[-1][0]}
        for person_id, *texts in bind.execute(
            sa.text(
                "SELECT person_id, address, postal_code, commune, reference, contract_number, delivery_point"
                " FROM case_file WHERE person_id BETWEEN :first AND :last"
            ),
            bounds,
        ):
            for text in texts[:3]:
                found[person_id].update((word, True) for word in _place_words(text or ""))
            ends[person_id].update(end for code in texts[3:] if (end := _end(code)) is not None)
        for person_id, e164 in bind.execute(
            sa.text("SELECT person_id, e164 FROM phone WHERE person_id BETWEEN :first AND :last"),
            bounds,
        ):
            if (end := _end(e164)) is not None:
                ends[person_id].add(end)
        new = sorted({word for each in found.values() for word in each} - ids.keys())
        ids.update((word, number) for number, word in enumerate(new, len(ids) + 1))
        rows = [
            {"id": ids[key], "word": key[0], "mirrored": key[0][::-1], "sound": _sound(key[0]), "place": key[1]}
            for key in new
        ]
        if rows:
            bind.execute(words.insert(), rows)
        pairs = [
            {"person_id": person_id, "word_id": word_id}
            for person_id, each in found.items()
            for word_id in ({ids[key] for key in each} | ends[person_id])
        ]
        if pairs:
            bind.execute(owned.insert(), pairs)
        last = people[-1][0]
    if ids and bind.dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('search_word', 'id'), max(id)) FROM search_word")


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


def _place_words(text: str) -> set[str]:
    opened = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    plain = "".join(letter for letter in opened if not unicodedata.combining(letter))
    words = NOT_WORD.sub(" ", plain.casefold()).split()
    return {
        word[:LONGEST]
        for word in words
        if word not in LINKS
        and ((len(word) > 1 and word.isalpha()) or (len(word) == 5 and word.isdecimal()))
    }


def _end(code: str | None) -> int | None:
    signs = "".join(sign for sign in code or "" if sign.isascii() and sign.isalnum())[-4:]
    return -1 - int(signs, 36) if len(signs) == 4 else None


def _sound(word: str) -> str:
    heard = word
    for written, replacement in SOUNDS:
        heard = written.sub(replacement, heard)
    return heard or word
