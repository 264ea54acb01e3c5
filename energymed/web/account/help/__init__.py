"""The help inside the app: one short page for each role, written once for the app and `docs/`."""
