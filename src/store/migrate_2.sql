-- From version 1 to 2. Views are dropped before and made anew afterwards, from views.sql; what
-- the store has now must not differ from what schema.sql makes.

-- Validators belong to the address that gave them, and to what was asked with.
ALTER TABLE feed ADD COLUMN validators_url TEXT;
ALTER TABLE feed ADD COLUMN validators_variant INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN pattern BLOB;

-- How often each rule acted, and when last.
CREATE TABLE rule (
	name TEXT PRIMARY KEY,
	hits INTEGER NOT NULL,
	last_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What a feed says of an item besides: credits, licence, duration, ... as diurna parse prints it.
ALTER TABLE item ADD COLUMN details TEXT;

-- Items that a reader of another program marked as read.
CREATE TABLE read_mark (
	item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
	at INTEGER NOT NULL
);

-- Stand-ins of texts by which edited copies are found: core/sketch.h. Of two months.
CREATE TABLE item_sketch (
	item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
	sketch BLOB NOT NULL
);

CREATE TABLE copy_key (
	month INTEGER NOT NULL,                -- of 30 days since 1970
	key INTEGER NOT NULL,                  -- a value of the sketch
	item_id INTEGER NOT NULL,
	PRIMARY KEY (month, key, item_id)
) WITHOUT ROWID;

-- Words of titles and names of leads, by which stories are found. Of a few days.
CREATE TABLE story_word (
	period INTEGER NOT NULL,               -- of three days since 1970
	word INTEGER NOT NULL,                 -- its hash; 0: the first item of the period
	item_id INTEGER NOT NULL,
	words INTEGER NOT NULL,                -- how many the item has
	PRIMARY KEY (period, word, item_id)
) WITHOUT ROWID;

DROP INDEX item_title;
CREATE INDEX item_story ON item (story_id) WHERE story_id IS NOT NULL;

-- Sections close at times of their own; until now all closed together.
ALTER TABLE section ADD COLUMN closed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE section ADD COLUMN closed_seq INTEGER NOT NULL DEFAULT 0;
UPDATE section SET closed_at = (SELECT coalesce(max(window_to), 0) FROM edition),
	closed_seq = (SELECT coalesce(max(to_seq), 0) FROM edition);
CREATE TABLE edition_section (
	edition_id INTEGER NOT NULL REFERENCES edition (id),
	section_id INTEGER NOT NULL REFERENCES section (id),
	from_seq INTEGER NOT NULL,
	window_from INTEGER NOT NULL,
	PRIMARY KEY (edition_id, section_id)
) WITHOUT ROWID;
INSERT INTO edition_section (edition_id, section_id, from_seq, window_from)
SELECT edition.id, section.id, edition.from_seq, edition.window_from FROM edition, section;

-- What a note says, apart from its words.
ALTER TABLE edition_note ADD COLUMN kind TEXT;
ALTER TABLE edition_note ADD COLUMN subject TEXT;
ALTER TABLE edition_note ADD COLUMN number INTEGER;
ALTER TABLE edition_note ADD COLUMN at INTEGER;
ALTER TABLE edition_note ADD COLUMN detail TEXT;

-- Pictures of articles that are kept beside the digests.
CREATE TABLE image (
	url TEXT PRIMARY KEY,
	item_id INTEGER NOT NULL,              -- that showed it first
	state TEXT NOT NULL CHECK (state IN ('waiting', 'stored', 'failed')),
	tries INTEGER NOT NULL DEFAULT 0,
	due_at INTEGER NOT NULL,
	stored_at INTEGER,
	hash TEXT,                             -- the name of its file, which copies share
	extension TEXT,
	width INTEGER NOT NULL DEFAULT 0,
	height INTEGER NOT NULL DEFAULT 0,
	bytes INTEGER NOT NULL DEFAULT 0,
	error TEXT
) WITHOUT ROWID;
CREATE INDEX image_waiting ON image (due_at) WHERE state = 'waiting';

CREATE TABLE item_image (
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	url TEXT NOT NULL REFERENCES image (url),
	PRIMARY KEY (item_id, url)
) WITHOUT ROWID;

ALTER TABLE item ADD COLUMN seq INTEGER;
UPDATE item SET seq = (SELECT min(seq) FROM arrival WHERE item_id = item.id AND kind = 0);
-- What was dropped gets the next numbers, which no arrival will have.
INSERT INTO arrival (item_id, kind, at)
SELECT id, 0, first_seen_at FROM item WHERE state = 'dropped' AND seq IS NULL ORDER BY id;
UPDATE item SET seq = (SELECT min(seq) FROM arrival WHERE item_id = item.id AND kind = 0)
WHERE state = 'dropped' AND seq IS NULL;
DELETE FROM arrival WHERE item_id IN (SELECT id FROM item WHERE state = 'dropped');
CREATE UNIQUE INDEX item_seq ON item (seq);
DROP INDEX item_section;
CREATE INDEX item_section ON item (section_id, seq);
CREATE INDEX item_published ON item (coalesce(published_at, first_seen_at)) WHERE state = 'ready';
CREATE INDEX item_section_published ON item (section_id, coalesce(published_at, first_seen_at))
	WHERE state = 'ready';
ALTER TABLE item ADD COLUMN has_body INTEGER NOT NULL DEFAULT 0;
UPDATE item SET has_body = 1
WHERE EXISTS (SELECT 1 FROM article WHERE item_id = item.id AND text IS NOT NULL);
CREATE INDEX item_body_seq ON item (seq) WHERE has_body = 1;
CREATE INDEX item_starred ON item (seq) WHERE starred = 1;
CREATE INDEX item_dropped ON item (seq) WHERE state = 'dropped';

-- The full-text index goes by seq from now on; the next step makes it.

-- More is known of which addresses are the same. Where two items now have one, it stays with one.
UPDATE OR IGNORE item SET canonical = canonical_identity(canonical)
WHERE canonical_identity(canonical) <> canonical;
INSERT OR IGNORE INTO item_alias (canonical, item_id)
SELECT canonical_identity(canonical), item_id FROM item_alias
WHERE canonical_identity(canonical) <> canonical;
DELETE FROM item_alias WHERE canonical_identity(canonical) <> canonical
	OR EXISTS (SELECT 1 FROM item WHERE item.canonical = item_alias.canonical
		AND item.id <> item_alias.item_id);
