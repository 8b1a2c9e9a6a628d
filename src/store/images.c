#include "store/images.h"

#include "core/limits.h"
#include "core/markup_read.h"
#include "core/str.h"
#include "core/url.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

static enum status want(struct store *store, int64_t item_id, const char *url, int64_t at)
{
	enum status status;

	if (!url_is_web(url) || strlen(url) > LIMIT_URL_BYTES)
		return STATUS_OK;
	status = sql_run(store,
		"INSERT INTO image (url, item_id, state, due_at) VALUES (?1, ?2, 'waiting', ?3) "
		"ON CONFLICT DO NOTHING",
		"sii", url, item_id, at);
	if (status == STATUS_OK)
		status = sql_run(store,
			"INSERT INTO item_image (item_id, url) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
			"is", item_id, url);
	return status;
}

/* The picture that the entry came with stands for an article that has none. */
static enum status want_entry_image(struct store *store, int64_t item_id, int64_t at)
{
	sqlite3_stmt *s;
	char *url = NULL;
	enum status status =
		sql_row(store, "SELECT image FROM item WHERE id = ?1", &s, "i", item_id);

	if (s) {
		url = sql_dup(s, 0);
		sqlite3_reset(s);
	}
	if (status == STATUS_OK && url)
		status = want(store, item_id, url, at);
	free(url);
	return status;
}

enum status images_want(
	struct store *store, int64_t item_id, const char *html, const char *lead, int64_t at)
{
	struct markup_reader reader = {.next = html ? html : ""};
	enum status status = STATUS_OK;
	enum markup_token token;
	struct buf url = {0};
	int count = 0;

	if (!str_is_empty(lead))
		status = want(store, item_id, lead, at);
	else
		status = want_entry_image(store, item_id, at);
	while (status == STATUS_OK && count < LIMIT_ITEM_IMAGES &&
		(token = markup_next(&reader)) != MARKUP_END) {
		buf_clear(&url);
		if (token != MARKUP_OPEN || !str_eq(reader.name, "img") ||
			!markup_attr(&reader, "src", &url))
			continue;
		status = want(store, item_id, buf_text(&url), at);
		count++;
	}
	buf_finish(&url);
	return status;
}

enum status images_due(struct store *store, int64_t now, images_on_due *on_due, void *context)
{
	sqlite3_stmt *s;
	bool goes_on = true;
	enum status status = sql_open(store,
		"SELECT image.url, image.item_id, feed.url, image.tries FROM image "
		"LEFT JOIN item ON item.id = image.item_id LEFT JOIN feed ON feed.id = item.feed_id "
		"WHERE image.state = 'waiting' AND image.due_at <= ?1 ORDER BY image.due_at LIMIT 600",
		&s, "i", now);

	while (goes_on && sql_next(store, s, &status))
		goes_on = on_due(context, sql_text(s, 0), sqlite3_column_int64(s, 1),
			sql_text(s, 2), sqlite3_column_int(s, 3));
	if (status == STATUS_OK && !goes_on)
		sqlite3_reset(s);
	return status;
}

bool images_are_due(struct store *store, int64_t now)
{
	int64_t count = 0;

	return sql_int(store,
		       "SELECT EXISTS (SELECT 1 FROM image WHERE state = 'waiting' AND due_at <= ?1)",
		       &count, "i", now) == STATUS_OK &&
	       count > 0;
}

enum status image_record(struct store *store, const struct image_result *result)
{
	return sql_run(store,
		"UPDATE image SET state = ?2, tries = tries + 1, due_at = ?3, error = ?4, "
		"stored_at = ?5, hash = ?6, extension = ?7, width = ?8, height = ?9, bytes = ?10 "
		"WHERE url = ?1",
		"ssiszssiii", result->url,
		!result->error   ? "stored"
		: result->due_at ? "waiting"
				 : "failed",
		result->due_at, result->error, result->error ? (int64_t)0 : result->at,
		result->hash, result->is.extension, (int64_t)result->is.width,
		(int64_t)result->is.height, result->bytes);
}
