"""Tables of the search for people: the words that names and places are made of, and whose they are.

A name has few words that others do not have too: what is typed is compared with the words, by
their beginning, their end and their sound, and the words lead to the people.
"""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.db import Model
from energymed.cases.search_words import LONGEST

_Word = String(LONGEST).with_variant(String(LONGEST, collation="C"), "postgresql")


class SearchWord(Model):
    """A folded word of names, or of addresses and communes when `place`.

    Two writers at once may each make a row of the same word; a search takes both.
    """

    __tablename__ = "search_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(_Word, index=True)
    mirrored: Mapped[str] = mapped_column(_Word, index=True)  # the word from its end
    sound: Mapped[str] = mapped_column(_Word, index=True)  # see `base.text.french_sounds`
    place: Mapped[bool]


class PersonWord(Model):
    """That a person's name, or the place of one of their cases, holds a word.

    Below zero stands no word, but the end of a number or a reference (`search_words.code_key`).
    """

    __tablename__ = "person_word"
    __table_args__ = (
        Index("ix_person_word_word_id", "word_id", "person_id"),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    word_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
