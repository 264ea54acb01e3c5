"""`site` and `partner`: list and edit, as another script would call them."""

import json

from sqlalchemy.orm import Session

from tests.cli.conftest import Run
from tests.conftest import SAMPLES
from tests.factories import make_case, make_partner, make_site, make_user


def test_sites_are_listed_and_set_right(run: Run, session: Session) -> None:
    site = make_site(session, "valence")
    make_user(session, site=site)
    make_case(session, site=site)
    edited = json.loads(run("site", "edit", "valence", "--name", "Valence", "--department", "26",
                            "--address", "1 rue du Port", "--json").stdout)  # fmt: skip
    assert (edited["name"], edited["department"], edited["address"]) == (
        "Valence", "26", "1 rue du Port",
    )  # fmt: skip
    kept = json.loads(run("site", "edit", "valence", "--name", "Valence centre", "--json").stdout)
    assert (kept["department"], kept["address"]) == ("26", "1 rue du Port")
    (listed,) = json.loads(run("site", "list", "--json").stdout)
    assert (listed["team"], listed["open_cases"], listed["retired"]) == (1, 1, False)
    assert "Valence centre – 1 personnes, 1 dossiers en cours" in run("site", "list").stdout


def test_what_runs_is_told_before_a_site_is_retired(run: Run, session: Session) -> None:
    make_case(session, site=make_site(session, "valence"))
    refused = run("site", "edit", "valence", "--retire")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Dossiers en cours : 1.")
    done = run("site", "edit", "valence", "--retire", "--confirm", "--json")
    assert json.loads(done.stdout)["retired"]
    assert not json.loads(run("site", "edit", "valence", "--use", "--json").stdout)["retired"]


def test_a_partner_is_added_with_its_missions_or_all(run: Run, session: Session) -> None:
    run("partner", "add", "edf", "EDF", "--mission", "unpaid_bill")
    run("partner", "add", "enedis", "Enedis")
    given = {one["code"]: one["missions"]
             for one in json.loads(run("partner", "list", "--json").stdout)}  # fmt: skip
    assert given == {
        "edf": ["unpaid_bill"], "enedis": ["unpaid_bill", "cutoff_notice", "appointment"],
    }  # fmt: skip


def test_a_partner_is_set_right(run: Run, session: Session) -> None:
    make_site(session, "valence")
    make_case(session, partner=make_partner(session, "edf"))
    refused = run("partner", "edit", "edf", "--mission", "appointment")
    assert refused.exit_code == 1
    assert "Dossiers en cours : 1." in refused.stderr
    done = json.loads(run("partner", "edit", "edf", "--name", "EDF Solidarité", "--phone",
                          "04 65 71 00 05", "--mission", "appointment", "--site", "valence",
                          "--confirm", "--json").stdout)  # fmt: skip
    assert {name: done[name] for name in ("name", "phone", "missions", "sites")} == {
        "name": "EDF Solidarité", "phone": "+33465710005", "missions": ["appointment"],
        "sites": ["valence"],
    }  # fmt: skip
    assert json.loads(run("partner", "edit", "edf", "--site", "all", "--json").stdout)[
        "sites"
    ] == []  # fmt: skip
    both = run("partner", "edit", "edf", "--site", "all", "--site", "valence")
    assert both.exit_code == 1


def test_a_mission_that_is_not_given_is_refused_in_one_sentence(run: Run, session: Session) -> None:
    make_site(session, "valence")
    make_partner(session, "edf")
    run("partner", "edit", "edf", "--mission", "cutoff_notice", "--mission", "appointment")
    for more in ((), ("--dry-run",)):
        refused = run("import", SAMPLES / "edf-impayes-2026-S46.csv", "--partner", "edf", "--kind",
                      "unpaid_bill", *more)  # fmt: skip
        assert refused.exit_code == 1
        assert refused.stderr.strip().splitlines() == [
            "EDF ne confie pas cette mission : Médiation sur impayés. Un administrateur l'ajoute "
            "sur la page du partenaire."
        ]


def test_a_retired_partner_brings_nothing(run: Run, session: Session) -> None:
    make_site(session, "valence")
    make_partner(session, "edf")
    run("partner", "edit", "edf", "--retire")
    refused = run("import", SAMPLES / "edf-impayes-2026-S46.csv", "--partner", "edf")
    assert "« EDF » n'est plus partenaire" in refused.stderr
