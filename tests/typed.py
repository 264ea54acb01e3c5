"""Pages as the tests quote them: with the signs that the code has, not those that are printed.

A French page is set with curly apostrophes and no-break spaces (`tools/catalogues.printed`). Tests
quote the sentences as they are typed; how they are printed is one guard's matter
(`tests/guards/test_french_as_printed.py`).
"""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from energymed.base.text.typed import typed


class TypedClient(FlaskClient):
    """A client whose answers, read as text, are as typed; their bytes are as sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_wrapper = type("TypedResponse", (_Typed, self.response_wrapper), {})


class _Typed(TestResponse):
    def get_data(self, as_text: bool = False) -> Any:
        if not as_text:
            return super().get_data()
        return typed(super().get_data(as_text=True))
