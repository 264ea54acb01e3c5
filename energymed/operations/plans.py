"""Which jobs there are and how often each runs; what they do is in `jobs.work`. Pure."""

from dataclasses import dataclass, field

from energymed.base.i18n import N_


@dataclass(frozen=True, slots=True)
class Plan:
    """A job: its name, what it does, and every how many minutes.

    `optional`: it runs only on machines where something is set up for it.
    """

    name: str
    label: str
    every_minutes: int
    optional: bool = field(default=False, kw_only=True)


PLANS = {
    plan.name: plan
    for plan in (
        Plan("lapsed_claims", N_("Remet en file les dossiers dont la réservation a expiré"), 1),
        Plan("due_work", N_("Met en file les rappels et les échéances arrivés à terme"), 1),
        Plan("running", N_("Prépare le suivi des plans, aides et demandes arrivés à terme"), 15),
        Plan("cutoffs", N_("Clôt les informations de coupure dont l'heure est passée"), 5),
        Plan("paid", N_("Clôt les dossiers que des paiements ont soldés"), 1),
        Plan("stops", N_("Rend aux partenaires les dossiers des personnes à ne plus appeler"), 5),
        Plan("inbox",
             N_("Prend les fichiers que les partenaires déposent par transfert sécurisé"), 1,
             optional=True),
        Plan("messages", N_("Envoie les SMS et les e-mails qui attendent"), 1),
        Plan("shared_numbers",
             N_("Repère les numéros de téléphone qui servent à trop de noms"), 1440),
        Plan("table_sizes", N_("Mesure les tables, pour que les pages restent rapides"), 10),
        Plan("accounts", N_("Ferme les comptes dont le dernier jour est passé"), 60),
        Plan("files", N_("Efface les fichiers dont la durée de conservation est passée"), 60),
        Plan("backup", N_("Sauvegarde la base chaque nuit, là où un dossier est réglé"), 1440,
             optional=True),
        Plan("leftovers",
             N_("Enlève les fichiers laissés à moitié écrits par un arrêt brutal"), 60),
        Plan("checkup", N_("Examine l'installation chaque nuit, et garde ce qui est trouvé"), 1440),
        Plan("old_runs", N_("Oublie les passages de plus de trente jours"), 1440),
    )
}  # fmt: skip
