"""Texts of letters as rows, letters to be printed, and messages that say what was agreed.

The texts are those that stood in the code, each with one that is easy to read beside it.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

KINDS = "'unreachable','plan_agreement','papers','cheque','referral','agreed','budget'"
VARIANTS = "'usual','plain'"
MOMENT = sa.DateTime(timezone=True)
MISSIONS = "'unpaid_bill','cutoff_notice','appointment'"
STATES = "'waiting','sent','withdrawn'"
# added in place: to write a table anew would delete what refers to its rows in SQLite
PURPOSE = (
    "purpose VARCHAR(10) NOT NULL DEFAULT 'contact'"
    " CONSTRAINT ck_message_template_purpose CHECK (purpose IN ('contact','agreed'))"
)
AGREED = (
    "agreed_contact_id INTEGER"
    " CONSTRAINT fk_message_agreed_contact_id_contact REFERENCES contact (id)"
)
SEEDED_AT = datetime(2026, 11, 30, tzinfo=UTC)
TEXTS = {
    "unreachable_usual": {
        "kind": "unreachable",
        "variant": "usual",
        "subject": "Nous n’arrivons pas à vous joindre",
        "body": (
            "Bonjour,\n\n"
            "{association} est une association de médiation. Nous souhaitons vous parler, et nous "
            "n’avons pas de numéro de téléphone où vous joindre.\n\n"
            "Vous pouvez nous appeler au {telephone}, au moment qui vous arrange, ou nous dire "
            "comment et quand vous joindre.\n\n"
            "Notre aide est gratuite et confidentielle. Nous ne vendons rien, et vous restez libre "
            "de donner suite ou non.\n\n"
            "L’équipe de {association}"
        ),
    },
    "unreachable_plain": {
        "kind": "unreachable",
        "variant": "plain",
        "subject": "Nous voulons vous parler",
        "body": (
            "Bonjour,\n\n"
            "Nous sommes l’association {association}.\n"
            "Nous voulons vous parler.\n"
            "Nous n’avons pas votre numéro de téléphone.\n\n"
            "Vous pouvez nous appeler.\n"
            "Notre numéro est : {telephone}\n\n"
            "Notre aide est gratuite.\n"
            "Nous ne vendons rien.\n"
            "Nous ne répétons à personne ce que vous nous dites.\n"
            "C’est vous qui choisissez.\n\n"
            "L’équipe de {association}"
        ),
    },
    "plan_agreement_usual": {
        "kind": "plan_agreement",
        "variant": "usual",
        "subject": "Accord d’échéancier",
        "body": (
            "Lors de notre échange du {jour}, nous avons convenu ensemble de l’échéancier "
            "ci-dessous pour votre dossier {partenaire}.\n\n"
            "{details}\n\n"
            "{confirmation}\n\n"
            "Si votre situation change, ou si une date ne convient plus, appelez-nous : "
            "l’échéancier peut être revu avec vous. Notre association ne reçoit aucun paiement."
        ),
    },
    "plan_agreement_plain": {
        "kind": "plan_agreement",
        "variant": "plain",
        "subject": "Votre accord pour payer en plusieurs fois",
        "body": (
            "Bonjour,\n\n"
            "Nous avons parlé ensemble le {jour}.\n"
            "Nous avons choisi avec vous de payer en plusieurs fois.\n"
            "C’est pour {partenaire}.\n\n"
            "Voici les dates et les montants :\n\n"
            "{details}\n\n"
            "{confirmation}\n\n"
            "Une date ne vous va plus ?\n"
            "Votre vie change ?\n"
            "Appelez-nous. Notre numéro est en haut de cette lettre.\n"
            "Nous pouvons changer les dates avec vous.\n\n"
            "Notre association ne reçoit pas d’argent."
        ),
    },
    "papers_usual": {
        "kind": "papers",
        "variant": "usual",
        "subject": "Pièces de votre demande d’aide",
        "body": (
            "Nous préparons avec vous une demande d’aide auprès de : {fonds}. C’est ce fonds qui "
            "décide.\n\n"
            "{details}\n\n"
            "Un doute sur une pièce ? Appelez-nous : nous regardons ensemble ce qui peut la "
            "remplacer."
        ),
    },
    "papers_plain": {
        "kind": "papers",
        "variant": "plain",
        "subject": "Les papiers pour votre demande d’aide",
        "body": (
            "Bonjour,\n\n"
            "Nous préparons avec vous une demande d’aide.\n"
            "La demande est pour : {fonds}.\n"
            "C’est ce fonds qui dit oui ou non.\n\n"
            "Voici les papiers qui manquent :\n\n"
            "{details}\n\n"
            "Vous n’avez pas un papier ?\n"
            "Vous ne comprenez pas un mot ?\n"
            "Appelez-nous. Notre numéro est en haut de cette lettre.\n"
            "Nous cherchons avec vous."
        ),
    },
    "cheque_usual": {
        "kind": "cheque",
        "variant": "usual",
        "subject": "Le chèque énergie {annee}",
        "body": (
            "Le chèque énergie est envoyé chaque année, selon les revenus, à qui a un contrat à "
            "son nom. Si vous y avez droit et ne l’avez pas reçu, il se demande en ligne ou par "
            "courrier.\n\n"
            "{details}\n\n"
            "L’attestation jointe au chèque s’envoie à chaque fournisseur : pas de réduction de "
            "puissance pendant la trêve hivernale, pas de frais de mise en service après un "
            "déménagement ni de rejet de paiement."
        ),
    },
    "cheque_plain": {
        "kind": "cheque",
        "variant": "plain",
        "subject": "Le chèque énergie {annee}",
        "body": (
            "Le chèque énergie est une aide.\n"
            "Il aide à payer l’électricité, le gaz ou le chauffage.\n"
            "Il arrive chaque année par la poste.\n"
            "Il dépend de ce que vous gagnez.\n\n"
            "Vous n’avez pas reçu le chèque ?\n"
            "Vous pouvez le demander.\n"
            "Voici les papiers, les dates et le numéro à appeler :\n\n"
            "{details}\n\n"
            "Avec le chèque, il y a un papier : l’attestation.\n"
            "Envoyez l’attestation à votre fournisseur.\n"
            "Elle vous protège en hiver."
        ),
    },
    "referral_usual": {
        "kind": "referral",
        "variant": "usual",
        "subject": "Fiche d’orientation",
        "body": (
            "Lors de notre échange du {jour}, nous avons parlé ensemble de l’organisme ci-dessous, "
            "qui peut vous aider. Vous étiez d’accord pour cette orientation.\n\n"
            "{details}\n\n"
            "{transmission}"
        ),
    },
    "referral_plain": {
        "kind": "referral",
        "variant": "plain",
        "subject": "Qui peut vous aider",
        "body": (
            "Bonjour,\n\n"
            "Nous avons parlé ensemble le {jour}.\n"
            "Vous étiez d’accord pour demander de l’aide à : {organisme}.\n\n"
            "Voici comment les joindre :\n\n"
            "{details}\n\n"
            "{transmission}\n\n"
            "Vous pouvez nous appeler si c’est difficile.\n"
            "Notre numéro est en haut de cette lettre."
        ),
    },
    "agreed_usual": {
        "kind": "agreed",
        "variant": "usual",
        "subject": "Ce que nous avons convenu",
        "body": (
            "Voici ce dont nous sommes convenus ensemble le {jour}, au sujet de votre dossier "
            "{partenaire}.\n\n"
            "{details}\n\n"
            "Le fournisseur confirme, le fonds décide : nous vous tenons au courant. Si quelque "
            "chose ne correspond pas à notre échange, appelez-nous. Notre association ne reçoit "
            "aucun paiement."
        ),
    },
    "agreed_plain": {
        "kind": "agreed",
        "variant": "plain",
        "subject": "Ce que nous avons décidé ensemble",
        "body": (
            "Bonjour,\n\n"
            "Nous avons parlé ensemble le {jour}.\n"
            "Nous avons parlé de votre dossier chez {partenaire}.\n\n"
            "Voici ce que nous avons décidé ensemble :\n\n"
            "{details}\n\n"
            "Votre fournisseur ou le fonds donne ensuite sa réponse.\n"
            "Nous vous dirons cette réponse.\n\n"
            "Il y a une erreur ?\n"
            "Appelez-nous. Notre numéro est en haut de cette lettre.\n\n"
            "Notre association ne reçoit pas d’argent."
        ),
    },
    "budget_usual": {
        "kind": "budget",
        "variant": "usual",
        "subject": "Synthèse du budget du foyer",
        "body": "Établie avec la personne, d’après ce qu’elle déclare.\n\n{details}",
    },
    "budget_plain": {
        "kind": "budget",
        "variant": "plain",
        "subject": "Le budget de votre foyer",
        "body": (
            "Nous avons fait ce calcul avec vous.\n"
            "Ce sont les montants que vous nous avez dits.\n"
            "« Ressources » : l’argent qui arrive.\n"
            "« Charges » : l’argent qui part.\n\n"
            "{details}"
        ),
    },
}


def upgrade() -> None:
    op.create_table(
        "letter_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("variant", sa.String(10), nullable=False),
        sa.Column("site_id", sa.Integer()),
        sa.Column("partner_id", sa.Integer()),
        sa.Column("campaign_kind", sa.String(20)),
        sa.Column("subject", sa.String(150), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_letter_text_kind")),
        sa.CheckConstraint(f"variant IN ({VARIANTS})", name=op.f("ck_letter_text_variant")),
        sa.CheckConstraint(
            f"campaign_kind IS NULL OR campaign_kind IN ({MISSIONS})",
            name=op.f("ck_letter_text_campaign_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("code", name=op.f("uq_letter_text_code")),
        _refers("letter_text", "site_id", "site"),
        _refers("letter_text", "partner_id", "partner"),
    )
    for column in ("site_id", "partner_id"):
        op.create_index(f"ix_letter_text_{column}", "letter_text", [column])
    op.create_table(
        "letter_to_print",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("variant", sa.String(10), nullable=False),
        sa.Column("asked_contact_id", sa.Integer()),
        sa.Column("act_id", sa.Integer()),
        sa.Column("user_id", sa.Integer()),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("settled_at", MOMENT),
        sa.Column("contact_id", sa.Integer()),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_letter_to_print_kind")),
        sa.CheckConstraint(f"variant IN ({VARIANTS})", name=op.f("ck_letter_to_print_variant")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_letter_to_print_state")),
        sa.CheckConstraint(
            "(state = 'sent') = (contact_id IS NOT NULL)",
            name=op.f("ck_letter_to_print_sent_has_contact"),
        ),
        sa.CheckConstraint(
            "(asked_contact_id IS NULL) <> (act_id IS NULL)",
            name=op.f("ck_letter_to_print_of_one"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_to_print")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_letter_to_print_contact_id")),
        _refers("letter_to_print", "case_id", "case_file"),
        _refers("letter_to_print", "asked_contact_id", "contact"),
        _refers("letter_to_print", "act_id", "act"),
        _refers("letter_to_print", "user_id", "user_account"),
        _refers("letter_to_print", "contact_id", "contact"),
    )
    for column in ("case_id", "asked_contact_id", "act_id"):
        op.create_index(f"ix_letter_to_print_{column}", "letter_to_print", [column])
    op.create_index("ix_letter_to_print_state_asked_at", "letter_to_print", ["state", "asked_at"])
    op.execute(f"ALTER TABLE message_template ADD COLUMN {PURPOSE}")
    op.execute(f"ALTER TABLE message ADD COLUMN {AGREED}")
    op.create_index("ix_message_agreed_contact_id", "message", ["agreed_contact_id"])
    _seed()


def downgrade() -> None:
    """Messages that say what was agreed go with their texts, but those that left."""
    op.drop_index("ix_message_agreed_contact_id", "message")
    op.execute("ALTER TABLE message DROP COLUMN agreed_contact_id")
    op.execute(
        "DELETE FROM message_template WHERE purpose = 'agreed'"
        " AND NOT EXISTS (SELECT 1 FROM message WHERE template_id = message_template.id)"
    )
    op.execute("ALTER TABLE message_template DROP COLUMN purpose")
    op.drop_table("letter_to_print")
    op.drop_table("letter_text")


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name)


def _seed() -> None:
    texts = sa.table(
        "letter_text",
        *(
            sa.column(name)
            for name in ("code", "kind", "variant", "subject", "body", "active", "version")
        ),
        sa.column("updated_at", MOMENT),
    )
    op.bulk_insert(
        texts,
        [
            {"code": code, **values, "active": True, "updated_at": SEEDED_AT, "version": 1}
            for code, values in TEXTS.items()
        ],
    )
