"""Tables of the search for people: the words of names and places, and the texts that hold them.

Many people share a name and more share a street, so that each text is kept once: a typed word leads
to words like it, these to names and places, and these to people by `Person.name_key` and to cases
by `Case.place_id`. Rows never change; names that nobody bears any more are deleted by a job.
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


class SearchText(Model):
    """The key of a name or of a place (`search_words.place_key`); perhaps more than once."""

    __tablename__ = "search_text"
    __table_args__ = (Index("ix_search_text_text", "text", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(500))
    place: Mapped[bool]


class TextWord(Model):
    """That a text holds a word."""

    __tablename__ = "text_word"
    __table_args__ = (
        Index("ix_text_word_text_id", "text_id"),
        {"sqlite_with_rowid": False},
    )

    word_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text_id: Mapped[int] = mapped_column(
        ForeignKey("search_text.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
