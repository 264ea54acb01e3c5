"""A weekly file becomes cases: read → map → check → plan → commit, or undo."""
