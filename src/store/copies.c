#include "store/copies.h"

#include "core/mem.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEPT_S = 60 * 24 * 3600, /* so long a text is found */
	KEY_ITEMS = 12,    /* newest items that are taken of one key: stock phrases have many */
	COMPARED_MAX = 16, /* sketches that are read for one text */
	EXPIRE_ITEMS = 300,
};

/* Below this texts have only phrases in common. */
#define LIKENESS_MIN 0.05

/* An item that shares keys. */
struct candidate {
	int64_t item_id;
	unsigned keys;
};

static int by_item(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int by_keys_down(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->keys != y->keys)
		return x->keys > y->keys ? -1 : 1;
	return x->item_id > y->item_id ? -1 : 1;
}

static int by_likeness_down(const void *a, const void *b)
{
	const struct copy *x = a, *y = b;

	if (x->likeness != y->likeness)
		return x->likeness > y->likeness ? -1 : 1;
	return x->item_id < y->item_id ? -1 : 1;
}

static size_t key_count(const struct sketch *sketch)
{
	return sketch->count < SKETCH_KEYS ? sketch->count : SKETCH_KEYS;
}

/* Items that share a key, each once, those with most keys first. */
static enum status gather(struct store *store, int64_t id, const struct sketch *sketch,
	struct candidate candidates[SKETCH_KEYS * KEY_ITEMS], size_t *count)
{
	int64_t found[SKETCH_KEYS * KEY_ITEMS];
	enum status status = STATUS_OK;
	sqlite3_stmt *s;
	size_t n = 0;

	*count = 0;
	for (size_t i = 0; i < key_count(sketch); i++) {
		status = sql_open(store,
			"SELECT item_id FROM copy_key WHERE key = ?1 ORDER BY item_id DESC LIMIT ?2",
			&s, "ii", (int64_t)sketch->values[i], (int64_t)KEY_ITEMS);
		while (sql_next(store, s, &status))
			if (sqlite3_column_int64(s, 0) != id)
				found[n++] = sqlite3_column_int64(s, 0);
		if (status != STATUS_OK)
			return status;
	}
	if (n == 0)
		return STATUS_OK;
	qsort(found, n, sizeof(found[0]), by_item);
	for (size_t i = 0; i < n; i++) {
		if (*count == 0 || candidates[*count - 1].item_id != found[i])
			candidates[(*count)++] = (struct candidate){.item_id = found[i]};
		candidates[*count - 1].keys++;
	}
	qsort(candidates, *count, sizeof(candidates[0]), by_keys_down);
	return status;
}

static enum status sketch_get(struct store *store, int64_t id, struct sketch *sketch)
{
	sqlite3_stmt *s;
	enum status status =
		sql_row(store, "SELECT sketch FROM item_sketch WHERE item_id = ?1", &s, "i", id);

	sketch->count = 0;
	if (s) {
		size_t size = (size_t)sqlite3_column_bytes(s, 0);

		if (size > sizeof(sketch->values))
			size = sizeof(sketch->values);
		sketch->count = (uint32_t)(size / sizeof(sketch->values[0]));
		if (sketch->count)
			memcpy(sketch->values, sqlite3_column_blob(s, 0),
				sketch->count * sizeof(sketch->values[0]));
		sqlite3_reset(s);
	}
	return status;
}

enum status copies_find(struct store *store, int64_t id, const struct sketch *sketch,
	struct copy copies[COPIES_MAX], size_t *count)
{
	struct candidate candidates[SKETCH_KEYS * KEY_ITEMS];
	struct copy compared[COMPARED_MAX];
	size_t candidate_count, n = 0;
	struct sketch other;
	enum status status = gather(store, id, sketch, candidates, &candidate_count);

	*count = 0;
	for (size_t i = 0; i < candidate_count && i < COMPARED_MAX && status == STATUS_OK; i++) {
		double likeness;

		status = sketch_get(store, candidates[i].item_id, &other);
		likeness = sketch_likeness(sketch, &other);
		if (likeness >= LIKENESS_MIN)
			compared[n++] = (struct copy){candidates[i].item_id, likeness};
	}
	if (n)
		qsort(compared, n, sizeof(compared[0]), by_likeness_down);
	*count = n < COPIES_MAX ? n : COPIES_MAX;
	if (n)
		memcpy(copies, compared, *count * sizeof(copies[0]));
	return status;
}

enum status copies_of(
	struct store *store, int64_t id, struct copy copies[COPIES_MAX], size_t *count)
{
	struct sketch sketch;
	enum status status = sketch_get(store, id, &sketch);

	*count = 0;
	return status == STATUS_OK && sketch.count ? copies_find(store, id, &sketch, copies, count)
						   : status;
}

static enum status keys_drop(struct store *store, int64_t id, const struct sketch *sketch)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < key_count(sketch) && status == STATUS_OK; i++)
		status = sql_run(store, "DELETE FROM copy_key WHERE key = ?1 AND item_id = ?2",
			"ii", (int64_t)sketch->values[i], id);
	return status;
}

/* DO UPDATE would cost a copy of every page that it changes, and most are new. */
static enum status sketch_put(struct store *store, int64_t id, const struct sketch *sketch)
{
	size_t size = sketch->count * sizeof(sketch->values[0]);
	enum status status = sql_run(store,
		"INSERT OR IGNORE INTO item_sketch (item_id, sketch) VALUES (?1, ?2)", "ib", id,
		sketch->values, size);

	if (status != STATUS_OK || sqlite3_changes(store_db(store)))
		return status;
	return sql_run(store, "UPDATE item_sketch SET sketch = ?2 WHERE item_id = ?1", "ib", id,
		sketch->values, size);
}

enum status copies_put(struct store *store, int64_t id, const struct sketch *sketch)
{
	struct sketch before;
	enum status status = sketch_get(store, id, &before);

	if (status == STATUS_OK)
		status = keys_drop(store, id, &before);
	if (status == STATUS_OK)
		status = sketch_put(store, id, sketch);
	for (size_t i = 0; i < key_count(sketch) && status == STATUS_OK; i++)
		status = sql_run(store,
			"INSERT OR IGNORE INTO copy_key (key, item_id) VALUES (?1, ?2)", "ii",
			(int64_t)sketch->values[i], id);
	return status;
}

enum status copies_expire(struct store *store, int64_t now, int64_t *dropped)
{
	int64_t ids[EXPIRE_ITEMS];
	size_t count = 0;
	sqlite3_stmt *s;
	/* numbers of items follow time: the first few are the oldest */
	enum status status = sql_open(store,
		"SELECT item.id FROM (SELECT item_id FROM item_sketch ORDER BY item_id LIMIT ?2) "
		"AS first JOIN item ON item.id = first.item_id WHERE item.first_seen_at < ?1",
		&s, "ii", now - KEPT_S, (int64_t)EXPIRE_ITEMS);

	while (sql_next(store, s, &status))
		ids[count++] = sqlite3_column_int64(s, 0);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct sketch sketch;

		status = sketch_get(store, ids[i], &sketch);
		if (status == STATUS_OK)
			status = keys_drop(store, ids[i], &sketch);
		if (status == STATUS_OK)
			status = sql_run(
				store, "DELETE FROM item_sketch WHERE item_id = ?1", "i", ids[i]);
	}
	*dropped = (int64_t)count;
	return status;
}
