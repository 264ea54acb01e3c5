"""`doctor`: what is sound in this installation and what is not; and what a start tells of it."""

import sys
from collections.abc import Iterable
from datetime import timedelta

import click

from energymed import models  # noqa: F401  # what refers to what is looked up by name
from energymed.base.clock import shift_clock
from energymed.base.private_files import keep_to_owner
from energymed.cli.common import answer, json_option
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.examination import examine
from energymed.operations.doctor.findings import Finding, is_well
from energymed.operations.doctor.setting_checks import read_settings

_WORD, _NAME = 15, 30  # columns of the table


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Examine l'installation : réglages, base, disque, tâches, sauvegardes ; n'écrit rien."""
    keep_to_owner()
    read = read_settings()
    shift_clock(timedelta(seconds=read.settings.clock_shift_s))
    found = examine(read, whole=True)
    data = {"ok": is_well(found), "findings": [_as_json(finding) for finding in found]}
    answer(data, as_json=as_json, text="\n".join(_lines(found)))
    if not is_well(found):
        sys.exit(1)


def quick_part() -> list[str]:
    """What a start has to say: a sentence for each thing that is not as it should be."""
    return [
        " ".join(filter(None, (f"{finding.check.label} : {finding}", finding.advised)))
        for finding in examine(read_settings(), whole=False)
        if finding.health != Health.OK
    ]


def _as_json(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "state": finding.health,
        "message": str(finding),
        "advice": finding.advised,
    }


def _lines(found: Iterable[Finding]) -> Iterable[str]:
    for finding in found:
        yield f"{finding.health.label:<{_WORD}}{finding.check.label:<{_NAME}}{finding}"
        if finding.advice:
            yield f"{'':<{_WORD + _NAME}}→ {finding.advised}"
