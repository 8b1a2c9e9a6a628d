#include "store/shelf.h"

#include "core/arena.h"
#include "core/mem.h"
#include "store/sql.h"

#include <stdlib.h>

/* Items of the edition ?1, as new ones or as updates. */
#define ITS_ITEMS                                                  \
	"(SELECT item_id FROM edition_item WHERE edition_id = ?1 " \
	"UNION ALL SELECT item_id FROM edition_update WHERE edition_id = ?1)"
/* An item of it that no other edition holds. */
#define NOT_HELD(item)                                                                       \
	" AND NOT EXISTS (SELECT 1 FROM edition_item AS held JOIN edition ON edition.id = "  \
	"held.edition_id AND edition.state = 'kept' WHERE held.item_id = " item ") "         \
	"AND NOT EXISTS (SELECT 1 FROM edition_update AS held JOIN edition ON edition.id = " \
	"held.edition_id AND edition.state = 'kept' WHERE held.item_id = " item ")"

enum status shelf_put(struct store *store, int64_t edition_id)
{
	enum status status = sql_run(store,
		"UPDATE item SET has_body = 2 WHERE has_body = 1 AND id IN " ITS_ITEMS, "i",
		edition_id);

	if (status == STATUS_OK)
		status = sql_run(store,
			"INSERT INTO edition_source (edition_id, feed_id, title) "
			"SELECT ?1, id, coalesce(name, title, '') FROM feed WHERE id IN "
			"(SELECT feed_id FROM item WHERE id IN " ITS_ITEMS ")",
			"i", edition_id);
	return status;
}

enum status shelf_sort_out(struct store *store, const struct config *config, int64_t now)
{
	if (config->keep_editions_s <= 0)
		return STATUS_OK;
	return sql_run(store,
		"UPDATE edition SET state = 'leaving' WHERE state = 'kept' "
		"AND id < (SELECT max(id) FROM edition) AND window_to < min(?1, (SELECT window_to "
		"FROM edition ORDER BY id DESC LIMIT 1 OFFSET 1)) - ?2",
		"ii", now, config->keep_editions_s);
}

enum status shelf_removed(struct store *store)
{
	return sql_run(store, "UPDATE edition SET state = 'left' WHERE state = 'leaving'", "");
}

enum status shelf_leaving(struct store *store,
	void (*on_edition)(void *context, int64_t id, const char *name), void *context)
{
	sqlite3_stmt *s;
	enum status status = sql_open(
		store, "SELECT id, name FROM edition WHERE state = 'leaving' ORDER BY id", &s, "");

	while (sql_next(store, s, &status))
		on_edition(context, sqlite3_column_int64(s, 0), sql_text(s, 1));
	return status;
}

/* A picture goes with the last item that shows it, its file with the last picture. */
static enum status give_up_image(struct store *store, const char *url)
{
	static const char *const steps[] = {
		("INSERT OR IGNORE INTO image_leaving (hash, extension) SELECT hash, extension "
		 "FROM image WHERE url = ?1 AND hash IS NOT NULL "
		 "AND NOT EXISTS (SELECT 1 FROM item_image WHERE item_image.url = ?1)"),
		("DELETE FROM image WHERE url = ?1 "
		 "AND NOT EXISTS (SELECT 1 FROM item_image WHERE item_image.url = ?1)"),
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && status == STATUS_OK; i++)
		status = sql_run(store, steps[i], "s", url);
	return status;
}

static enum status give_up_images(struct store *store, int64_t edition_id)
{
	struct arena arena = {0};
	const char **urls = NULL;
	size_t count = 0, space = 0;
	sqlite3_stmt *s;
	enum status status = sql_open(store,
		"DELETE FROM item_image WHERE item_id IN " ITS_ITEMS NOT_HELD(
			"item_image.item_id") " RETURNING url",
		&s, "i", edition_id);

	while (sql_next(store, s, &status)) {
		ARRAY_GROW(urls, count, space);
		urls[count++] = sql_arena(s, 0, &arena);
	}
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = give_up_image(store, urls[i]);
	free(urls);
	arena_finish(&arena);
	return status;
}

enum status shelf_let_go(struct store *store, bool *is_done)
{
	int64_t id;
	enum status status = sql_int(
		store, "SELECT id FROM edition WHERE state = 'left' ORDER BY id LIMIT 1", &id, "");

	*is_done = id == 0;
	if (status != STATUS_OK || id == 0)
		return status;
	status = sql_run(store,
		"UPDATE item SET has_body = 1 WHERE has_body = 2 AND id IN " ITS_ITEMS NOT_HELD(
			"item.id"),
		"i", id);
	if (status == STATUS_OK)
		status = give_up_images(store, id);
	if (status == STATUS_OK)
		status = sql_run(store, "UPDATE edition SET state = 'gone' WHERE id = ?1", "i", id);
	return status;
}

/* Another picture may have come meanwhile that is the same. */
enum status shelf_remove_images(struct store *store, int most,
	bool (*on_file)(void *context, const char *path), void *context, int64_t *count)
{
	struct arena arena = {0};
	const char **paths, **hashes;
	size_t found = 0;
	sqlite3_stmt *s;
	enum status status = sql_open(store,
		"SELECT hash, extension, EXISTS (SELECT 1 FROM image WHERE image.hash = "
		"image_leaving.hash) FROM image_leaving LIMIT ?1",
		&s, "i", (int64_t)most);

	*count = 0;
	paths = arena_calloc(&arena, (size_t)most, sizeof(*paths));
	hashes = arena_calloc(&arena, (size_t)most, sizeof(*hashes));
	while (sql_next(store, s, &status)) {
		hashes[found] = sql_arena(s, 0, &arena);
		if (!sqlite3_column_int(s, 2))
			paths[found] = arena_printf(
				&arena, "%.2s/%s.%s", hashes[found], hashes[found], sql_text(s, 1));
		found++;
	}
	for (size_t i = 0; i < found && status == STATUS_OK; i++) {
		if (paths[i] && !on_file(context, paths[i]))
			continue; /* it has said why; asked for again another time */
		status =
			sql_run(store, "DELETE FROM image_leaving WHERE hash = ?1", "s", hashes[i]);
		(*count)++;
	}
	arena_finish(&arena);
	return status;
}
