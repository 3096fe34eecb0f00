-- A sale undone after its minute is a refund: it names the supervisor whose PIN allowed it, and why (R41).
ALTER TABLE tills.sale ADD COLUMN undo_approved_by text;
ALTER TABLE tills.sale ADD COLUMN undo_reason text CHECK (length(undo_reason) BETWEEN 1 AND 200);
ALTER TABLE tills.sale ADD CONSTRAINT sale_refund CHECK (
    (undo_approved_by IS NULL) = (undo_reason IS NULL) AND (undo_approved_by IS NULL OR undone_at IS NOT NULL)
);
