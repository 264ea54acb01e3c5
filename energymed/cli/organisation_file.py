"""The plan of an organisation, read from a TOML file or asked for on the terminal.

What the file may say is shown with an example in `docs/setup.md`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from energymed.accounts.codes import Role
from energymed.accounts.passwords import SHORTEST
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.casework.setup_organisation import (
    USUAL_PARTNERS,
    MemberPlan,
    Organisation,
    PartnerPlan,
    SitePlan,
)

TABLES = {"association": False, "administrator": False, "sites": True, "partners": True,
          "team": True}  # fmt: skip  # True for those that may be repeated: [[sites]]
WORDS: dict[str, dict[str, type]] = {
    "association": {"name": str, "phone": str},
    "administrator": {"email": str, "name": str, "password": str},
    "sites": {"code": str, "name": str, "phone": str, "department": str, "address": str},
    "partners": {"code": str, "name": str, "missions": list, "sites": list, "phone": str},
    "team": {"email": str, "name": str, "role": str, "site": str, "partner": str, "hours": int,
             "languages": list, "password": str},
}  # fmt: skip
NEEDED = {
    "association": ("name", "phone"),
    "administrator": ("email", "name"),
    "sites": ("code", "name"),
    "partners": ("code", "name", "missions"),
    "team": ("email", "name", "role"),
}


def read_plan(path: Path) -> Organisation:
    """The plan that a file holds.

    Raises:
        BadInput: it cannot be read, or has a word that is unknown, missing or of another type;
            all of them at once.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        found = tomllib.loads(text)
    except OSError as error:
        raise BadInput(N_("« %(file)s » ne peut pas être lu."), file=str(path)) from error
    except (UnicodeDecodeError, RecursionError):
        raise BadInput(N_("« %(file)s » n'est pas un texte TOML en UTF-8."),
                       file=path.name) from None  # fmt: skip
    except tomllib.TOMLDecodeError as error:
        raise BadInput(
            N_("« %(file)s » n'est pas un fichier TOML : %(why)s."), file=path.name, why=error
        ) from error
    _check(found)
    association = found["association"]
    return Organisation(
        association=association["name"],
        phone=association["phone"],
        administrator=MemberPlan(role=Role.ADMIN, **found["administrator"]),
        sites=[SitePlan(**one) for one in found.get("sites", [])],
        partners=[PartnerPlan(**one) for one in found.get("partners", [])],
        team=[MemberPlan(**one) for one in found.get("team", [])],
    )


def _check(found: Mapping[str, Any]) -> None:
    faults = Faults()
    for name in found.keys() - TABLES.keys():
        faults.when(
            True,
            BadInput(N_("[%(name)s] n'est pas connu. Connus : %(known)s."), name=name,
                     known=", ".join(TABLES)),
        )  # fmt: skip
    for name, repeated in TABLES.items():
        given = found.get(name, [] if repeated else None)
        lines = given if isinstance(given, list) else [given]
        if isinstance(given, list) != repeated:  # [sites] for [[sites]], or the other way
            lines = [None]
        for number, line in enumerate(lines, 1):
            with faults:
                _check_table(name, f"{name} {number}" if repeated else name, line)
    faults.tell()


def _check_table(name: str, place: str, line: object) -> None:
    if not isinstance(line, dict):
        raise BadInput(N_("Il manque [%(name)s] avec ses valeurs."), name=place)
    faults = Faults()
    for word, value in line.items():
        wanted = WORDS[name].get(word)
        faults.when(
            wanted is None,
            BadInput(N_("%(place)s : « %(word)s » n'est pas connu. Connus : %(known)s."),
                     place=place, word=word, known=", ".join(WORDS[name])),
        )  # fmt: skip
        fits = wanted is None or (type(value) is wanted and _all_texts(value))
        faults.when(
            not fits,
            BadInput(N_("%(place)s : « %(word)s » n'a pas la bonne forme."), place=place,
                     word=word),
        )  # fmt: skip
    for word in NEEDED[name]:
        faults.when(
            word not in line,
            BadInput(N_("%(place)s : il manque « %(word)s »."), place=place, word=word),
        )
    faults.tell()


def _all_texts(value: object) -> bool:
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)


def ask_plan() -> Organisation:
    """The plan as somebody answers on the terminal: one site, the usual partners, no team yet."""
    name = click.prompt("Nom de l'association")
    phone = click.prompt("Numéro que les gens voient et rappellent")
    site = SitePlan(
        code=click.prompt("Code du premier site (court, sans accent)"),
        name=click.prompt("Nom du premier site"),
        department=click.prompt("Département (26, 2A, 974 ; vide : plus tard)", default="",
                                show_default=False),
    )  # fmt: skip
    administrator = MemberPlan(
        name=click.prompt("Votre nom"),
        email=click.prompt("Votre e-mail"),
        role=Role.ADMIN,
        password=click.prompt(
            f"Mot de passe ({SHORTEST} caractères au moins)",
            hide_input=True, confirmation_prompt="Le même encore une fois",
        ),
    )  # fmt: skip
    partners = [
        PartnerPlan(code, label, missions)
        for code, label, missions in USUAL_PARTNERS
        if click.confirm(f"{label} ({', '.join(kind.label for kind in missions)}) ?")
    ]
    return Organisation(name, phone, administrator, [site], partners)
