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

-- What a feed gives in full is stored as what stands between the words of the article.
ALTER TABLE item_body ADD COLUMN summary_markup TEXT;
ALTER TABLE item_body ADD COLUMN content_markup TEXT;
UPDATE item_body SET content_markup = woven(content, (SELECT text FROM article
	WHERE article.item_id = item_body.item_id AND coalesce(markup, html) IS NOT NULL))
WHERE length(content) >= 512;
UPDATE item_body SET summary_markup = woven(summary, (SELECT text FROM article
	WHERE article.item_id = item_body.item_id AND coalesce(markup, html) IS NOT NULL))
WHERE length(summary) >= 512;
UPDATE item_body SET content = iif(content_markup IS NULL, content, NULL),
	summary = iif(summary_markup IS NULL, summary, NULL)
WHERE content_markup IS NOT NULL OR summary_markup IS NOT NULL;

-- How much of the store an item's texts take.
ALTER TABLE item ADD COLUMN body_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE item SET body_bytes = (SELECT coalesce(length(CAST(text AS BLOB)), 0) +
	coalesce(length(CAST(markup AS BLOB)), length(CAST(html AS BLOB)), 0)
	FROM article WHERE article.item_id = item.id) + coalesce((SELECT
	coalesce(length(CAST(summary_markup AS BLOB)), length(CAST(summary AS BLOB)), 0) +
	coalesce(length(CAST(content_markup AS BLOB)), length(CAST(content AS BLOB)), 0)
	FROM item_body WHERE item_body.item_id = item.id), 0)
WHERE has_body <> 0;
