"""Numbers of nobody with their keys right, as files sometimes hold them."""

from stdnum import iban, luhn
from stdnum.fr import nif, nir


def nirs(count: int) -> list[str]:
    """Social security numbers of 15 digits, of people born in different years."""
    starts = [
        f"{1 + at % 2}{(40 + at * 7) % 100:02d}{1 + at % 12:02d}26{100 + at:03d}{10 + at:03d}"
        for at in range(count)
    ]
    return [start + nir.calc_check_digits(start + "00") for start in starts]


def ibans(count: int) -> list[str]:
    """French account numbers."""
    starts = [f"FR00300060000112345678{at:03d}89" for at in range(count)]
    return [start[:2] + iban.calc_check_digits(start) + start[4:] for start in starts]


def cards(count: int) -> list[str]:
    """Payment cards of 16 digits."""
    starts = [f"49701012345{at:04d}" for at in range(count)]
    return [start + luhn.calc_check_digit(start) for start in starts]


def tax_numbers(count: int) -> list[str]:
    """Tax numbers of 13 digits."""
    starts = [f"{at % 3}{123456789 + at * 1001:09d}" for at in range(count)]
    return [start + nif.calc_check_digits(start + "000") for start in starts]


def spaced(number: str, *lengths: int) -> str:
    """The number in groups, as people write it."""
    groups, at = [], 0
    for length in lengths:
        groups.append(number[at : at + length])
        at += length
    return " ".join([*groups, number[at:]] if at < len(number) else groups)
