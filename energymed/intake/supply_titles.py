"""How utilities name the columns that tell of a supply; see `synonyms`. Pure."""

SUPPLY_SYNONYMS: dict[str, str] = {
    "supply_state": (
        "état fourniture|état alimentation|statut fourniture|statut alimentation|"
        "situation fourniture|fourniture|alimentation|état point livraison|statut point livraison|"
        "état pdl|statut pdl|état prm|statut prm|état point|statut point|état contrat|"
        "statut contrat|supply state"
    ),
    "limited_kva": (
        "puissance réduite|puissance limitée|puissance réduite kva|puissance limitée kva|"
        "limitation kva|kva limitation|puissance laissée|puissance limitation|"
        "puissance service minimum"
    ),
    "limited_since": (
        "limité depuis|limitée depuis|limitation depuis|réduit depuis|réduction depuis|"
        "limité depuis le|réduit depuis le|puissance réduite depuis le|"
        "puissance réduite depuis|puissance limitée depuis|date début limitation|"
        "date mise limitation|date limitation effective|date limitation réalisée|"
        "date limitation effectuée|date réduction effective|date réduction réalisée|"
        "date réduction effectuée|date pose limiteur|limité le|limitation effective le"
    ),
    "cut_since": (
        "coupé depuis|coupé depuis le|coupée depuis|coupure depuis|date coupure effective|"
        "date coupure réalisée|"
        "date coupure effectuée|coupé le|suspendu depuis|date suspension effective|"
        "date suspension réalisée|date interruption|coupure effective le"
    ),
    "terminated_since": (
        "date résiliation|date résiliation contrat|résilié le|résilié depuis|contrat résilié le|"
        "date fin contrat"
    ),
    "first_letter_on": (
        "date première lettre|date 1ère lettre|date 1re lettre|date lettre 1|première lettre le|"
        "date première relance|date 1ère relance|date 1re relance|date relance 1|"
        "première relance le|date premier courrier|date 1er courrier|date courrier 1|"
        "date premier rappel|date 1er rappel|première lettre"
    ),
    "second_letter_on": (
        "date seconde lettre|date deuxième lettre|date 2ème lettre|date 2e lettre|date lettre 2|"
        "seconde lettre le|date seconde relance|date deuxième relance|date 2ème relance|"
        "date 2e relance|date relance 2|deuxième relance le|date second courrier|"
        "date deuxième courrier|date 2ème courrier|date courrier 2|date mise demeure|"
        "mise demeure le|date préavis|date préavis coupure|date avis coupure|"
        "date avis avant coupure|seconde lettre|deuxième lettre"
    ),
    "main_residence": (
        "résidence principale|type résidence|nature résidence|résidence principale secondaire|rp|"
        "main residence"
    ),
    "communicating_meter": (
        "compteur communicant|linky|compteur linky|type compteur|technologie compteur|gazpar|"
        "compteur gazpar"
    ),
}
