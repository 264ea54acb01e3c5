"""Compiles the translations with every build or installation; all else is in pyproject.toml."""

import runpy
from pathlib import Path

from setuptools import setup

runpy.run_path(str(Path(__file__).parent / "tools" / "catalogues.py"))["compile_all"]()
setup()
