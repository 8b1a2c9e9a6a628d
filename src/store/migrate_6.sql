-- From version 5 to 6. Views are dropped before and made anew afterwards, from views.sql; what
-- the store has now must not differ from what schema.sql makes.

-- Names that a reader gave items. With a rowid: rows are told from an index when the file is damaged.
CREATE TABLE item_label (
	id INTEGER PRIMARY KEY,
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	label TEXT NOT NULL,
	at INTEGER NOT NULL,
	UNIQUE (item_id, label)
);
CREATE INDEX item_label_name ON item_label (label, item_id);
