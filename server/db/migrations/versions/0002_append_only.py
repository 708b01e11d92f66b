"""Facts are append-only: triggers refuse changes to a numbered fact, and any deletion."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER event_is_final BEFORE UPDATE ON event WHEN OLD.number IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a numbered fact is final'); END""",
    """CREATE TRIGGER event_is_kept BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'a fact is never deleted'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a numbered fact is final and a fact is never deleted'; END $$""",
    """CREATE TRIGGER event_is_final BEFORE UPDATE ON event FOR EACH ROW WHEN (OLD.number IS NOT NULL)
    EXECUTE FUNCTION refuse_event_change()""",
    "CREATE TRIGGER event_is_kept BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_event_change()",
)


def upgrade() -> None:
    """Make the triggers."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: a house goes back by restoring its backup."""
    raise NotImplementedError("restore the backup made before the migration")
