#include "core/buf.h"
#include "core/file.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/layout.h"
#include "store/sql.h"
#include "store/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What must never be, each with a sentence; the query counts the cases. */
static const struct {
	const char *sql;
	const char *sentence; /* a number in brackets stands behind it */
} invariants[] = {
	{"SELECT count(*) FROM item WHERE state = 'pending' AND page_state <> 'waiting'",
		"items are pending, but wait for no page"},
	{"SELECT count(*) FROM item WHERE state = 'ready' AND NOT EXISTS "
	 "(SELECT 1 FROM arrival WHERE arrival.item_id = item.id AND kind = 0)",
		"items are ready, but have not arrived"},
	{"SELECT count(*) FROM (SELECT 1 FROM arrival WHERE kind = 0 GROUP BY item_id "
	 "HAVING count(*) > 1)",
		"items arrived as new more than once"},
	{"SELECT count(*) FROM item WHERE NOT EXISTS "
	 "(SELECT 1 FROM sighting WHERE sighting.item_id = item.id)",
		"items were shown by no feed"},
	{"SELECT count(*) FROM item WHERE state <> 'pending' AND seq IS NULL",
		"items have no number among the arrivals"},
	{"SELECT count(*) FROM item LEFT JOIN arrival ON arrival.seq = item.seq "
	 "WHERE state = 'ready' AND (arrival.item_id IS NOT item.id OR arrival.kind <> 0)",
		"items have the number of another arrival"},
	{"SELECT count(*) FROM item JOIN arrival ON arrival.item_id = item.id "
	 "WHERE state = 'dropped'",
		"items were dropped, and have arrived"},
	{"SELECT count(*) FROM item JOIN article ON article.item_id = item.id WHERE seq NOT NULL "
	 "AND NOT EXISTS (SELECT 1 FROM item_fts_docsize WHERE item_fts_docsize.id = item.seq)",
		"items are not in the full-text index"},
	{"SELECT count(*) FROM item_fts_docsize WHERE NOT EXISTS "
	 "(SELECT 1 FROM item WHERE item.seq = item_fts_docsize.id)",
		"entries of the full-text index belong to no item"},
	{"SELECT count(*) FROM article WHERE markup IS NOT NULL "
	 "AND (html IS NOT NULL OR text IS NULL OR NOT json_valid(markup))",
		"articles have markup that makes no HTML of their text"},
	{"SELECT count(*) FROM item_body LEFT JOIN article ON article.item_id = item_body.item_id "
	 "WHERE (summary_markup IS NOT NULL "
	 "AND (summary IS NOT NULL OR text IS NULL OR NOT json_valid(summary_markup))) "
	 "OR (content_markup IS NOT NULL "
	 "AND (content IS NOT NULL OR text IS NULL OR NOT json_valid(content_markup)))",
		"entries have markup that makes no HTML of their article's text"},
	{"SELECT count(*) FROM item JOIN article ON article.item_id = item.id "
	 "WHERE (has_body > 0) <> (article.text IS NOT NULL)",
		"items have a text and are said not to, or the other way round"},
	{"SELECT count(*) FROM edition_item JOIN edition ON edition.id = edition_id "
	 "JOIN item ON item.id = item_id WHERE edition.state = 'kept' AND has_body = 1",
		"items were printed by editions that do not hold their texts"},
	{"SELECT count(*) FROM item WHERE story_id IS NOT NULL AND NOT EXISTS "
	 "(SELECT 1 FROM item AS first WHERE first.id = item.story_id AND first.story_id = first.id)",
		"items are in a story that is not there"},
	{"SELECT count(*) FROM item JOIN item_alias ON item_alias.canonical = item.canonical "
	 "WHERE item_alias.item_id <> item.id",
		"canonical URLs stand for two items"},
};

/* Steps of SQLite's machine for an item: measured with tests/bench/bench_store. */
enum {
	STEPS_INTEGRITY = 313,
	STEPS_LAYOUT = 936,
	STEPS_KEYS = 60,
	STEPS_WORDS = 915,
	STEPS_INVARIANT = 8
};
/* When each has ended, of the whole. */
static const double SHARE_INTEGRITY = 0.25, SHARE_LAYOUT = 0.47, SHARE_KEYS = 0.52,
		    SHARE_WORDS = 0.84;

/* What SQLite says of a damaged file is a list of its own, with a title. */
static void say_lines(
	const char *text, void (*on_line)(void *context, const char *line), void *context)
{
	char *copy = xstrdup(text), *state = NULL, *line;

	for (line = strtok_r(copy, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		if (!str_starts(line, "***"))
			on_line(context, line);
	free(copy);
}

static enum status run_lines(struct store *store, const char *sql, const char *fine,
	void (*on_line)(void *context, const char *line), void *context, bool *is_fine)
{
	sqlite3_stmt *s;
	enum status status = sql_open(store, sql, &s, "");

	while (sql_next(store, s, &status)) {
		if (fine && strcmp(sql_text(s, 0), fine) == 0)
			continue;
		*is_fine = false;
		say_lines(sql_text(s, 0), on_line, context);
	}
	return status;
}

static enum status check_invariants(struct store *store, struct watching *watching, int64_t items,
	void (*on_line)(void *context, const char *line), void *context, bool *is_fine)
{
	enum status status = STATUS_OK;
	int64_t count;

	for (size_t i = 0; i < ARRAY_LEN(invariants) && status == STATUS_OK; i++) {
		watch_step(watching,
			SHARE_WORDS + (1 - SHARE_WORDS) * (double)(i + 1) / ARRAY_LEN(invariants),
			(double)items * STEPS_INVARIANT);
		status = sql_int(store, invariants[i].sql, &count, "");
		if (status == STATUS_OK && count) {
			char *line =
				xasprintf("%s (%lld)", invariants[i].sentence, (long long)count);

			on_line(context, line);
			free(line);
			*is_fine = false;
		}
	}
	return status;
}

/* All of the full-text index is read; SQLite's own check of it wants to write. */
static enum status check_words(struct store *store,
	void (*on_line)(void *context, const char *line), void *context, bool *is_fine)
{
	int64_t count;
	enum status status = sql_int(store, "SELECT count(*) FROM temp.item_terms", &count, "");

	if (status == STATUS_CORRUPT) {
		*is_fine = false;
		on_line(context, "the full-text index cannot be read");
		status = STATUS_OK;
	}
	return status;
}

enum status store_check(struct store *store, const struct store_watch *watch,
	void (*on_line)(void *context, const char *line), void *context)
{
	struct watching watching;
	bool is_fine = true;
	int64_t items = 0;
	enum status status;

	sql_int(store, "SELECT max(id) FROM item", &items, "");
	watch_begin(&watching, watch, store_db(store), "checking");
	watch_step(&watching, SHARE_INTEGRITY, (double)items * STEPS_INTEGRITY);
	status = run_lines(store, "PRAGMA integrity_check", "ok", on_line, context, &is_fine);
	watch_step(&watching, SHARE_LAYOUT, (double)items * STEPS_LAYOUT);
	if (status == STATUS_OK)
		status = layout_check(store, on_line, context, &is_fine);
	watch_step(&watching, SHARE_KEYS, (double)items * STEPS_KEYS);
	if (status == STATUS_OK)
		status = run_lines(store,
			"SELECT 'rows of ' || \"table\" || ' refer to rows of ' || parent || "
			"' that are not there (' || count(*) || ')' FROM pragma_foreign_key_check "
			"GROUP BY \"table\", parent",
			NULL, on_line, context, &is_fine);
	watch_step(&watching, SHARE_WORDS, (double)items * STEPS_WORDS);
	if (status == STATUS_OK)
		status = check_words(store, on_line, context, &is_fine);
	if (status == STATUS_OK)
		status = check_invariants(store, &watching, items, on_line, context, &is_fine);
	watch_end(&watching);
	if (status == STATUS_OK && !is_fine)
		status = STATUS_CORRUPT;
	return status;
}

enum { BACKUP_PAGES = 256, BACKUP_PAUSE_MS = 5 };

/* In steps, so that the daemon's writing and the copying can both go on. */
static enum status copy(struct store *store, sqlite3 *to, const struct store_watch *watch)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", store_db(store), "main");
	int result;

	if (!backup)
		return sql_status(sqlite3_errcode(to));
	do {
		result = sqlite3_backup_step(backup, BACKUP_PAGES);
		if (watch && sqlite3_backup_pagecount(backup) > 0)
			watch->on_share(watch->context, "copying",
				1 - (double)sqlite3_backup_remaining(backup) /
						sqlite3_backup_pagecount(backup));
		if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
			sqlite3_sleep(BACKUP_PAUSE_MS);
	} while (result == SQLITE_OK || result == SQLITE_BUSY || result == SQLITE_LOCKED);
	sqlite3_backup_finish(backup);
	return result == SQLITE_DONE ? STATUS_OK : sql_status(result);
}

enum status store_backup(struct store *store, const char *path, const struct store_watch *watch)
{
	char *partial = xasprintf("%s.partial", path);
	sqlite3 *to = NULL;
	enum status status = STATUS_IO;

	unlink(partial);
	if (file_make_like(partial, store_path(store)) == STATUS_OK &&
		sqlite3_open(partial, &to) == SQLITE_OK &&
		/* one snapshot: else every commit of the daemon starts the copy anew */
		sqlite3_exec(store_db(store), "BEGIN; SELECT 1 FROM setting", NULL, NULL, NULL) ==
			SQLITE_OK)
		status = copy(store, to, watch);
	if (!sqlite3_get_autocommit(store_db(store)))
		sqlite3_exec(store_db(store), "COMMIT", NULL, NULL, NULL);
	/* a copy is one file */
	if (status == STATUS_OK &&
		sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
		status = STATUS_IO;
	if (sqlite3_close(to) != SQLITE_OK)
		status = STATUS_IO;
	if (status == STATUS_OK &&
		(rename(partial, path) != 0 || folder_sync_of(path) != STATUS_OK))
		status = STATUS_IO;
	if (status != STATUS_OK) {
		int error = errno;

		unlink(partial);
		errno = error;
	}
	free(partial);
	return status;
}
