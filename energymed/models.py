"""Every table of the house in one import, for migrations and for mapper configuration."""

from energymed.accounts import models as accounts
from energymed.base import audit, files, progress
from energymed.base.db import Model
from energymed.calling import models as calling
from energymed.cases import models as cases
from energymed.cases import (
    person_models,
    saved_view_models,
    search_index,
    supply_models,
    told_models,
)
from energymed.intake import models as intake
from energymed.mediation import (
    cause_models,
    directory_models,
    emergency_models,
    move_models,
    referral_models,
    request_models,
)
from energymed.mediation import models as mediation
from energymed.messages import models as messages
from energymed.messages.letters import models as letters
from energymed.operations import models as operations
from energymed.partners import models as partners
from energymed.reporting import models as reporting
from energymed.telephony import models as telephony

__all__ = [
    "Model",
    "accounts",
    "audit",
    "calling",
    "cases",
    "cause_models",
    "directory_models",
    "emergency_models",
    "files",
    "intake",
    "letters",
    "mediation",
    "messages",
    "move_models",
    "operations",
    "partners",
    "person_models",
    "progress",
    "referral_models",
    "reporting",
    "request_models",
    "saved_view_models",
    "search_index",
    "supply_models",
    "telephony",
    "told_models",
]
