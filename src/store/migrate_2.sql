-- From version 1 to 2. Views are dropped before and made anew afterwards, from views.sql; what
-- the store has now must not differ from what schema.sql makes.

-- How often each rule acted, and when last.
CREATE TABLE rule (
	name TEXT PRIMARY KEY,
	hits INTEGER NOT NULL,
	last_at INTEGER NOT NULL
) WITHOUT ROWID;
