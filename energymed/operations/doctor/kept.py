"""Whole examinations kept as rows: the nightly one, and those that an administrator asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.base.db import transaction
from energymed.base.i18n import Label
from energymed.base.progress import Tick, untold
from energymed.config import Settings
from energymed.operations.doctor.codes import Check, Health
from energymed.operations.doctor.examination import examine
from energymed.operations.doctor.findings import Finding
from energymed.operations.doctor.setting_checks import running_with
from energymed.operations.models import Examination

KEPT_FOR = timedelta(days=30)
_INSTANT, _LABEL = "instant", "label"


@dataclass(frozen=True, slots=True)
class Examined:
    """A kept examination."""

    at: datetime
    seconds: float
    findings: list[Finding]

    @property
    def wrong(self) -> int:
        """How much is to be put right."""
        return _count(self.findings, Health.WRONG)

    @property
    def warnings(self) -> int:
        """How much is to be watched."""
        return _count(self.findings, Health.WARNING)


def checkup(settings: Settings, tick: Tick = untold) -> int:
    """Examine the installation of this process, and keep what is found; how much is wrong."""
    at, begun = now(), perf_counter()
    findings = examine(running_with(settings), whole=True, tick=tick)
    beside_jobs = [finding for finding in findings if finding.check != Check.JOBS]
    with transaction() as session:
        session.add(
            Examination(
                at=at,
                milliseconds=round((perf_counter() - begun) * 1000),
                wrong=_count(beside_jobs, Health.WRONG),
                findings=[_written(finding) for finding in findings],
            )
        )
    return _count(findings, Health.WRONG)


def last_examined(session: Session) -> Examined | None:
    """The newest that is kept."""
    row = session.scalar(select(Examination).order_by(Examination.id.desc()).limit(1))
    if row is None:
        return None
    return Examined(row.at, row.milliseconds / 1000, [_read(each) for each in row.findings])


def _count(findings: Iterable[Finding], health: Health) -> int:
    return sum(finding.health == health for finding in findings)


def forget_old_examinations(session: Session, at: datetime) -> int:
    """Drop those of more than 30 days ago; returns how many."""
    over = delete(Examination).where(Examination.at < at - KEPT_FOR).returning(Examination.id)
    return len(session.scalars(over).all())


def _written(finding: Finding) -> dict[str, Any]:
    params = {name: _as_kept(value) for name, value in finding.params.items()}
    return {
        "check": finding.check, "health": finding.health, "message": finding.message,
        "params": params, "advice": finding.advice,
    }  # fmt: skip


def _as_kept(value: object) -> object:
    """A value as JSON holds it; an instant and a label are told apart from texts."""
    if isinstance(value, datetime):
        return {_INSTANT: value.isoformat()}
    if isinstance(value, Label):
        return {_LABEL: str(value)}
    return value if isinstance(value, int) else str(value)


def _read(kept: Mapping[str, Any]) -> Finding:
    params = {name: _as_given(value) for name, value in kept["params"].items()}
    return Finding(
        Check(kept["check"]), Health(kept["health"]), kept["message"], params, kept["advice"]
    )


def _as_given(value: Any) -> object:
    if not isinstance(value, dict):
        return value
    if _INSTANT in value:
        return datetime.fromisoformat(value[_INSTANT])
    return Label(value[_LABEL])
