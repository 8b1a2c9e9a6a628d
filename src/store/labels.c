#include "store/labels.h"

#include "core/utf8.h"
#include "store/reading.h"
#include "store/sql.h"

#include <string.h>

enum { DAY_S = 86400 };

bool label_is_good(const char *name)
{
	size_t len = name ? strlen(name) : 0, i;

	if (len == 0 || len > LABEL_BYTES || !utf8_is_valid(name, len))
		return false;
	for (i = 0; i < len; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7F)
			return false;
	return name[0] != ' ' && name[len - 1] != ' ';
}

enum status label_put(struct store *store, int64_t item_id, const char *name, int64_t now)
{
	return sql_run(store,
		"INSERT OR IGNORE INTO item_label (item_id, label, at) "
		"SELECT id, ?2, ?3 FROM item WHERE id = ?1",
		"isi", item_id, name, now);
}

enum status label_take(struct store *store, int64_t item_id, const char *name)
{
	return sql_run(store, "DELETE FROM item_label WHERE item_id = ?1 AND label = ?2", "is",
		item_id, name);
}

static enum status count_items(struct store *store, const char *name, int64_t *count)
{
	return count ? sql_int(store, "SELECT count(*) FROM item_label WHERE label = ?1", count,
			       "s", name)
		     : STATUS_OK;
}

enum status label_rename(struct store *store, const char *from, const char *to, int64_t *count)
{
	enum status status = count_items(store, from, count);

	if (status == STATUS_OK && strcmp(from, to) != 0)
		status = sql_run(store,
			"UPDATE OR REPLACE item_label SET label = ?2 WHERE label = ?1", "ss", from,
			to);
	return status;
}

enum status label_remove(struct store *store, const char *name, int64_t *count)
{
	enum status status = count_items(store, name, count);

	return status == STATUS_OK
		       ? sql_run(store, "DELETE FROM item_label WHERE label = ?1", "s", name)
		       : status;
}

enum status label_is_there(struct store *store, const char *name, bool *is_there)
{
	int64_t found;
	enum status status = sql_int(store,
		"SELECT EXISTS (SELECT 1 FROM item_label WHERE label = ?1)", &found, "s", name);

	*is_there = found != 0;
	return status;
}

enum status labels_list(struct store *store, int64_t now,
	void (*on_label)(void *context, const struct label *label), void *context)
{
	sqlite3_stmt *s;
	enum status status = sql_open(store,
		"SELECT label, count(*), max(at), count(iif(is_unread, 1, NULL)), "
		"coalesce(max(iif(is_unread, arrived_at, NULL)), 0) FROM (SELECT item_label.label, "
		"item_label.at, arrival.at AS arrived_at, item.state = 'ready' AND arrival.at >= ?1 "
		"AND NOT EXISTS (SELECT 1 FROM read_mark WHERE read_mark.item_id = item.id) "
		"AS is_unread FROM item_label JOIN item ON item.id = item_label.item_id "
		"LEFT JOIN arrival ON arrival.seq = item.seq) GROUP BY label ORDER BY label",
		&s, "i", now - (int64_t)READING_DAYS * DAY_S);

	while (sql_next(store, s, &status)) {
		const struct label label = {sql_text(s, 0), sqlite3_column_int64(s, 1),
			sqlite3_column_int64(s, 2), sqlite3_column_int64(s, 3),
			sqlite3_column_int64(s, 4)};

		on_label(context, &label);
	}
	return status;
}
