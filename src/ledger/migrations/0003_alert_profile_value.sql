-- Whose market an alert watches, and what fired it. Rows of before belong to no profile.

ALTER TABLE alerts ADD COLUMN profile TEXT;
ALTER TABLE alerts ADD COLUMN value TEXT;
