"""A team from a file: one account a line, looked at first, then opened all together or not at all.

Any encoding and separator that the weekly files may have; the titles may be written in either
language and in any order.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from energymed.accounts import checks, links
from energymed.accounts.codes import LinkPurpose, Role
from energymed.accounts.edits import checked_extension
from energymed.accounts.queries import sites
from energymed.accounts.service import NewUser, add_user
from energymed.base.context import Context
from energymed.base.dates import parse_date
from energymed.base.errors import BadInput, DomainError, Faults
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, fold, header_key
from energymed.casework.account_links import Link, link_to
from energymed.intake.reading.csv_text import read_text
from energymed.partners.queries import all_partners

MAX_BYTES = 256 * 1024
MAX_PEOPLE = 300
TITLES = {
    "name": ("nom", "name", "nom et prenom", "nom prenom", "prenom nom", "personne"),
    "email": ("e mail", "email", "mail", "courriel", "adresse e mail", "adresse mail"),
    "role": ("role", "fonction"),
    "site": ("site", "lieu"),
    "partner": ("partenaire", "partner", "fournisseur"),
    "weekly_hours": ("heures par semaine", "heures", "hours", "weekly hours"),
    "languages": ("langues parlees", "langues", "languages"),
    "extension": ("poste", "poste telephonique", "extension"),
    "ends_on": ("date de fin", "fin", "fin de contrat", "end date", "end", "ends on"),
}
_FIELDS = {title: name for name, titles in TITLES.items() for title in titles}
_HOURS = 35


@dataclass(slots=True)
class TeamLine:
    """One line: what it says, as typed, the account that it makes, and what is wrong with it."""

    number: int
    said: dict[str, str]
    account: NewUser | None = None
    problems: list[DomainError] = field(default_factory=list)


def read_team(ctx: Context, data: bytes, file_name: str) -> list[TeamLine]:
    """Every line of the file with its account or its problems; nothing is written.

    Raises:
        BadInput: no table, too long, or the columns name and e-mail and role are not there.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(N_("Ce fichier est trop long : %(most)s personnes au plus."),
                       most=MAX_PEOPLE)  # fmt: skip
    lines = [TeamLine(number, said) for number, said in _said(data, file_name)]
    if not lines:
        raise BadInput(N_("Ce fichier ne nomme personne sous la ligne des titres."))
    if len(lines) > MAX_PEOPLE:
        raise BadInput(N_("Ce fichier est trop long : %(most)s personnes au plus."),
                       most=MAX_PEOPLE)  # fmt: skip
    judge = _Judge(ctx)
    for line in lines:
        judge.look_at(line)
    return lines


def open_team(ctx: Context, data: bytes, file_name: str, base: str) -> list[Link]:
    """Open an account for each line, with its invitation.

    Raises:
        BadInput: the file cannot be read, or any line has a problem: then nothing is opened.
    """
    lines = read_team(ctx, data, file_name)
    accounts = [line.account for line in lines if line.account is not None]
    if len(accounts) != len(lines):
        raise BadInput(N_("Des lignes sont à corriger : aucun compte n'est ouvert."))
    made = []
    for account in accounts:
        user = add_user(ctx, account)
        ctx.session.flush()
        token = links.invite(ctx, user)
        made.append(link_to(ctx, user, LinkPurpose.INVITATION, token, base))
    return made


def _said(data: bytes, file_name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line below the titles that says anything: its number, and {field: text}."""
    try:
        table = read_text(data, file_name, lambda cells: len(_columns(cells)))
    except BadInput as error:  # it names workbooks as well, which other pages take
        raise BadInput(N_("« %(file)s » n'est pas un fichier CSV : ouvrez-le dans un tableur, "
                          "enregistrez-le en CSV et choisissez-le à nouveau."),
                       file=file_name) from error  # fmt: skip
    columns: dict[int, str] = {}
    try:
        for number, cells in table.records:
            if not columns:
                columns = _columns(cells)
                if not {"name", "email", "role"} <= set(columns.values()):
                    columns = {}
                continue
            said = {name: collapse(cells[at]) for at, name in columns.items() if at < len(cells)}
            if any(said.values()):
                yield number, said
    except csv.Error:
        raise BadInput(N_("Ce fichier ne se lit pas : enregistrez-le à nouveau en CSV.")) from None
    if not columns:
        raise BadInput(N_("Les colonnes « nom », « e-mail » et « rôle » sont nécessaires."))


def _columns(cells: list[str]) -> dict[int, str]:
    """{place: field} of the titles that are known, each field once."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        name = _FIELDS.get(header_key(cell))
        if name is not None and name not in found.values():
            found[at] = name
    return found


class _Judge:
    """Looks at the lines of one file, which may not name the same address twice."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.addresses: dict[str, int] = {}
        self.sites = _by_word((site.id, site.code, site.name) for site in sites(ctx))
        self.partners = _by_word(
            (partner.id, partner.code, partner.name) for partner in all_partners(ctx.session)
        )
        self.roles = {fold(word): role for role in Role for word in (str(role), role.label)}

    def look_at(self, line: TeamLine) -> None:
        """Make the line's account, or note all that is wrong with it."""
        faults, values = Faults(), dict[str, object]()
        for name, read in self._readers(line).items():
            with faults:
                values[name] = read(line.said.get(name, ""))
        if not faults.found:
            with faults:
                account = NewUser(password_hash=None, **values)  # type: ignore[arg-type]
                checks.checked_role(account.role, account.site_id, account.partner_id)
        line.problems = faults.found
        line.account = None if faults.found else account

    def _readers(self, line: TeamLine) -> dict[str, Callable[[str], object]]:
        return {
            "email": lambda text: self._address(text, line.number),
            "name": _name,
            "role": self._role,
            "site_id": lambda _text: self._site(line.said.get("site", "")),
            "partner_id": lambda _text: self._partner(line.said.get("partner", "")),
            "weekly_hours": _hours,
            "languages": lambda text: tuple(checks.checked_languages(text.split(","))),
            "extension": lambda text: checked_extension(text) or "",
            "ends_on": lambda text: checks.checked_end(self.ctx, _day(text)),
        }

    def _address(self, text: str, number: int) -> str:
        email = checks.free_address(self.ctx.session, text)
        first = self.addresses.setdefault(email, number)
        if first != number:
            raise BadInput(N_("Cette adresse est déjà à la ligne %(line)s."), line=first)
        return email

    def _role(self, text: str) -> Role:
        role = self.roles.get(fold(text))
        if role is None:
            raise BadInput(
                N_("Rôle inconnu : « %(role)s ». Rôles connus : %(known)s."),
                role=text, known=", ".join(Role),
            )  # fmt: skip
        return role

    def _site(self, text: str) -> int | None:
        """The site that is named; the only one there is when none is."""
        ids = set(self.sites.values())
        if not text:
            return ids.pop() if len(ids) == 1 else None
        if fold(text) not in self.sites:
            raise BadInput(N_("Site inconnu : « %(site)s »."), site=text)
        return self.sites[fold(text)]

    def _partner(self, text: str) -> int | None:
        if text and fold(text) not in self.partners:
            raise BadInput(N_("Partenaire inconnu : « %(partner)s »."), partner=text)
        return self.partners.get(fold(text)) if text else None


def _by_word(places: Iterator[tuple[int, str, str]]) -> dict[str, int]:
    return {fold(word): place_id for place_id, code, name in places for word in (name, code)}


def _name(text: str) -> str:
    if not text:
        raise BadInput(N_("Le nom manque."))
    return checks.checked_name(text, "")


def _hours(text: str) -> int:
    if not text:
        return _HOURS
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise BadInput(N_("Les heures par semaine sont un nombre entier : « %(text)s »."),
                       text=text)  # fmt: skip
    return checks.checked_hours(int(text))


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        raise BadInput(N_("Cette date de fin ne se lit pas : « %(text)s »."), text=text) from None
