-- The store of diurna: the one place where its tables stand. Times are seconds since 1970, UTC.
-- Tables may change from version to version; the public interface are the views, in views.sql. A
-- change here has its step in the latest migrate_N.sql, and a new column stands last in its table.

CREATE TABLE section (
	id INTEGER PRIMARY KEY,
	title TEXT NOT NULL UNIQUE,
	slug TEXT NOT NULL UNIQUE,
	position INTEGER NOT NULL,
	is_current INTEGER NOT NULL DEFAULT 1, -- 0: no longer configured
	closed_at INTEGER NOT NULL DEFAULT 0,  -- when an edition had it last, printed or empty; 0: never
	closed_seq INTEGER NOT NULL DEFAULT 0  -- arrivals up to this were looked at then
);

CREATE TABLE feed (
	id INTEGER PRIMARY KEY,
	url TEXT NOT NULL UNIQUE,             -- as subscribed
	fetch_url TEXT,                       -- where it moved for good; null: url
	section_id INTEGER REFERENCES section (id),
	name TEXT,                            -- title that the subscription gives
	title TEXT,                           -- its own
	site_url TEXT,
	description TEXT,
	language TEXT,
	format TEXT,
	icon TEXT,
	hub TEXT,
	state TEXT NOT NULL DEFAULT 'active' CHECK (state = 'active' OR state = 'gone' OR state = 'unsubscribed'),
	etag TEXT,
	last_modified TEXT,
	body_hash BLOB,
	next_at INTEGER NOT NULL DEFAULT 0,
	interval_s INTEGER NOT NULL DEFAULT 0,
	last_poll_at INTEGER NOT NULL DEFAULT 0,
	last_ok_at INTEGER NOT NULL DEFAULT 0,
	last_new_at INTEGER NOT NULL DEFAULT 0,
	failing_since INTEGER NOT NULL DEFAULT 0,
	failures INTEGER NOT NULL DEFAULT 0,
	http_status INTEGER NOT NULL DEFAULT 0,
	outcome TEXT NOT NULL DEFAULT 'ok',
	error TEXT,
	max_age_s INTEGER NOT NULL DEFAULT 0,
	ttl_s INTEGER NOT NULL DEFAULT 0,
	skip_hours INTEGER NOT NULL DEFAULT 0,
	skip_days INTEGER NOT NULL DEFAULT 0,
	entries_week REAL NOT NULL DEFAULT 0,
	moved_to TEXT,
	moved_since INTEGER NOT NULL DEFAULT 0,
	moved_polls INTEGER NOT NULL DEFAULT 0,
	subscribed_at INTEGER NOT NULL DEFAULT 0,
	polls INTEGER NOT NULL DEFAULT 0,
	polls_ok INTEGER NOT NULL DEFAULT 0,  -- 200 and 304
	documents INTEGER NOT NULL DEFAULT 0, -- polls that brought a document
	bytes INTEGER NOT NULL DEFAULT 0,     -- received in all
	items INTEGER NOT NULL DEFAULT 0,     -- that it showed first
	quality REAL,                         -- of its articles, moving average
	guid_trust INTEGER NOT NULL DEFAULT 1, -- 0: its guids change or repeat, links decide
	validators_url TEXT,                  -- that gave etag and last_modified; null: fetch_url
	validators_variant INTEGER NOT NULL DEFAULT 0, -- with which credentials and headers
	pattern BLOB,                         -- when its entries come: 24 hours, 7 weekdays, GMT
	push_until INTEGER NOT NULL DEFAULT 0 -- its hub tells of news until then; 0: it does not
);

-- Polls of each feed, as a ring: slot is the number of the poll modulo 50. Of polls in a row that
-- found nothing modified only the first stands here; feed.polls and last_poll_at count them all.
CREATE TABLE poll_log (
	feed_id INTEGER NOT NULL REFERENCES feed (id) ON DELETE CASCADE,
	slot INTEGER NOT NULL,
	at INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	http_status INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	duration_ms INTEGER NOT NULL,
	new_items INTEGER NOT NULL DEFAULT 0,
	error TEXT,
	PRIMARY KEY (feed_id, slot)
) WITHOUT ROWID;

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

CREATE TABLE item (
	id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice, also after a merge
	url TEXT,                              -- of its page
	canonical TEXT UNIQUE,                 -- null: its link says nothing about what it is
	content_hash BLOB,
	simhash INTEGER,
	title TEXT NOT NULL DEFAULT '',
	author TEXT,
	published_at INTEGER,
	updated_at INTEGER,
	first_seen_at INTEGER NOT NULL,
	feed_id INTEGER NOT NULL REFERENCES feed (id), -- that showed it first
	section_id INTEGER REFERENCES section (id),
	state TEXT NOT NULL CHECK (state = 'pending' OR state = 'ready' OR state = 'dropped'),
	is_backlog INTEGER NOT NULL DEFAULT 0, -- came with a new feed and is too old to print
	starred INTEGER NOT NULL DEFAULT 0,
	language TEXT,
	site TEXT,                             -- registrable domain of its page
	image TEXT,
	categories TEXT,                       -- JSON: ["..."]
	enclosures TEXT,                       -- JSON: [{"url", "type", "length", ...}]
	comments TEXT,
	revision INTEGER NOT NULL DEFAULT 0,   -- 0: as first seen
	entry_hash BLOB,                       -- of the entry as it came
	page_state TEXT NOT NULL DEFAULT 'none'
		CHECK (page_state = 'none' OR page_state = 'waiting' OR page_state = 'read' OR
			page_state = 'failed' OR page_state = 'refused'),
	page_tries INTEGER NOT NULL DEFAULT 0,
	page_due_at INTEGER,
	page_error TEXT,
	rule TEXT,                             -- name of the rule that decided
	story_id INTEGER,                      -- its first item; null: it stands alone
	details TEXT,                          -- JSON: {"credits": ...}, what the feed says besides
	seq INTEGER,                           -- of its arrival; a dropped one has a number, but no arrival
	has_body INTEGER NOT NULL DEFAULT 0,   -- 1: its text is here; 2: and a kept edition has printed it;
	                                       -- 0: not yet, or it has expired
	body_bytes INTEGER NOT NULL DEFAULT 0  -- of its article and its entry, as they came last
);
CREATE UNIQUE INDEX item_content ON item (content_hash) WHERE content_hash IS NOT NULL;
CREATE INDEX item_waiting ON item (page_due_at) WHERE page_state = 'waiting';
CREATE INDEX item_feed ON item (feed_id, first_seen_at);
CREATE UNIQUE INDEX item_seq ON item (seq);
CREATE INDEX item_section ON item (section_id, seq);
CREATE INDEX item_published ON item (coalesce(published_at, first_seen_at)) WHERE state = 'ready';
CREATE INDEX item_section_published ON item (section_id, coalesce(published_at, first_seen_at))
	WHERE state = 'ready';
CREATE INDEX item_body_seq ON item (seq) WHERE has_body = 1;
CREATE INDEX item_held_seq ON item (seq) WHERE has_body = 2;
CREATE INDEX item_starred ON item (seq) WHERE starred = 1;
CREATE INDEX item_dropped ON item (seq) WHERE state = 'dropped';
CREATE INDEX item_story ON item (story_id) WHERE story_id IS NOT NULL;

-- What the entry itself said. Beside item, so that lists of items read few pages. Where it says at
-- length what the article says, it is woven from the article's text, and null: woven.h.
CREATE TABLE item_body (
	item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
	summary TEXT,
	content TEXT,
	summary_markup TEXT,
	content_markup TEXT
);

-- Further canonical URLs of an item: where its link led, what its page says, merged copies.
CREATE TABLE item_alias (
	canonical TEXT PRIMARY KEY,
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX item_alias_item ON item_alias (item_id);

CREATE TABLE sighting (
	feed_id INTEGER NOT NULL REFERENCES feed (id),
	guid TEXT NOT NULL,                    -- or what stands for it
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	url TEXT,
	title TEXT,
	first_seen_at INTEGER NOT NULL,
	last_seen_at INTEGER NOT NULL,
	PRIMARY KEY (feed_id, guid)
) WITHOUT ROWID;
CREATE INDEX sighting_item ON sighting (item_id);

CREATE TABLE article (
	item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
	title TEXT,                            -- as the page gives it
	html TEXT,
	text TEXT,
	words INTEGER NOT NULL DEFAULT 0,
	quality REAL NOT NULL DEFAULT 0,
	source TEXT NOT NULL,                  -- page, jsonld, rule, feed, none
	byline TEXT,
	site TEXT,                             -- name of the site
	excerpt TEXT,
	image TEXT,
	language TEXT,
	section TEXT,                          -- as the page gives it
	is_truncated INTEGER NOT NULL DEFAULT 0,
	reason TEXT,                           -- why it is poor
	fetched_at INTEGER NOT NULL,
	final_url TEXT,                        -- where its link led; null: there
	markup TEXT                            -- html without the words, which is null then: woven.h
);

-- Stand-ins of texts by which edited copies are found: core/sketch.h. Of two months.
CREATE TABLE item_sketch (
	item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
	sketch BLOB NOT NULL
);

-- Of these sketches.
CREATE TABLE copy_key (
	key INTEGER NOT NULL,                  -- a value of the sketch
	item_id INTEGER NOT NULL,
	PRIMARY KEY (key, item_id)
) WITHOUT ROWID;

-- Words of titles and names of leads, by which stories are found. Of a few days.
CREATE TABLE story_word (
	period INTEGER NOT NULL,               -- of three days since 1970
	word INTEGER NOT NULL,                 -- its hash; 0: the first item of the period
	item_id INTEGER NOT NULL,
	words INTEGER NOT NULL,                -- how many the item has
	PRIMARY KEY (period, word, item_id)
) WITHOUT ROWID;

CREATE TABLE revision (
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	n INTEGER NOT NULL,                    -- from 0
	at INTEGER NOT NULL,                   -- when it was replaced
	title TEXT,
	html TEXT,
	text TEXT,
	markup TEXT,
	facts TEXT,                            -- JSON: what else a digest says of it; null: as the item now
	PRIMARY KEY (item_id, n)
);

CREATE TABLE arrival (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	kind INTEGER NOT NULL,                 -- 0: new, 1: changed
	at INTEGER NOT NULL
);
CREATE INDEX arrival_item ON arrival (item_id, kind, seq);
CREATE INDEX arrival_at ON arrival (at);

CREATE TABLE edition (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	local_date TEXT NOT NULL,
	from_seq INTEGER NOT NULL,             -- arrivals above this; the least of its sections
	to_seq INTEGER NOT NULL,               -- up to and with this
	window_from INTEGER NOT NULL,
	window_to INTEGER NOT NULL,
	timezone TEXT,
	item_count INTEGER NOT NULL,
	published_at INTEGER NOT NULL DEFAULT 0,
	-- kept: its digests are there; leaving: they are too old; left: they have been removed; gone: so
	-- have its pictures, and no longer does it hold its texts
	state TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'leaving', 'left', 'gone'))
);

-- What its feeds were called then.
CREATE TABLE edition_source (
	edition_id INTEGER NOT NULL REFERENCES edition (id),
	feed_id INTEGER NOT NULL REFERENCES feed (id),
	title TEXT NOT NULL,
	PRIMARY KEY (edition_id, feed_id)
) WITHOUT ROWID;

-- The sections whose time it was when an edition closed, with the beginning of their windows.
CREATE TABLE edition_section (
	edition_id INTEGER NOT NULL REFERENCES edition (id),
	section_id INTEGER NOT NULL REFERENCES section (id),
	from_seq INTEGER NOT NULL,
	window_from INTEGER NOT NULL,
	PRIMARY KEY (edition_id, section_id)
) WITHOUT ROWID;

-- The primary key is the item: it is printed as new once.
CREATE TABLE edition_item (
	item_id INTEGER PRIMARY KEY REFERENCES item (id),
	edition_id INTEGER NOT NULL REFERENCES edition (id),
	section_id INTEGER NOT NULL REFERENCES section (id),
	position INTEGER NOT NULL DEFAULT 0,
	story INTEGER,
	importance REAL NOT NULL DEFAULT 0,
	revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX edition_item_edition ON edition_item (edition_id, section_id, position);

CREATE TABLE edition_update (
	edition_id INTEGER NOT NULL REFERENCES edition (id),
	item_id INTEGER NOT NULL REFERENCES item (id),
	section_id INTEGER NOT NULL REFERENCES section (id),
	position INTEGER NOT NULL DEFAULT 0,
	revision INTEGER NOT NULL,
	PRIMARY KEY (edition_id, item_id)
) WITHOUT ROWID;

CREATE TABLE edition_note (
	id INTEGER PRIMARY KEY,
	edition_id INTEGER NOT NULL REFERENCES edition (id),
	section_id INTEGER REFERENCES section (id), -- null: for all
	position INTEGER NOT NULL,
	text TEXT NOT NULL,                    -- in English
	kind TEXT,                             -- what it is, for other languages; null: only text
	subject TEXT,
	number INTEGER,
	at INTEGER,
	detail TEXT
);
CREATE INDEX edition_update_item ON edition_update (item_id);
CREATE INDEX edition_note_edition ON edition_note (edition_id, section_id, position);

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
CREATE INDEX image_hash ON image (hash) WHERE hash IS NOT NULL;

CREATE TABLE item_image (
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	url TEXT NOT NULL REFERENCES image (url),
	PRIMARY KEY (item_id, url)
) WITHOUT ROWID;
CREATE INDEX item_image_url ON item_image (url);

-- Those whose files are to be removed.
CREATE TABLE image_leaving (
	hash TEXT PRIMARY KEY,
	extension TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE cursor (
	name TEXT PRIMARY KEY,
	seq INTEGER NOT NULL,
	at INTEGER NOT NULL
) WITHOUT ROWID;

-- Items that a reader of another program marked as read.
CREATE TABLE read_mark (
	item_id INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
	at INTEGER NOT NULL
);

-- Names that a reader gave items. With a rowid: rows are told from an index when the file is damaged.
CREATE TABLE item_label (
	id INTEGER PRIMARY KEY,
	item_id INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
	label TEXT NOT NULL,
	at INTEGER NOT NULL,
	UNIQUE (item_id, label)
);
CREATE INDEX item_label_name ON item_label (label, item_id);

CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) WITHOUT ROWID;

-- How often each rule acted, and when last.
CREATE TABLE rule (
	name TEXT PRIMARY KEY,
	hits INTEGER NOT NULL,
	last_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE host (
	name TEXT PRIMARY KEY,
	paused_until INTEGER NOT NULL,
	strikes INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE robots (
	authority TEXT PRIMARY KEY,
	http_status INTEGER NOT NULL,
	body TEXT,
	fetched_at INTEGER NOT NULL
);

-- Blocks of a site's pages that were seen before: what recurs is no article.
CREATE TABLE site_block (
	site TEXT NOT NULL,
	hash INTEGER NOT NULL,
	pages INTEGER NOT NULL,                -- how many showed it
	last_seen_at INTEGER NOT NULL,
	PRIMARY KEY (site, hash)
) WITHOUT ROWID;

-- A row is numbered by its item's seq: in this order matches are found, so the latest come first
-- without a look at all. Its words are in the view item_words, stored once; store/tokens.h takes
-- them apart. The text is the first column because that one is named nowhere in the index, which
-- makes it a quarter smaller.
CREATE VIRTUAL TABLE item_fts USING fts5 (
	text, title, author,
	content = 'item_words', content_rowid = 'id',
	tokenize = 'diurna remove_diacritics 2'
);
