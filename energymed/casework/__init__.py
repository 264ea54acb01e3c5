"""Use cases that join rooms: calling, mediation, intake, telephony and messages meet here alone."""
