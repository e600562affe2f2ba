"""The tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("dispatch_phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("profile", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("code", name=op.f("uq_tenants_code")),
    )
    op.create_table(
        "bundle_archives",
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bundle_archives_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_archives")),
        sa.UniqueConstraint("tenant_id", "content_hash", name=op.f("uq_bundle_archives_tenant_id_content_hash")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_calendar_days_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("tenant_id", "day", name=op.f("uq_calendar_days_tenant_id_day")),
    )
    op.create_table(
        "calendars",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("grounds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_calendars_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_calendars_tenant_id")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_counters_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counters")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_counters_tenant_id_name")),
    )
    op.create_table(
        "customers",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number = upper(number)", name="ck_customers_number"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_customers_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_customers_tenant_id_number")),
    )
    op.create_table(
        "degree_days",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(18, 1).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_degree_days_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_degree_days")),
        sa.UniqueConstraint("tenant_id", "month", name=op.f("uq_degree_days_tenant_id_month")),
    )
    op.create_table(
        "deployments",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("closure", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("closure_hash", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.String(length=200), nullable=False),
        sa.Column("deployed_by_account", sa.Uuid(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_by", sa.String(length=200), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_deployments_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployments")),
        sa.UniqueConstraint("tenant_id", "key", "version", name=op.f("uq_deployments_tenant_id_key_version")),
    )
    with op.batch_alter_table("deployments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deployments_content_hash"), ["content_hash"], unique=False)
        batch_op.create_index("ix_deployments_planned", ["planned_at"], unique=False)

    op.create_table(
        "external_sign_ins",
        sa.Column("state_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("wished", sa.String(length=300), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_external_sign_ins_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_sign_ins")),
    )
    with op.batch_alter_table("external_sign_ins", schema=None) as batch_op:
        batch_op.create_index("ix_external_sign_ins_state", ["state_hash"], unique=True)

    op.create_table(
        "invoice_series",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=2), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_invoice_series_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_series")),
        sa.UniqueConstraint("tenant_id", "year", "letter", name=op.f("uq_invoice_series_tenant_id_year_letter")),
    )
    op.create_table(
        "offices",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_offices_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_offices_tenant_id_code")),
    )
    op.create_table(
        "persons",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_persons_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_table(
        "replays",
        sa.Column("candidate", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_replays_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replays")),
        info={"append_only": True},
    )
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.create_index("ix_replays_candidate", ["tenant_id", "candidate"], unique=False)

    op.create_table(
        "start_drafts",
        sa.Column("bundle", sa.String(length=80), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("upload_key", sa.String(length=64), nullable=False),
        sa.Column("submission_key", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_start_drafts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_drafts")),
        sa.UniqueConstraint("tenant_id", "upload_key", name=op.f("uq_start_drafts_tenant_id_upload_key")),
    )
    with op.batch_alter_table("start_drafts", schema=None) as batch_op:
        batch_op.create_index("ix_start_drafts_expires_at", ["expires_at"], unique=False)

    op.create_table(
        "tariffs",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("meter_kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("unit_price", sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("vat_rate", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("basis in ('unit', 'month')", name="ck_tariffs_basis"),
        sa.CheckConstraint("vat_rate >= 0 and unit_price >= 0", name="ck_tariffs_amounts"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tariffs_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariffs")),
        sa.UniqueConstraint("tenant_id", "code", "valid_from", name=op.f("uq_tariffs_tenant_id_code_valid_from")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_throttles_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttles")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_throttles_tenant_id_key")),
    )
    with op.batch_alter_table("throttles", schema=None) as batch_op:
        batch_op.create_index("ix_throttles_since", ["since"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("secret_hash", sa.String(length=200), nullable=False),
        sa.Column("secret_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_accounts_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_accounts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("tenant_id", "login", name=op.f("uq_accounts_tenant_id_login")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_person_id"), ["person_id"], unique=False)

    op.create_table(
        "bundle_drafts",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["deployments.id"], name=op.f("fk_bundle_drafts_base_id")),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployments.id"], name=op.f("fk_bundle_drafts_deployment_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bundle_drafts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_drafts")),
    )
    with op.batch_alter_table("bundle_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bundle_drafts_base_id"), ["base_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bundle_drafts_deployment_id"), ["deployment_id"], unique=False)
        batch_op.create_index("ix_bundle_drafts_key", ["tenant_id", "key"], unique=False)

    op.create_table(
        "cases",
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("bundle", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=80), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("submission_key", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployments.id"], name=op.f("fk_cases_deployment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_cases_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_cases_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("tenant_id", "reference", name=op.f("uq_cases_tenant_id_reference")),
        sa.UniqueConstraint("tenant_id", "submission_key", name=op.f("uq_cases_tenant_id_submission_key")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_of_deployment", ["deployment_id", "closed_at"], unique=False)
        batch_op.create_index("ix_cases_open", ["tenant_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_person_id"), ["person_id"], unique=False)

    op.create_table(
        "contracts",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("effective_to is null or effective_to >= effective_from", name="ck_contracts_effective"),
        sa.CheckConstraint("number = upper(number)", name="ck_contracts_number"),
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name="ck_contracts_valid"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_contracts_customer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contracts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_contracts_tenant_id_number")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contracts_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "debts",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("claim_number", sa.String(length=20), nullable=False),
        sa.Column("source_number", sa.String(length=20), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("computed_on", sa.Date(), nullable=True),
        sa.Column("legal_title", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("original_amount", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("open_amount", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("open_amount >= 0 and open_amount <= amount", name="ck_debts_open"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_debts_customer_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_debts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debts")),
        sa.UniqueConstraint(
            "tenant_id", "customer_id", "position", name=op.f("uq_debts_tenant_id_customer_id_position")
        ),
    )
    op.create_table(
        "draft_keys",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["start_drafts.id"], name=op.f("fk_draft_keys_draft_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_draft_keys_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_keys")),
        sa.UniqueConstraint("tenant_id", "key_hash", name=op.f("uq_draft_keys_tenant_id_key_hash")),
    )
    with op.batch_alter_table("draft_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_keys_draft_id"), ["draft_id"], unique=False)

    op.create_table(
        "release_events",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("element", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployments.id"], name=op.f("fk_release_events_deployment_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_release_events_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_events")),
        info={"append_only": True},
    )
    with op.batch_alter_table("release_events", schema=None) as batch_op:
        batch_op.create_index("ix_release_events_deployment", ["tenant_id", "deployment_id"], unique=False)

    op.create_table(
        "schedules",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=1000), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployments.id"], name=op.f("fk_schedules_deployment_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_schedules_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("deployment_id", "element", name=op.f("uq_schedules_deployment_id_element")),
    )
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.create_index("ix_schedules_due", ["due_at"], unique=False)

    op.create_table(
        "account_events",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_events_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["accounts.id"], name=op.f("fk_account_events_by_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_account_events_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_events")),
    )
    with op.batch_alter_table("account_events", schema=None) as batch_op:
        batch_op.create_index("ix_account_events_account", ["tenant_id", "account_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_events_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_events_by_id"), ["by_id"], unique=False)

    op.create_table(
        "advance_plans",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("meter_kind", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Numeric(18, 1).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("asked_to", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name="ck_advance_plans_quantity"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_advance_plans_contract_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_advance_plans_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advance_plans")),
        sa.UniqueConstraint(
            "tenant_id", "contract_id", "meter_kind", name=op.f("uq_advance_plans_tenant_id_contract_id_meter_kind")
        ),
    )
    with op.batch_alter_table("advance_plans", schema=None) as batch_op:
        batch_op.create_index("ix_advance_plans_due", ["tenant_id", "asked_to"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", sa.String(length=1000), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_api_keys_created_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_created_by"), ["created_by"], unique=False)
        batch_op.create_index("ix_api_keys_key", ["key_hash"], unique=True)

    op.create_table(
        "billing_runs",
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("invoices", sa.Integer(), nullable=False),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("payable", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_account"], ["accounts.id"], name=op.f("fk_billing_runs_by_account")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_billing_runs_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_runs")),
    )
    with op.batch_alter_table("billing_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_runs_by_account"), ["by_account"], unique=False)
        batch_op.create_index(
            "uq_billing_runs_open",
            ["tenant_id", "period_end"],
            unique=True,
            postgresql_where=sa.text("done_at is null"),
            sqlite_where=sa.text("done_at is null"),
        )

    op.create_table(
        "bundle_rights",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(length=200), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bundle_rights_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_bundle_rights_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_rights")),
        sa.UniqueConstraint(
            "tenant_id", "key", "act", "account_id", name=op.f("uq_bundle_rights_tenant_id_key_act_account_id")
        ),
    )
    with op.batch_alter_table("bundle_rights", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bundle_rights_account_id"), ["account_id"], unique=False)

    op.create_table(
        "case_links",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_links_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_case_links_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_case_links_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_links")),
    )
    with op.batch_alter_table("case_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_links_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_links_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_case_links_token", ["token_hash"], unique=True)

    op.create_table(
        "case_relations",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_relations_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_case_relations_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_relations")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "kind", "object_id", name=op.f("uq_case_relations_tenant_id_case_id_kind_object_id")
        ),
    )
    with op.batch_alter_table("case_relations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_relations_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_case_relations_object", ["tenant_id", "kind", "object_id"], unique=False)

    op.create_table(
        "case_states",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("begun_with", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_case_states_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_case_states_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_states")),
    )
    op.create_table(
        "choices",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("one_at_a_time", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_choices_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_choices_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choices")),
        sa.UniqueConstraint("case_id", "token", name=op.f("uq_choices_case_id_token")),
    )
    op.create_table(
        "documents",
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("upload_key", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("scan", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("for_applicant", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_documents_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_documents_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("object_key", name=op.f("uq_documents_object_key")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index("ix_documents_case", ["tenant_id", "case_id", "id"], unique=False)

    op.create_table(
        "draft_contents",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["bundle_drafts.id"], name=op.f("fk_draft_contents_draft_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_draft_contents_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_contents")),
        sa.UniqueConstraint("draft_id", "content_hash", name=op.f("uq_draft_contents_draft_id_content_hash")),
    )
    op.create_table(
        "draft_saves",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("settles", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["bundle_drafts.id"], name=op.f("fk_draft_saves_draft_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_draft_saves_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_saves")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_draft_saves_draft_id_number")),
        info={"append_only": True},
    )
    op.create_table(
        "draft_visitors",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_draft_visitors_account_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["bundle_drafts.id"], name=op.f("fk_draft_visitors_draft_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_draft_visitors_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_visitors")),
        sa.UniqueConstraint("draft_id", "account_id", name=op.f("uq_draft_visitors_draft_id_account_id")),
    )
    with op.batch_alter_table("draft_visitors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_visitors_account_id"), ["account_id"], unique=False)

    op.create_table(
        "external_identities",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_external_identities_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_external_identities_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_identities")),
        sa.UniqueConstraint(
            "tenant_id", "issuer", "subject", name=op.f("uq_external_identities_tenant_id_issuer_subject")
        ),
    )
    with op.batch_alter_table("external_identities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_external_identities_account_id"), ["account_id"], unique=False)

    op.create_table(
        "group_requests",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_group_requests_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_group_requests_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_group_requests_decided_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_group_requests_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_requests")),
    )
    with op.batch_alter_table("group_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_requests_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_requests_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_group_requests_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index("ix_group_requests_open", ["tenant_id", "decided_at", "id"], unique=False)

    op.create_table(
        "history",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_account", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("actor_role", sa.String(length=60), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("command", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("personal", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_history_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_history_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_history_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_history_case_id_number")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_person_id"), ["person_id"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("handler", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("back_off", sa.String(length=100), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_jobs_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_jobs_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_jobs_tenant_id_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_jobs_due", ["state", "run_at"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_memberships_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("tenant_id", "account_id", "group", name=op.f("uq_memberships_tenant_id_account_id_group")),
    )
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_memberships_account_id"), ["account_id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("message_key", sa.String(length=160), nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("personal", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_messages_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_messages_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("message_key", name=op.f("uq_messages_message_key")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_person_id"), ["person_id"], unique=False)

    op.create_table(
        "parcels",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("message", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("variables", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_parcels_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_parcels_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sa.UniqueConstraint("tenant_id", "message_id", name=op.f("uq_parcels_tenant_id_message_id")),
    )
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parcels_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_parcels_due", ["due_at"], unique=False)
        batch_op.create_index("ix_parcels_key", ["tenant_id", "kind", "message", "correlation"], unique=False)

    op.create_table(
        "passages",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.String(length=80), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waited", sa.Integer(), nullable=True),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_passages_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_passages_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
    )
    with op.batch_alter_table("passages", schema=None) as batch_op:
        batch_op.create_index("ix_passages_case", ["case_id", "left_at"], unique=False)
        batch_op.create_index(
            "ix_passages_left", ["tenant_id", "bundle", "left_at", "element", "waited", "case_id"], unique=False
        )

    op.create_table(
        "password_resets",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_password_resets_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_password_resets_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
    )
    with op.batch_alter_table("password_resets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_resets_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_password_resets_token", ["token_hash"], unique=True)

    op.create_table(
        "positions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("bundle", sa.String(length=80), nullable=False),
        sa.Column("bundle_hash", sa.String(length=64), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_positions_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_positions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_positions")),
    )
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_positions_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_positions_element", ["tenant_id", "bundle", "bundle_hash", "element"], unique=False)

    op.create_table(
        "preferences",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("density", sa.String(length=20), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_preferences_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_preferences_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preferences")),
        sa.UniqueConstraint("account_id", name=op.f("uq_preferences_account_id")),
    )
    op.create_table(
        "reading_lists",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('checked', 'taken', 'dropped')", name="ck_reading_lists_state"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reading_lists_tenant_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name=op.f("fk_reading_lists_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_lists")),
        sa.UniqueConstraint(
            "tenant_id", "sha256", "uploaded_by", name=op.f("uq_reading_lists_tenant_id_sha256_uploaded_by")
        ),
    )
    with op.batch_alter_table("reading_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_lists_uploaded_by"), ["uploaded_by"], unique=False)

    op.create_table(
        "reading_windows",
        sa.Column("opens", sa.Date(), nullable=False),
        sa.Column("closes", sa.Date(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("opens < closes and closes <= cut_off", name="ck_reading_windows_order"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reading_windows_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reading_windows_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_windows")),
        sa.UniqueConstraint("tenant_id", "opens", name=op.f("uq_reading_windows_tenant_id_opens")),
    )
    with op.batch_alter_table("reading_windows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_windows_case_id"), ["case_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_recovery_codes_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint(
            "tenant_id", "account_id", "code_hash", name=op.f("uq_recovery_codes_tenant_id_account_id_code_hash")
        ),
    )
    op.create_table(
        "refused_versions",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_refused_versions_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_refused_versions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_versions")),
        sa.UniqueConstraint("tenant_id", "account_id", name=op.f("uq_refused_versions_tenant_id_account_id")),
    )
    op.create_table(
        "saved_views",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("query", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_saved_views_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_saved_views_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_saved_views_account_id_name")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index("ix_saved_views_group", ["tenant_id", "group"], unique=False)

    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=True),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_second_factors_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
        sa.UniqueConstraint("tenant_id", "credential_id", name=op.f("uq_second_factors_tenant_id_credential_id")),
    )
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_factors_account_id"), ["account_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("challenge", sa.LargeBinary(length=64), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sessions_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_sessions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_sessions_token", ["token_hash"], unique=True)

    op.create_table(
        "signings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("documents", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("signers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('open', 'signed', 'declined', 'expired', 'wrong-signer', 'void')", name="ck_signings_state"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_signings_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_signings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signings")),
    )
    with op.batch_alter_table("signings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signings_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_signings_open",
            ["case_id"],
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "subscriptions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_subscriptions_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_subscriptions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("case_id", "token", name=op.f("uq_subscriptions_case_id_token")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index("ix_subscriptions_key", ["tenant_id", "kind", "message", "correlation"], unique=False)

    op.create_table(
        "supply_points",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("settlement", sa.String(length=100), nullable=False),
        sa.Column("street", sa.String(length=100), nullable=False),
        sa.Column("building", sa.String(length=20), nullable=False),
        sa.Column("floor", sa.String(length=20), nullable=False),
        sa.Column("door", sa.String(length=20), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_supply_points_contract_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_supply_points_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_points")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_supply_points_tenant_id_number")),
    )
    with op.batch_alter_table("supply_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supply_points_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "tasks",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("bundle", sa.String(length=80), nullable=False),
        sa.Column("bundle_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("groups", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("context", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["accounts.id"], name=op.f("fk_tasks_assignee_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["accounts.id"], name=op.f("fk_tasks_ended_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_tasks_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("case_id", "token", name=op.f("uq_tasks_case_id_token")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_assignee", ["tenant_id", "assignee_id", "state", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tasks_ended_by"), ["ended_by"], unique=False)
        batch_op.create_index("ix_tasks_inbox", ["tenant_id", "state", "due_at", "id"], unique=False)
        batch_op.create_index("ix_tasks_since", ["tenant_id", "state", "created_at", "id"], unique=False)

    op.create_table(
        "terms_versions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name="ck_terms_versions_number"),
        sa.ForeignKeyConstraint(["published_by"], ["accounts.id"], name=op.f("fk_terms_versions_published_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_terms_versions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_versions")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_terms_versions_tenant_id_number")),
    )
    with op.batch_alter_table("terms_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_versions_published_by"), ["published_by"], unique=False)

    op.create_table(
        "timers",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("armed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_for", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timers_case_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_timers_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("case_id", "token", name=op.f("uq_timers_case_id_token")),
    )
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.create_index("ix_timers_due", ["due_at"], unique=False)

    op.create_table(
        "billing_problems",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_billing_problems_contract_id")),
        sa.ForeignKeyConstraint(["run_id"], ["billing_runs.id"], name=op.f("fk_billing_problems_run_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_billing_problems_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_problems")),
        sa.UniqueConstraint("run_id", "contract_id", name=op.f("uq_billing_problems_run_id_contract_id")),
    )
    with op.batch_alter_table("billing_problems", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billing_problems_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_drafts_account_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_drafts_task_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_drafts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("account_id", "task_id", name=op.f("uq_drafts_account_id_task_id")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_task_id"), ["task_id"], unique=False)

    op.create_table(
        "incidents",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("process", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=200), nullable=False),
        sa.Column("resolution", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_incidents_case_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_incidents_job_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_incidents_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_job_id"), ["job_id"], unique=False)
        batch_op.create_index("ix_incidents_open", ["tenant_id", "resolved_at", "id"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("vat", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("payable", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("credit", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("outstanding", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reversed", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("net + vat = payable", name="ck_invoices_total"),
        sa.CheckConstraint(
            "outstanding >= 0 and (outstanding <= payable or payable < 0 and outstanding = 0)",
            name="ck_invoices_outstanding",
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_invoices_contract_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["invoices.id"], name=op.f("fk_invoices_reverses_id")),
        sa.ForeignKeyConstraint(["run_id"], ["billing_runs.id"], name=op.f("fk_invoices_run_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_invoices_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_invoices_reverses_id")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_invoices_tenant_id_number")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index("ix_invoices_contract", ["tenant_id", "contract_id", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_run_id"), ["run_id"], unique=False)

    op.create_table(
        "mandates",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("agent_person_id", sa.Uuid(), nullable=True),
        sa.Column("agent_name", sa.String(length=200), nullable=False),
        sa.Column("principal_person_id", sa.Uuid(), nullable=False),
        sa.Column("evidence", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name="ck_mandates_valid"),
        sa.ForeignKeyConstraint(["agent_person_id"], ["persons.id"], name=op.f("fk_mandates_agent_person_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mandates_case_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_mandates_contract_id")),
        sa.ForeignKeyConstraint(["principal_person_id"], ["persons.id"], name=op.f("fk_mandates_principal_person_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["accounts.id"], name=op.f("fk_mandates_revoked_by")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_mandates_task_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_mandates_tenant_id")),
        sa.ForeignKeyConstraint(["verified_by"], ["accounts.id"], name=op.f("fk_mandates_verified_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
        sa.UniqueConstraint("task_id", name=op.f("uq_mandates_task_id")),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandates_agent_person_id"), ["agent_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandates_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandates_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandates_principal_person_id"), ["principal_person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandates_revoked_by"), ["revoked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandates_verified_by"), ["verified_by"], unique=False)

    op.create_table(
        "meters",
        sa.Column("supply_point_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=False),
        sa.Column("calibrated_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("opening_value", sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("opening_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("digits between 1 and 12", name="ck_meters_digits"),
        sa.CheckConstraint("opening_value >= 0", name="ck_meters_opening"),
        sa.ForeignKeyConstraint(["replaces_id"], ["meters.id"], name=op.f("fk_meters_replaces_id")),
        sa.ForeignKeyConstraint(["supply_point_id"], ["supply_points.id"], name=op.f("fk_meters_supply_point_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_meters_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meters")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f("uq_meters_tenant_id_serial")),
    )
    with op.batch_alter_table("meters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meters_replaces_id"), ["replaces_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meters_supply_point_id"), ["supply_point_id"], unique=False)

    op.create_table(
        "parts",
        sa.Column("choice_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("group", sa.String(length=60), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["choice_id"], ["choices.id"], name=op.f("fk_parts_choice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_parts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
        sa.UniqueConstraint("choice_id", "element", "group", name=op.f("uq_parts_choice_id_element_group")),
    )
    with op.batch_alter_table("parts", schema=None) as batch_op:
        batch_op.create_index("ix_parts_group", ["tenant_id", "group", "choice_id"], unique=False)

    op.create_table(
        "signature_codes",
        sa.Column("signing_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_signature_codes_person_id")),
        sa.ForeignKeyConstraint(["signing_id"], ["signings.id"], name=op.f("fk_signature_codes_signing_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_signature_codes_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_codes")),
    )
    with op.batch_alter_table("signature_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_codes_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signature_codes_signing_id"), ["signing_id"], unique=False)

    op.create_table(
        "signatures",
        sa.Column("signing_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("party in ('customer', 'utility')", name="ck_signatures_party"),
        sa.ForeignKeyConstraint(["checked_by"], ["accounts.id"], name=op.f("fk_signatures_checked_by")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_signatures_document_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_signatures_person_id")),
        sa.ForeignKeyConstraint(["signing_id"], ["signings.id"], name=op.f("fk_signatures_signing_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_signatures_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "signing_id",
            "document_id",
            "party",
            "signer",
            name=op.f("uq_signatures_signing_id_document_id_party_signer"),
        ),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatures_checked_by"), ["checked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_signatures_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signatures_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signatures_signing_id"), ["signing_id"], unique=False)

    op.create_table(
        "terms_acceptances",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("door", sa.String(length=20), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_terms_acceptances_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_terms_acceptances_tenant_id")),
        sa.ForeignKeyConstraint(["version_id"], ["terms_versions.id"], name=op.f("fk_terms_acceptances_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptances")),
        sa.UniqueConstraint("account_id", "version_id", name=op.f("uq_terms_acceptances_account_id_version_id")),
    )
    with op.batch_alter_table("terms_acceptances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terms_acceptances_version_id"), ["version_id"], unique=False)

    op.create_table(
        "advances",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("rate", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("net", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_advances_contract_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_advances_invoice_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["invoices.id"], name=op.f("fk_advances_settled_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_advances_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advances")),
    )
    with op.batch_alter_table("advances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_advances_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_advances_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(
            "ix_advances_open",
            ["tenant_id", "contract_id"],
            unique=False,
            postgresql_where=sa.text("settled_by is null"),
            sqlite_where=sa.text("settled_by is null"),
        )
        batch_op.create_index(batch_op.f("ix_advances_settled_by"), ["settled_by"], unique=False)

    op.create_table(
        "contract_accounts",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("slot_no", sa.Integer(), nullable=False),
        sa.Column("slot_limit", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('reserved', 'closed') or account_id is not null", name="ck_contract_accounts_account"
        ),
        sa.CheckConstraint(
            "state in ('reserved', 'pending', 'active', 'locked', 'closed')", name="ck_contract_accounts_state"
        ),
        sa.CheckConstraint("slot_no between 1 and slot_limit", name="ck_contract_accounts_slot"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_contract_accounts_account_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_contract_accounts_case_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_contract_accounts_contract_id")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], name=op.f("fk_contract_accounts_mandate_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contract_accounts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_accounts")),
    )
    with op.batch_alter_table("contract_accounts", schema=None) as batch_op:
        batch_op.create_index("ix_contract_accounts_account", ["tenant_id", "account_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_accounts_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_accounts_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_accounts_mandate_id"), ["mandate_id"], unique=False)
        batch_op.create_index(
            "uq_contract_accounts_case",
            ["case_id"],
            unique=True,
            postgresql_where=sa.text("state <> 'closed'"),
            sqlite_where=sa.text("state <> 'closed'"),
        )
        batch_op.create_index(
            "uq_contract_accounts_slot",
            ["contract_id", "slot_no"],
            unique=True,
            postgresql_where=sa.text("state <> 'closed'"),
            sqlite_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "contract_credits",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_contract_credits_contract_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_contract_credits_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_contract_credits_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_credits")),
    )
    with op.batch_alter_table("contract_credits", schema=None) as batch_op:
        batch_op.create_index("ix_contract_credits_contract", ["tenant_id", "contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_credits_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "invoice_items",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=True),
        sa.Column("tariff_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("unit_price", sa.Numeric(18, 4).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("net", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("vat_rate", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("computation", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_items_invoice_id")),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_invoice_items_meter_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariffs.id"], name=op.f("fk_invoice_items_tariff_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_invoice_items_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_items")),
        sa.UniqueConstraint("invoice_id", "position", name=op.f("uq_invoice_items_invoice_id_position")),
    )
    with op.batch_alter_table("invoice_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_items_meter_id"), ["meter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_items_tariff_id"), ["tariff_id"], unique=False)

    op.create_table(
        "invoice_vat",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("rate", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("net", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("vat", sa.Numeric(18, 2).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_vat_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_invoice_vat_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_vat")),
        sa.UniqueConstraint("invoice_id", "rate", name=op.f("uq_invoice_vat_invoice_id_rate")),
    )
    op.create_table(
        "mandate_acts",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandates.id"], name=op.f("fk_mandate_acts_mandate_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_mandate_acts_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate_acts")),
        sa.UniqueConstraint("mandate_id", "act", name=op.f("uq_mandate_acts_mandate_id_act")),
    )
    op.create_table(
        "reading_list_lines",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=100), nullable=False),
        sa.Column("value_written", sa.String(length=100), nullable=False),
        sa.Column("day_written", sa.String(length=100), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=True),
        sa.Column("value", sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite"), nullable=True),
        sa.Column("read_at", sa.Date(), nullable=True),
        sa.Column("fault", sa.String(length=40), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["reading_lists.id"], name=op.f("fk_reading_list_lines_list_id")),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_reading_list_lines_meter_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reading_list_lines_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_list_lines")),
        sa.UniqueConstraint("list_id", "number", name=op.f("uq_reading_list_lines_list_id_number")),
    )
    with op.batch_alter_table("reading_list_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_list_lines_meter_id"), ["meter_id"], unique=False)

    op.create_table(
        "readings",
        sa.Column("meter_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitter_id", sa.Uuid(), nullable=True),
        sa.Column("submitter_name", sa.String(length=200), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("value >= 0", name="ck_readings_value"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_readings_case_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["accounts.id"], name=op.f("fk_readings_entered_by")),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_readings_meter_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["readings.id"], name=op.f("fk_readings_replaces_id")),
        sa.ForeignKeyConstraint(["submitter_id"], ["accounts.id"], name=op.f("fk_readings_submitter_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_readings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_readings_replaces_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_readings_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_readings_entered_by"), ["entered_by"], unique=False)
        batch_op.create_index("ix_readings_meter", ["tenant_id", "meter_id", "read_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_readings_submitter_id"), ["submitter_id"], unique=False)

    op.create_table(
        "reversal_queue",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_reversal_queue_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reversal_queue_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversal_queue")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_reversal_queue_invoice_id")),
    )
    op.create_table(
        "reading_decisions",
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_name", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('superseded', 'taken_over') or decided_by is not null", name="ck_reading_decisions_clerk"
        ),
        sa.CheckConstraint(
            "outcome in ('verified', 'corrected', 'rejected', 'superseded', 'taken_over')",
            name="ck_reading_decisions_outcome",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reading_decisions_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_reading_decisions_decided_by")),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_reading_decisions_reading_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reading_decisions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_decisions")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_reading_decisions_reading_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("reading_decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_decisions_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_decisions_decided_by"), ["decided_by"], unique=False)

    op.create_table(
        "reading_ledger",
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_id", sa.Uuid(), nullable=False),
        sa.Column("meter_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.Date(), nullable=False),
        sa.Column("previous_value", sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("previous_at", sa.Date(), nullable=False),
        sa.Column("consumption", sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite"), nullable=False),
        sa.Column("rollover", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verifier_id", sa.Uuid(), nullable=False),
        sa.Column("verifier_name", sa.String(length=200), nullable=False),
        sa.Column("submitter_id", sa.Uuid(), nullable=True),
        sa.Column("submitter_name", sa.String(length=200), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('measured', 'estimated')", name="ck_reading_ledger_kind"),
        sa.CheckConstraint("consumption >= 0 or settles", name="ck_reading_ledger_consumption"),
        sa.CheckConstraint("read_at > previous_at", name="ck_reading_ledger_period"),
        sa.CheckConstraint("submitter_id is null or verifier_id <> submitter_id", name="ck_reading_ledger_four_eyes"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reading_ledger_case_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_reading_ledger_contract_id")),
        sa.ForeignKeyConstraint(["meter_id"], ["meters.id"], name=op.f("fk_reading_ledger_meter_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["readings.id"], name=op.f("fk_reading_ledger_reading_id")),
        sa.ForeignKeyConstraint(["submitted_id"], ["readings.id"], name=op.f("fk_reading_ledger_submitted_id")),
        sa.ForeignKeyConstraint(["submitter_id"], ["accounts.id"], name=op.f("fk_reading_ledger_submitter_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_reading_ledger_task_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_reading_ledger_tenant_id")),
        sa.ForeignKeyConstraint(["verifier_id"], ["accounts.id"], name=op.f("fk_reading_ledger_verifier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_ledger")),
        sa.UniqueConstraint(
            "meter_id", "previous_at", "version", name=op.f("uq_reading_ledger_meter_id_previous_at_version")
        ),
        sa.UniqueConstraint("reading_id", name=op.f("uq_reading_ledger_reading_id")),
        sa.UniqueConstraint("submitted_id", name=op.f("uq_reading_ledger_submitted_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("reading_ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_ledger_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_ledger_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index("ix_reading_ledger_meter", ["tenant_id", "meter_id", "read_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_ledger_submitter_id"), ["submitter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_ledger_task_id"), ["task_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reading_ledger_verifier_id"), ["verifier_id"], unique=False)

    op.create_table(
        "billed_readings",
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_billed_readings_invoice_id")),
        sa.ForeignKeyConstraint(["ledger_id"], ["reading_ledger.id"], name=op.f("fk_billed_readings_ledger_id")),
        sa.ForeignKeyConstraint(["run_id"], ["billing_runs.id"], name=op.f("fk_billed_readings_run_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_billed_readings_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billed_readings")),
        sa.UniqueConstraint("ledger_id", "invoice_id", name=op.f("uq_billed_readings_ledger_id_invoice_id")),
    )
    with op.batch_alter_table("billed_readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_billed_readings_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_billed_readings_run_id"), ["run_id"], unique=False)
        batch_op.create_index(
            "uq_billed_readings_live",
            ["ledger_id"],
            unique=True,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live"),
        )

    op.create_table(
        "billing_queue",
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_billing_queue_contract_id")),
        sa.ForeignKeyConstraint(["ledger_id"], ["reading_ledger.id"], name=op.f("fk_billing_queue_ledger_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_billing_queue_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_queue")),
        sa.UniqueConstraint("ledger_id", name=op.f("uq_billing_queue_ledger_id")),
    )
    with op.batch_alter_table("billing_queue", schema=None) as batch_op:
        batch_op.create_index("ix_billing_queue_contract", ["tenant_id", "contract_id", "read_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_billing_queue_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "ledger_reversals",
        sa.Column("ledger_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clerk_id", sa.Uuid(), nullable=False),
        sa.Column("clerk_name", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("clerk_id <> asked_by", name="ck_ledger_reversals_four_eyes"),
        sa.CheckConstraint("length(reason) > 0", name="ck_ledger_reversals_reason"),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_ledger_reversals_asked_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ledger_reversals_case_id")),
        sa.ForeignKeyConstraint(["clerk_id"], ["accounts.id"], name=op.f("fk_ledger_reversals_clerk_id")),
        sa.ForeignKeyConstraint(["ledger_id"], ["reading_ledger.id"], name=op.f("fk_ledger_reversals_ledger_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_ledger_reversals_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_reversals")),
        sa.UniqueConstraint("ledger_id", name=op.f("uq_ledger_reversals_ledger_id")),
        info={"append_only": True},
    )
    with op.batch_alter_table("ledger_reversals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_reversals_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_reversals_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_reversals_clerk_id"), ["clerk_id"], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "create trigger draft_saves_no_update before update on draft_saves begin select "
            "raise(abort, 'rows of draft_saves are only added'); end"
        )
        op.execute(
            "create trigger draft_saves_no_delete before delete on draft_saves begin select "
            "raise(abort, 'rows of draft_saves are only added'); end"
        )
        op.execute(
            "create trigger ledger_reversals_no_update before update on ledger_reversals begin select "
            "raise(abort, 'rows of ledger_reversals are only added'); end"
        )
        op.execute(
            "create trigger ledger_reversals_no_delete before delete on ledger_reversals begin select "
            "raise(abort, 'rows of ledger_reversals are only added'); end"
        )
        op.execute(
            "create trigger reading_decisions_no_update before update on reading_decisions begin select"
            " raise(abort, 'rows of reading_decisions are only added'); end"
        )
        op.execute(
            "create trigger reading_decisions_no_delete before delete on reading_decisions begin select"
            " raise(abort, 'rows of reading_decisions are only added'); end"
        )
        op.execute(
            "create trigger reading_ledger_no_update before update on reading_ledger begin select "
            "raise(abort, 'rows of reading_ledger are only added'); end"
        )
        op.execute(
            "create trigger reading_ledger_no_delete before delete on reading_ledger begin select "
            "raise(abort, 'rows of reading_ledger are only added'); end"
        )
        op.execute(
            "create trigger readings_no_update before update on readings begin select raise(abort, "
            "'rows of readings are only added'); end"
        )
        op.execute(
            "create trigger readings_no_delete before delete on readings begin select raise(abort, "
            "'rows of readings are only added'); end"
        )
        op.execute(
            "create trigger release_events_no_update before update on release_events begin select "
            "raise(abort, 'rows of release_events are only added'); end"
        )
        op.execute(
            "create trigger release_events_no_delete before delete on release_events begin select "
            "raise(abort, 'rows of release_events are only added'); end"
        )
        op.execute(
            "create trigger replays_no_update before update on replays begin select raise(abort, 'rows "
            "of replays are only added'); end"
        )
        op.execute(
            "create trigger replays_no_delete before delete on replays begin select raise(abort, 'rows "
            "of replays are only added'); end"
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "create or replace function akta_only_added() returns trigger language plpgsql as $$ begin "
            "raise exception 'rows of % are only added', tg_table_name; end $$"
        )
        op.execute(
            "create trigger draft_saves_only_added before update or delete on draft_saves for each row "
            "execute function akta_only_added()"
        )
        op.execute(
            "create trigger ledger_reversals_only_added before update or delete on ledger_reversals for"
            " each row execute function akta_only_added()"
        )
        op.execute(
            "create trigger reading_decisions_only_added before update or delete on reading_decisions "
            "for each row execute function akta_only_added()"
        )
        op.execute(
            "create trigger reading_ledger_only_added before update or delete on reading_ledger for "
            "each row execute function akta_only_added()"
        )
        op.execute(
            "create trigger readings_only_added before update or delete on readings for each row "
            "execute function akta_only_added()"
        )
        op.execute(
            "create trigger release_events_only_added before update or delete on release_events for "
            "each row execute function akta_only_added()"
        )
        op.execute(
            "create trigger replays_only_added before update or delete on replays for each row execute "
            "function akta_only_added()"
        )


def downgrade() -> None:
    with op.batch_alter_table("ledger_reversals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_reversals_clerk_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_reversals_case_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_reversals_asked_by"))

    op.drop_table("ledger_reversals")
    with op.batch_alter_table("billing_queue", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_queue_contract_id"))
        batch_op.drop_index("ix_billing_queue_contract")

    op.drop_table("billing_queue")
    with op.batch_alter_table("billed_readings", schema=None) as batch_op:
        batch_op.drop_index("uq_billed_readings_live", postgresql_where=sa.text("live"), sqlite_where=sa.text("live"))
        batch_op.drop_index(batch_op.f("ix_billed_readings_run_id"))
        batch_op.drop_index(batch_op.f("ix_billed_readings_invoice_id"))

    op.drop_table("billed_readings")
    with op.batch_alter_table("reading_ledger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_ledger_verifier_id"))
        batch_op.drop_index(batch_op.f("ix_reading_ledger_task_id"))
        batch_op.drop_index(batch_op.f("ix_reading_ledger_submitter_id"))
        batch_op.drop_index("ix_reading_ledger_meter")
        batch_op.drop_index(batch_op.f("ix_reading_ledger_contract_id"))
        batch_op.drop_index(batch_op.f("ix_reading_ledger_case_id"))

    op.drop_table("reading_ledger")
    with op.batch_alter_table("reading_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_decisions_decided_by"))
        batch_op.drop_index(batch_op.f("ix_reading_decisions_case_id"))

    op.drop_table("reading_decisions")
    op.drop_table("reversal_queue")
    with op.batch_alter_table("readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_readings_submitter_id"))
        batch_op.drop_index("ix_readings_meter")
        batch_op.drop_index(batch_op.f("ix_readings_entered_by"))
        batch_op.drop_index(batch_op.f("ix_readings_case_id"))

    op.drop_table("readings")
    with op.batch_alter_table("reading_list_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_list_lines_meter_id"))

    op.drop_table("reading_list_lines")
    op.drop_table("mandate_acts")
    op.drop_table("invoice_vat")
    with op.batch_alter_table("invoice_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_items_tariff_id"))
        batch_op.drop_index(batch_op.f("ix_invoice_items_meter_id"))

    op.drop_table("invoice_items")
    with op.batch_alter_table("contract_credits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_credits_invoice_id"))
        batch_op.drop_index("ix_contract_credits_contract")

    op.drop_table("contract_credits")
    with op.batch_alter_table("contract_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_contract_accounts_slot",
            postgresql_where=sa.text("state <> 'closed'"),
            sqlite_where=sa.text("state <> 'closed'"),
        )
        batch_op.drop_index(
            "uq_contract_accounts_case",
            postgresql_where=sa.text("state <> 'closed'"),
            sqlite_where=sa.text("state <> 'closed'"),
        )
        batch_op.drop_index(batch_op.f("ix_contract_accounts_mandate_id"))
        batch_op.drop_index(batch_op.f("ix_contract_accounts_contract_id"))
        batch_op.drop_index(batch_op.f("ix_contract_accounts_case_id"))
        batch_op.drop_index("ix_contract_accounts_account")

    op.drop_table("contract_accounts")
    with op.batch_alter_table("advances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_advances_settled_by"))
        batch_op.drop_index(
            "ix_advances_open",
            postgresql_where=sa.text("settled_by is null"),
            sqlite_where=sa.text("settled_by is null"),
        )
        batch_op.drop_index(batch_op.f("ix_advances_invoice_id"))
        batch_op.drop_index(batch_op.f("ix_advances_contract_id"))

    op.drop_table("advances")
    with op.batch_alter_table("terms_acceptances", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terms_acceptances_version_id"))

    op.drop_table("terms_acceptances")
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signatures_signing_id"))
        batch_op.drop_index(batch_op.f("ix_signatures_person_id"))
        batch_op.drop_index(batch_op.f("ix_signatures_document_id"))
        batch_op.drop_index(batch_op.f("ix_signatures_checked_by"))

    op.drop_table("signatures")
    with op.batch_alter_table("signature_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_codes_signing_id"))
        batch_op.drop_index(batch_op.f("ix_signature_codes_person_id"))

    op.drop_table("signature_codes")
    with op.batch_alter_table("parts", schema=None) as batch_op:
        batch_op.drop_index("ix_parts_group")

    op.drop_table("parts")
    with op.batch_alter_table("meters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meters_supply_point_id"))
        batch_op.drop_index(batch_op.f("ix_meters_replaces_id"))

    op.drop_table("meters")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandates_verified_by"))
        batch_op.drop_index(batch_op.f("ix_mandates_revoked_by"))
        batch_op.drop_index(batch_op.f("ix_mandates_principal_person_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_contract_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_case_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_agent_person_id"))

    op.drop_table("mandates")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoices_run_id"))
        batch_op.drop_index("ix_invoices_contract")

    op.drop_table("invoices")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index("ix_incidents_open")
        batch_op.drop_index(batch_op.f("ix_incidents_job_id"))
        batch_op.drop_index(batch_op.f("ix_incidents_case_id"))

    op.drop_table("incidents")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_task_id"))

    op.drop_table("drafts")
    with op.batch_alter_table("billing_problems", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_billing_problems_contract_id"))

    op.drop_table("billing_problems")
    with op.batch_alter_table("timers", schema=None) as batch_op:
        batch_op.drop_index("ix_timers_due")

    op.drop_table("timers")
    with op.batch_alter_table("terms_versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_terms_versions_published_by"))

    op.drop_table("terms_versions")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_tasks_since")
        batch_op.drop_index("ix_tasks_inbox")
        batch_op.drop_index(batch_op.f("ix_tasks_ended_by"))
        batch_op.drop_index(batch_op.f("ix_tasks_case_id"))
        batch_op.drop_index("ix_tasks_assignee")

    op.drop_table("tasks")
    with op.batch_alter_table("supply_points", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supply_points_contract_id"))

    op.drop_table("supply_points")
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_index("ix_subscriptions_key")

    op.drop_table("subscriptions")
    with op.batch_alter_table("signings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signings_open", postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_signings_case_id"))

    op.drop_table("signings")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_sessions_token")
        batch_op.drop_index(batch_op.f("ix_sessions_case_id"))
        batch_op.drop_index(batch_op.f("ix_sessions_account_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("second_factors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_second_factors_account_id"))

    op.drop_table("second_factors")
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_views_group")

    op.drop_table("saved_views")
    op.drop_table("refused_versions")
    op.drop_table("recovery_codes")
    with op.batch_alter_table("reading_windows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_windows_case_id"))

    op.drop_table("reading_windows")
    with op.batch_alter_table("reading_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reading_lists_uploaded_by"))

    op.drop_table("reading_lists")
    op.drop_table("preferences")
    with op.batch_alter_table("positions", schema=None) as batch_op:
        batch_op.drop_index("ix_positions_element")
        batch_op.drop_index(batch_op.f("ix_positions_case_id"))

    op.drop_table("positions")
    with op.batch_alter_table("password_resets", schema=None) as batch_op:
        batch_op.drop_index("ix_password_resets_token")
        batch_op.drop_index(batch_op.f("ix_password_resets_account_id"))

    op.drop_table("password_resets")
    with op.batch_alter_table("passages", schema=None) as batch_op:
        batch_op.drop_index("ix_passages_left")
        batch_op.drop_index("ix_passages_case")

    op.drop_table("passages")
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_index("ix_parcels_key")
        batch_op.drop_index("ix_parcels_due")
        batch_op.drop_index(batch_op.f("ix_parcels_case_id"))

    op.drop_table("parcels")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_person_id"))
        batch_op.drop_index(batch_op.f("ix_messages_case_id"))

    op.drop_table("messages")
    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_memberships_account_id"))

    op.drop_table("memberships")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_due")
        batch_op.drop_index(batch_op.f("ix_jobs_case_id"))

    op.drop_table("jobs")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_person_id"))

    op.drop_table("history")
    with op.batch_alter_table("group_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_group_requests_open")
        batch_op.drop_index(batch_op.f("ix_group_requests_decided_by"))
        batch_op.drop_index(batch_op.f("ix_group_requests_asked_by"))
        batch_op.drop_index(batch_op.f("ix_group_requests_account_id"))

    op.drop_table("group_requests")
    with op.batch_alter_table("external_identities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_external_identities_account_id"))

    op.drop_table("external_identities")
    with op.batch_alter_table("draft_visitors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_visitors_account_id"))

    op.drop_table("draft_visitors")
    op.drop_table("draft_saves")
    op.drop_table("draft_contents")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_case")

    op.drop_table("documents")
    op.drop_table("choices")
    op.drop_table("case_states")
    with op.batch_alter_table("case_relations", schema=None) as batch_op:
        batch_op.drop_index("ix_case_relations_object")
        batch_op.drop_index(batch_op.f("ix_case_relations_case_id"))

    op.drop_table("case_relations")
    with op.batch_alter_table("case_links", schema=None) as batch_op:
        batch_op.drop_index("ix_case_links_token")
        batch_op.drop_index(batch_op.f("ix_case_links_person_id"))
        batch_op.drop_index(batch_op.f("ix_case_links_case_id"))

    op.drop_table("case_links")
    with op.batch_alter_table("bundle_rights", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bundle_rights_account_id"))

    op.drop_table("bundle_rights")
    with op.batch_alter_table("billing_runs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_billing_runs_open", postgresql_where=sa.text("done_at is null"), sqlite_where=sa.text("done_at is null")
        )
        batch_op.drop_index(batch_op.f("ix_billing_runs_by_account"))

    op.drop_table("billing_runs")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_api_keys_key")
        batch_op.drop_index(batch_op.f("ix_api_keys_created_by"))

    op.drop_table("api_keys")
    with op.batch_alter_table("advance_plans", schema=None) as batch_op:
        batch_op.drop_index("ix_advance_plans_due")

    op.drop_table("advance_plans")
    with op.batch_alter_table("account_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_events_by_id"))
        batch_op.drop_index(batch_op.f("ix_account_events_account_id"))
        batch_op.drop_index("ix_account_events_account")

    op.drop_table("account_events")
    with op.batch_alter_table("schedules", schema=None) as batch_op:
        batch_op.drop_index("ix_schedules_due")

    op.drop_table("schedules")
    with op.batch_alter_table("release_events", schema=None) as batch_op:
        batch_op.drop_index("ix_release_events_deployment")

    op.drop_table("release_events")
    with op.batch_alter_table("draft_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_keys_draft_id"))

    op.drop_table("draft_keys")
    op.drop_table("debts")
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contracts_customer_id"))

    op.drop_table("contracts")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_person_id"))
        batch_op.drop_index("ix_cases_open")
        batch_op.drop_index("ix_cases_of_deployment")

    op.drop_table("cases")
    with op.batch_alter_table("bundle_drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_bundle_drafts_key")
        batch_op.drop_index(batch_op.f("ix_bundle_drafts_deployment_id"))
        batch_op.drop_index(batch_op.f("ix_bundle_drafts_base_id"))

    op.drop_table("bundle_drafts")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accounts_person_id"))

    op.drop_table("accounts")
    with op.batch_alter_table("throttles", schema=None) as batch_op:
        batch_op.drop_index("ix_throttles_since")

    op.drop_table("throttles")
    op.drop_table("tariffs")
    with op.batch_alter_table("start_drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_start_drafts_expires_at")

    op.drop_table("start_drafts")
    with op.batch_alter_table("replays", schema=None) as batch_op:
        batch_op.drop_index("ix_replays_candidate")

    op.drop_table("replays")
    op.drop_table("persons")
    op.drop_table("offices")
    op.drop_table("invoice_series")
    with op.batch_alter_table("external_sign_ins", schema=None) as batch_op:
        batch_op.drop_index("ix_external_sign_ins_state")

    op.drop_table("external_sign_ins")
    with op.batch_alter_table("deployments", schema=None) as batch_op:
        batch_op.drop_index("ix_deployments_planned")
        batch_op.drop_index(batch_op.f("ix_deployments_content_hash"))

    op.drop_table("deployments")
    op.drop_table("degree_days")
    op.drop_table("customers")
    op.drop_table("counters")
    op.drop_table("calendars")
    op.drop_table("calendar_days")
    op.drop_table("bundle_archives")
    op.drop_table("tenants")
    op.drop_table("leases")
