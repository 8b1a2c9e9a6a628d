-- From version 2 to 3. Views are dropped before and made anew afterwards, from views.sql; what
-- the store has now must not differ from what schema.sql makes.

-- Older documents of a feed (RFC 5005), read one after the other: at the subscription, and after a
-- gap, a poll that knew none of its entries.
CREATE TABLE walk (
	feed_id INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
	reason TEXT NOT NULL CHECK (reason IN ('first', 'gap')),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'open')), -- open: the gap stays
	next_url TEXT,                         -- the document to ask for
	is_archive INTEGER NOT NULL,           -- by prev-archive, which never change; 0: by next
	known_to INTEGER NOT NULL,             -- items up to this were there before
	known_at INTEGER NOT NULL,             -- when the feed was read before; 0: never
	documents INTEGER NOT NULL DEFAULT 0,  -- read
	entries INTEGER NOT NULL DEFAULT 0,    -- in them
	items INTEGER NOT NULL DEFAULT 0,      -- new ones
	tries INTEGER NOT NULL DEFAULT 0,      -- of next_url
	due_at INTEGER NOT NULL,
	begun_at INTEGER NOT NULL,
	ended_at INTEGER,
	gaps INTEGER NOT NULL DEFAULT 0,       -- that stayed open since one was filled
	error TEXT                             -- why it ended early, or is tried again
);
CREATE INDEX walk_waiting ON walk (due_at) WHERE state = 'waiting';
CREATE INDEX walk_open ON walk (ended_at) WHERE state = 'open';

-- Documents that were read so; archives among them are never asked for again.
CREATE TABLE walk_document (
	feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
	url TEXT NOT NULL,
	is_archive INTEGER NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (feed_id, url)
) WITHOUT ROWID;

-- Feeds whose hub tells of news (WebSub): what was asked of it, and what came.
CREATE TABLE push (
	feed_id INTEGER PRIMARY KEY REFERENCES feed (id) ON DELETE CASCADE,
	hub TEXT NOT NULL,
	topic TEXT NOT NULL,                   -- what the hub calls the feed
	token TEXT NOT NULL UNIQUE,            -- of the callback's address
	secret TEXT NOT NULL,                  -- deliveries are signed with it
	callback TEXT NOT NULL DEFAULT '',     -- the configured address that the hub was given
	state TEXT NOT NULL CHECK (state IN ('wanted', 'asked', 'active', 'denied', 'leaving')),
	tries INTEGER NOT NULL DEFAULT 0,      -- requests since the hub granted one
	due_at INTEGER NOT NULL,               -- when the hub is asked next
	asked_at INTEGER NOT NULL DEFAULT 0,
	granted_at INTEGER NOT NULL DEFAULT 0,
	lease_until INTEGER NOT NULL DEFAULT 0,
	delivered_at INTEGER NOT NULL DEFAULT 0,
	deliveries INTEGER NOT NULL DEFAULT 0,
	items INTEGER NOT NULL DEFAULT 0,      -- new ones in them
	rejected INTEGER NOT NULL DEFAULT 0,   -- that were not signed
	misses INTEGER NOT NULL DEFAULT 0,     -- polls in a row that found what the hub had not told
	last_hash BLOB,                        -- of the last delivery
	error TEXT
);
CREATE INDEX push_due ON push (due_at);

ALTER TABLE feed ADD COLUMN push_until INTEGER NOT NULL DEFAULT 0;

-- An article's words are stored once, its HTML as what stands between them.
ALTER TABLE article ADD COLUMN markup TEXT;
ALTER TABLE revision ADD COLUMN markup TEXT;
UPDATE article SET markup = woven(html, text), html = iif(woven(html, text) IS NULL, html, NULL)
WHERE html IS NOT NULL;
UPDATE revision SET markup = woven(html, text), html = iif(woven(html, text) IS NULL, html, NULL)
WHERE html IS NOT NULL;

-- The full-text index, with the text as its first column.
DROP TABLE item_fts;
CREATE VIRTUAL TABLE item_fts USING fts5 (
	text, title, author,
	content = 'item_words', content_rowid = 'id',
	tokenize = 'diurna remove_diacritics 2'
);
INSERT INTO item_fts (rowid, title, text, author)
SELECT item.seq, item.title, article.text, item.author
FROM item JOIN article ON article.item_id = item.id WHERE item.seq IS NOT NULL ORDER BY item.seq;

-- What copies are found by goes with its sketch, not month by month: one look is enough.
ALTER TABLE copy_key RENAME TO old_copy_key;
CREATE TABLE copy_key (
	key INTEGER NOT NULL,                  -- a value of the sketch
	item_id INTEGER NOT NULL,
	PRIMARY KEY (key, item_id)
) WITHOUT ROWID;
INSERT OR IGNORE INTO copy_key (key, item_id)
SELECT key, item_id FROM old_copy_key WHERE item_id IN (SELECT item_id FROM item_sketch);
DROP TABLE old_copy_key;
