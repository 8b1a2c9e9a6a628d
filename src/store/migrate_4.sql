-- From version 3 to 4. Views are dropped before and made anew afterwards, from views.sql; what
-- the store has now must not differ from what schema.sql makes.

-- What an edition has printed can be printed again as long as its digests are kept.
ALTER TABLE edition ADD COLUMN state TEXT NOT NULL DEFAULT 'kept'
	CHECK (state IN ('kept', 'leaving', 'left', 'gone'));
CREATE TABLE edition_source (
	edition_id INTEGER NOT NULL REFERENCES edition (id),
	feed_id INTEGER NOT NULL REFERENCES feed (id),
	title TEXT NOT NULL,
	PRIMARY KEY (edition_id, feed_id)
) WITHOUT ROWID;
INSERT INTO edition_source (edition_id, feed_id, title)
SELECT DISTINCT printed.edition_id, feed.id, coalesce(feed.name, feed.title) FROM
	(SELECT edition_id, item_id FROM edition_item UNION SELECT edition_id, item_id FROM edition_update)
	AS printed JOIN item ON item.id = printed.item_id JOIN feed ON feed.id = item.feed_id
WHERE coalesce(feed.name, feed.title) IS NOT NULL;
ALTER TABLE revision ADD COLUMN facts TEXT;
UPDATE item SET has_body = 2 WHERE has_body = 1 AND (id IN (SELECT item_id FROM edition_item)
	OR id IN (SELECT item_id FROM edition_update));
CREATE INDEX item_held_seq ON item (seq) WHERE has_body = 2;

-- Pictures whose files are to be removed.
CREATE TABLE image_leaving (
	hash TEXT PRIMARY KEY,
	extension TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX image_hash ON image (hash) WHERE hash IS NOT NULL;
CREATE INDEX item_image_url ON item_image (url);
