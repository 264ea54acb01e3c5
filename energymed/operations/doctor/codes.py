"""Codes of the doctor: what is examined, and how it is."""

from energymed.base.codes import Code
from energymed.base.i18n import N_


class Check(Code):
    """What is examined, in the order in which it is told."""

    SETTINGS = "settings", N_("Réglages")
    SECRETS = "secrets", N_("Secrets")
    RIGHTS = "rights", N_("Droits sur le disque")
    DATABASE = "database", N_("Base de données")
    SCHEMA = "schema", N_("Version de la base")
    INTEGRITY = "integrity", N_("Intégrité de la base")
    LEDGER = "ledger", N_("Soldes des dossiers")
    CONSTRAINTS = "constraints", N_("Valeurs permises")
    FILES = "files", N_("Fichiers gardés")
    CASES = "cases", N_("Dossiers et leurs événements")
    CLOCK = "clock", N_("Horloge")
    DISK = "disk", N_("Disque")
    JOBS = "jobs", N_("Tâches planifiées")
    OUTLETS = "outlets", N_("E-mails et SMS")
    BACKUP = "backup", N_("Sauvegardes")
    VERSIONS = "versions", N_("Versions")


class Health(Code):
    """How something is: a warning leaves people at work, what is wrong loses or hides something."""

    OK = "ok", N_("bon")
    WARNING = "warning", N_("à surveiller")
    WRONG = "wrong", N_("à corriger")
