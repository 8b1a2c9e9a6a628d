-- The views of the store. A migration drops all views and makes these.

-- What the full-text index reads again when it needs the words: they are stored once.
CREATE VIEW item_words AS
SELECT item.seq AS id, item.title AS title, article.text AS text, item.author AS author,
	item.id AS item_id
FROM item JOIN article ON article.item_id = item.id WHERE item.seq IS NOT NULL;

-- The public interface.

CREATE VIEW v_feed AS
SELECT feed.id, feed.url, coalesce(feed.name, feed.title, feed.url) AS title,
	section.title AS section, feed.state, feed.site_url, feed.language, feed.format,
	feed.last_poll_at, strftime('%Y-%m-%dT%H:%M:%SZ', nullif(feed.last_poll_at, 0), 'unixepoch') AS last_poll,
	feed.last_ok_at, strftime('%Y-%m-%dT%H:%M:%SZ', nullif(feed.last_ok_at, 0), 'unixepoch') AS last_ok,
	feed.last_new_at, strftime('%Y-%m-%dT%H:%M:%SZ', nullif(feed.last_new_at, 0), 'unixepoch') AS last_new,
	feed.next_at, strftime('%Y-%m-%dT%H:%M:%SZ', nullif(feed.next_at, 0), 'unixepoch') AS next,
	feed.failing_since AS failing_since_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', nullif(feed.failing_since, 0), 'unixepoch') AS failing_since,
	feed.failures, iif(feed.last_poll_at, feed.outcome, NULL) AS outcome, feed.http_status, feed.error,
	feed.interval_s, feed.entries_week, feed.items, feed.polls, feed.polls_ok, feed.bytes,
	feed.quality, feed.guid_trust, coalesce(feed.fetch_url, feed.url) AS fetch_url, feed.moved_to,
	iif(walk.state = 'open', walk.ended_at, 0) AS gap_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', iif(walk.state = 'open', walk.ended_at, NULL), 'unixepoch') AS gap,
	iif(walk.state = 'open', walk.error, NULL) AS gap_reason, coalesce(walk.gaps, 0) AS gaps,
	coalesce(push.hub, feed.hub) AS hub, feed.push_until AS push_until_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', nullif(feed.push_until, 0), 'unixepoch') AS push_until
FROM feed LEFT JOIN section ON section.id = feed.section_id LEFT JOIN walk ON walk.feed_id = feed.id
	LEFT JOIN push ON push.feed_id = feed.id;

CREATE VIEW v_item AS
SELECT item.id, item.title, item.url, coalesce(feed.name, feed.title, feed.url) AS feed,
	feed.url AS feed_url, section.title AS section, item.author,
	item.published_at, strftime('%Y-%m-%dT%H:%M:%SZ', item.published_at, 'unixepoch') AS published,
	arrival.at AS arrived_at, strftime('%Y-%m-%dT%H:%M:%SZ', arrival.at, 'unixepoch') AS arrived,
	arrival.seq, item.state, item.starred, item.is_backlog, item.revision,
	coalesce(article.language, item.language) AS language, item.site,
	coalesce(article.image, item.image) AS image, item.categories, item.enclosures, item.comments,
	article.words, article.quality, article.source, article.reason, article.excerpt,
	article.text,
	CASE WHEN json_valid(article.markup) THEN
		(SELECT group_concat(iif(piece.type = 'text', piece.value,
			CAST(substr(CAST(article.text AS BLOB), json_extract(piece.value, '$[0]'),
				json_extract(piece.value, '$[1]')) AS TEXT)), '')
			FROM json_each(article.markup) AS piece)
		ELSE article.html END AS html,
	edition.name AS edition, item.story_id AS story, item.details,
	(SELECT nullif(json_group_array(label), '[]') FROM
		(SELECT label FROM item_label WHERE item_label.item_id = item.id ORDER BY label)) AS labels
FROM item
	JOIN feed ON feed.id = item.feed_id
	LEFT JOIN section ON section.id = item.section_id
	LEFT JOIN arrival ON arrival.seq = item.seq
	LEFT JOIN article ON article.item_id = item.id
	LEFT JOIN edition_item ON edition_item.item_id = item.id
	LEFT JOIN edition ON edition.id = edition_item.edition_id;

CREATE VIEW v_edition AS
SELECT edition.id, edition.name, edition.local_date AS date, edition.item_count AS items,
	edition.from_seq, edition.to_seq,
	edition.window_from AS window_from_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', edition.window_from, 'unixepoch') AS window_from,
	edition.window_to AS window_to_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', edition.window_to, 'unixepoch') AS window_to,
	edition.timezone, edition.published_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', nullif(edition.published_at, 0), 'unixepoch') AS published,
	edition.state = 'kept' AS kept
FROM edition;

CREATE VIEW v_sighting AS
SELECT sighting.item_id, feed.url AS feed_url, coalesce(feed.name, feed.title, feed.url) AS feed,
	sighting.guid, sighting.url, sighting.title, sighting.first_seen_at,
	strftime('%Y-%m-%dT%H:%M:%SZ', sighting.first_seen_at, 'unixepoch') AS first_seen,
	sighting.last_seen_at
FROM sighting JOIN feed ON feed.id = sighting.feed_id;
