"""Invented people of the Drôme: names, addresses, fictional phone numbers.

Of the demonstration, and of whoever is in formation.
"""

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
COMMUNES = (
    ("26000", "Valence"), ("26100", "Romans-sur-Isère"), ("26200", "Montélimar"),
    ("26110", "Nyons"), ("26700", "Pierrelatte"), ("26130", "Saint-Paul-Trois-Châteaux"),
    ("26290", "Donzère"), ("26230", "Grignan"), ("26500", "Bourg-lès-Valence"),
    ("26400", "Crest"), ("26150", "Die"), ("26600", "Tain-l'Hermitage"),
)  # fmt: skip
MOBILE, LANDLINE = "+3363998", "+3346571"
PRACTICE_LANDLINE = "026191"  # another range, so that a demonstration's people are not theirs
PLACES = 10_000


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


def invent(random: Random, number: int) -> Invented:
    """The customer of that serial number; numbers below 10 000 share no phone."""
    postal_code, commune = random.choice(COMMUNES)
    phones = [f"{MOBILE}{number % PLACES:04d}"]
    if random.random() < 0.25:
        phones.append(f"{LANDLINE}{number % PLACES:04d}")
    civility = random.choice(("Mme", "M.", "Mme", "M.", "M. ou Mme"))
    return Invented(
        civility=civility,
        last_name=random.choice(LAST_NAMES),
        first_name=random.choice(WOMEN if civility == "Mme" else MEN),
        address=f"{random.randint(1, 140)} {random.choice(STREETS)}",
        postal_code=postal_code,
        commune=commune,
        phones=tuple(phones),
        customer_reference=f"D{number:09d}",
    )


def euros(cents: int) -> str:
    """An amount as a French partner's file writes it: "1234,56"."""
    return f"{cents // 100},{cents % 100:02d}"
