"""Invented people of the Drôme and of Dijon: names, addresses, fictional phone numbers.

Of the demonstration, and of whoever is in formation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from energymed.base.text.folding import name_key

LAST_NAMES = """
ARNAUD BARBIER BENOIT BERTHET BLANCHARD BONNARD BOUVIER BRUNEL CARRIER CHABERT CHARPENTIER CLAVEL
COLIN COMBE CONSTANT COSTE DELORME DESCOURS DIALLO DUMONT DUPUIS EYRAUD FABRE FARGIER FAYOLLE
FERREIRA FRANÇOIS GILLES GRANGE HADDAD HAMIDI HUGUET JACQUET JULLIEN KONÉ LAFOND LEBRUN LOPES
MALLET MANDRIN MARCON MARTINEZ MAZET MEUNIER MOULIN NAVARRO OLIVIER PASCAL PELLETIER PEREZ PICARD
PONCET RAYNAUD REYNIER RIVIÈRE ROCHE ROUVIER SABATIER SANCHEZ SERRE SILVA SOUCHON TERRIER THIBAUD
TOURÉ VALETTE VERNET VIDAL VILLARD YILMAZ
""".split()
WOMEN = """
Adèle Alice Amandine Annie Béatrice Camille Carine Corinne Denise Élodie Fanny Florence Francine
Hélène Imane Irène Joëlle Karine Khadija Lucie Mariam Martine Monique Nadège Odile Paulette Régine
Renée Sophie Suzanne Valérie Yvette
""".split()
MEN = """
André Antoine Arthur Bernard Brahim Bruno Charles Claude Daniel David Didier Émile Farid Gabriel
Gérard Gilles Henri Hugues Jacques Jérôme Jules Laurent Léon Marc Maxime Nicolas Olivier Pascal
Rachid Robert Samir Sylvain Victor Yann
""".split()
STREETS = (
    "rue des Tilleuls", "avenue de la Gare", "chemin des Vignes", "rue du Château",
    "place du Marché", "impasse des Cerisiers", "rue Pasteur", "boulevard des Alpes",
    "route de Nyons", "rue des Écoles", "montée du Calvaire", "rue de la Fontaine",
)  # fmt: skip
# The ranges kept for fiction (DOMAIN §13): the first ten thousand people have mobiles, as a second
# number some have a landline; all others have a landline.
MOBILE, LANDLINE = "+3363998", "+3346571"
LANDLINES = ("+3335301", "+3353649", "+3326191", "+3319900")
PRACTICE_LANDLINE = "019900"  # where the demonstration comes last
IN_A_RANGE = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where the people of a site live: communes by postal code."""

    communes: tuple[tuple[str, str], ...]


DROME = Place((
    ("26000", "Valence"), ("26100", "Romans-sur-Isère"), ("26200", "Montélimar"),
    ("26110", "Nyons"), ("26700", "Pierrelatte"), ("26130", "Saint-Paul-Trois-Châteaux"),
    ("26290", "Donzère"), ("26230", "Grignan"), ("26500", "Bourg-lès-Valence"),
    ("26400", "Crest"), ("26150", "Die"), ("26600", "Tain-l'Hermitage"),
))  # fmt: skip
BURGUNDY = Place((
    ("21000", "Dijon"), ("21000", "Dijon"), ("21240", "Talant"), ("21300", "Chenôve"),
    ("21800", "Quetigny"), ("21600", "Longvic"), ("21121", "Fontaine-lès-Dijon"),
    ("21200", "Beaune"), ("21110", "Genlis"), ("21700", "Nuits-Saint-Georges"),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented customer; `phones` are E.164 in the ranges kept for fiction."""

    civility: str
    last_name: str
    first_name: str
    address: str
    postal_code: str
    commune: str
    phones: tuple[str, ...]
    customer_reference: str

    @property
    def name_key(self) -> str:
        """Comparable form of the name, as intake makes it."""
        return name_key(self.last_name, self.first_name)


def invent(random: Random, number: int, place: Place = DROME) -> Invented:
    """The customer of that serial number; numbers below 50 000 share no phone."""
    postal_code, commune = random.choice(place.communes)
    civility = random.choice(("Mme", "M.", "Mme", "M.", "M. ou Mme"))
    return Invented(
        civility=civility,
        last_name=random.choice(LAST_NAMES),
        first_name=random.choice(WOMEN if civility == "Mme" else MEN),
        address=f"{random.randint(1, 140)} {random.choice(STREETS)}",
        postal_code=postal_code,
        commune=commune,
        phones=tuple(_phones(random, number)),
        customer_reference=f"D{number:09d}",
    )


def _phones(random: Random, number: int) -> Iterator[str]:
    turn, ending = divmod(number, IN_A_RANGE)
    if turn:
        yield f"{LANDLINES[(turn - 1) % len(LANDLINES)]}{ending:04d}"
        return
    yield f"{MOBILE}{ending:04d}"
    if random.random() < 0.25:
        yield f"{LANDLINE}{ending:04d}"


def euros(cents: int) -> str:
    """An amount as a French partner's file writes it: "1234,56"."""
    return f"{cents // 100},{cents % 100:02d}"
