"""Free text is the exception: bounded, and never a social-security number or an IBAN."""

from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import tidy_lines
from energymed.base.text.sensitive import remove_sensitive


def check_words(text: str | None, field: str, *, most: int) -> None:
    """Refuse a text that is too long or holds what must never be kept (DOMAIN §12).

    Raises:
        BadInput: more than `most` characters, with `params["field"]`.
        Refused: a social-security number or an IBAN, with `params["field"]`.
    """
    if text and len(text) > most:
        raise BadInput(N_("La note dépasse %(most)s caractères."), field=field, most=most)
    refuse_sensitive(text, field)


def refuse_sensitive(text: str | None, field: str) -> None:
    """Refuse a text that holds what must never be kept (DOMAIN §12), in one sentence for all.

    Raises:
        Refused: a social-security number, an IBAN or the like, with `params["field"]`.
    """
    if text and remove_sensitive(text)[1]:
        raise Refused(
            N_(
                "Un numéro de sécurité sociale, un IBAN, un numéro de carte ou une date de "
                "naissance ne se note jamais : retirez-le."
            ),
            field=field,
        )


def kept(text: str | None) -> str | None:
    """The text as it is stored: control characters out, nothing for nothing."""
    return tidy_lines(text) or None if text else None
