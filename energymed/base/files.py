"""Raw files, named by the SHA-256 of their content: written whole or not at all."""

import hashlib
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from energymed.base.errors import NotFound
from energymed.base.i18n import N_

_SHA256 = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """Files under one folder, two levels deep so that no folder grows large."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep `content`, readable by the owner alone; returns its SHA-256. Safe to repeat."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as draft:
            try:
                draft.write(content)
                draft.flush()
                os.fsync(draft.fileno())
            except BaseException:
                draft.close()
                os.unlink(draft.name)
                raise
        os.replace(draft.name, path)
        return sha256

    def get(self, sha256: str) -> bytes:
        """The content kept under this SHA-256.

        Raises:
            NotFound: when it was never kept, or its retention is over.
        """
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                N_("Le fichier d'origine n'est plus conservé : déposez-le à nouveau.")
            ) from error

    def has(self, sha256: str) -> bool:
        """Whether the content is still there."""
        return self._path(sha256).exists()

    def delete(self, sha256: str) -> bool:
        """Remove the content; False when there was none."""
        path = self._path(sha256)
        if not path.exists():
            return False
        path.unlink()
        return True

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.folder / sha256[:2] / sha256
