#include "store/recover.h"

#include "core/buf.h"
#include "core/file.h"
#include "core/mem.h"
#include "store/recover_rows.h"
#include "store/salvage.h"
#include "store/sql.h"
#include "store/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void recovery_finish(struct recovery *recovery)
{
	free(recovery->kept_as);
	free(recovery->lost);
	*recovery = (struct recovery){0};
}

/*
 * Where the time of mending goes, measured with a store of tests/bench/bench_store, 60,000 items:
 * steps of SQLite's machine for an item.
 */
#define MENDING_SHARE 0.1
enum { STEPS_MENDING = 443, STEPS_INDEXING = 107 };

/* Damaged tables that nothing came of. */
static void name_lost(struct recover *r)
{
	struct buf lost = {0};
	char *copy = xstrdup(buf_text(&r->damaged)), *state = NULL, *name, *sql;

	for (name = strtok_r(copy, " ", &state); name; name = strtok_r(NULL, " ", &state)) {
		sql = xasprintf("SELECT EXISTS (SELECT 1 FROM \"%s\")", name);
		if (!recover_number(r->to, sql))
			buf_printf(&lost, "%s%s", lost.len ? ", " : "", name);
		free(sql);
	}
	if (lost.len)
		r->report->lost = buf_take(&lost);
	free(copy);
}

/* Rows whose parent is lost: a reference that may be null becomes null, else the row goes. */
static const char orphans_sql[] =
	"SELECT t.name, f.\"from\", f.\"table\", coalesce(f.\"to\", 'id'), c.\"notnull\" OR c.pk > 0 "
	"FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f "
	"JOIN pragma_table_info(t.name) c ON c.name = f.\"from\" "
	"WHERE t.schema = 'main' AND t.type = 'table'";

static int64_t mend_orphans(struct recover *r)
{
	sqlite3_stmt *list = NULL;
	int64_t changed = 0;

	sqlite3_prepare_v2(r->to, orphans_sql, -1, &list, NULL);
	while (sqlite3_step(list) == SQLITE_ROW) {
		const char *table = sql_text(list, 0), *column = sql_text(list, 1);
		char *sql = sqlite3_column_int(list, 4)
				    ? xasprintf("DELETE FROM \"%s\"", table)
				    : xasprintf("UPDATE \"%s\" SET \"%s\" = NULL", table, column);
		char *whole = xasprintf(
			"%s WHERE \"%s\" IS NOT NULL AND \"%s\" NOT IN (SELECT \"%s\" FROM \"%s\")",
			sql, column, column, sql_text(list, 3), sql_text(list, 2));

		if (sqlite3_exec(r->to, whole, NULL, NULL, NULL) == SQLITE_OK)
			changed += sqlite3_changes64(r->to);
		free(whole);
		free(sql);
	}
	sqlite3_finalize(list);
	return changed;
}

/* Those of which only others know: with them much else would go. */
static const char *const parents[] = {
	/* a feed that is lost and still subscribed comes back by its address, under a new number */
	"INSERT OR IGNORE INTO feed (id, url, state) SELECT DISTINCT feed_id, 'lost:' || feed_id, "
	"'unsubscribed' FROM item WHERE feed_id NOT IN (SELECT id FROM feed)",
	/* and so a section, under which things were printed */
	"INSERT OR IGNORE INTO section (id, title, slug, position, is_current) "
	"SELECT section_id, 'lost: ' || section_id, 'lost-' || section_id, section_id, 0 FROM "
	"(SELECT section_id FROM item UNION SELECT section_id FROM edition_item UNION "
	"SELECT section_id FROM edition_update UNION SELECT section_id FROM edition_section) "
	"WHERE section_id NOT IN (SELECT id FROM section)",
};

/* The next polls ask for everything again. */
static const char forget_sql[] =
	"UPDATE feed SET etag = NULL, last_modified = NULL, body_hash = NULL, next_at = 0";

/* What `diurna check --store` wants to hold. */
static const char *const mending[] = {
	"DELETE FROM item_alias WHERE EXISTS (SELECT 1 FROM item WHERE item.canonical = "
	"item_alias.canonical AND item.id <> item_alias.item_id)",
	"INSERT INTO sighting (feed_id, guid, item_id, url, first_seen_at, last_seen_at) "
	"SELECT feed_id, 'lost:' || id, id, url, first_seen_at, first_seen_at FROM item "
	"WHERE id NOT IN (SELECT item_id FROM sighting)",
	"UPDATE item_body SET summary_markup = NULL, content_markup = NULL WHERE item_id NOT IN "
	"(SELECT item_id FROM article WHERE text IS NOT NULL)",
	"UPDATE item_body SET summary_markup = NULL WHERE summary_markup IS NOT NULL "
	"AND (summary IS NOT NULL OR NOT json_valid(summary_markup))",
	"UPDATE item_body SET content_markup = NULL WHERE content_markup IS NOT NULL "
	"AND (content IS NOT NULL OR NOT json_valid(content_markup))",
	"DELETE FROM copy_key WHERE item_id NOT IN (SELECT item_id FROM item_sketch)",
	"UPDATE item SET page_state = 'waiting', page_due_at = 0 WHERE state = 'pending' "
	"AND page_state <> 'waiting'",
	"DELETE FROM arrival WHERE kind = 0 AND seq NOT IN (SELECT min(seq) FROM arrival "
	"WHERE kind = 0 GROUP BY item_id)",
	/* part of it was overwritten; the text is there */
	"UPDATE article SET markup = NULL WHERE markup IS NOT NULL "
	"AND (html IS NOT NULL OR text IS NULL OR NOT json_valid(markup))",
	/* arrived, nobody knows when: not printed as news once more */
	"UPDATE item SET is_backlog = 1 WHERE state = 'ready' AND id NOT IN "
	"(SELECT item_id FROM arrival WHERE kind = 0)",
};

static const char sequence_sql[] =
	/* cursors and editions count on: no number may come again */
	"UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(to_seq), 0) FROM edition), "
	"(SELECT coalesce(max(seq), 0) FROM cursor)) WHERE name = 'arrival'";
static const char arrive_sql[] =
	"INSERT INTO arrival (item_id, kind, at) SELECT id, 0, first_seen_at FROM item WHERE "
	"state = 'ready' AND id NOT IN (SELECT item_id FROM arrival WHERE kind = 0) ORDER BY id";

/* What has arrived is found by the number of its arrival, what was dropped by one of its own. */
static const char number_sql[] =
	"UPDATE item SET seq = NULL;"
	"UPDATE item SET seq = (SELECT min(seq) FROM arrival WHERE item_id = item.id AND kind = 0) "
	"WHERE state = 'ready';"
	"INSERT INTO arrival (item_id, kind, at) SELECT id, 0, first_seen_at FROM item "
	"WHERE state = 'dropped' ORDER BY id;"
	"UPDATE item SET seq = (SELECT max(seq) FROM arrival WHERE item_id = item.id) "
	"WHERE state = 'dropped';"
	"DELETE FROM arrival WHERE item_id IN (SELECT id FROM item WHERE state = 'dropped');"
	"UPDATE item SET has_body = EXISTS "
	"(SELECT 1 FROM article WHERE item_id = item.id AND text IS NOT NULL);"
	"UPDATE item SET has_body = 2 WHERE has_body = 1 AND id IN (SELECT item_id FROM "
	"(SELECT item_id, edition_id FROM edition_item UNION ALL "
	"SELECT item_id, edition_id FROM edition_update) WHERE edition_id IN "
	"(SELECT id FROM edition WHERE state = 'kept'));"
	"UPDATE item SET story_id = NULL WHERE story_id NOT IN "
	"(SELECT id FROM item AS first WHERE first.story_id = first.id)";

static enum status run(struct recover *r, const char *sql, bool counts)
{
	int result = sqlite3_exec(r->to, sql, NULL, NULL, NULL);

	if (result == SQLITE_OK && counts)
		r->report->mended += sqlite3_changes64(r->to);
	return sql_status(result);
}

static enum status mend(struct recover *r, const struct store_watch *watch)
{
	double items = (double)recover_number(r->to, "SELECT count(*) FROM item");
	enum status status = STATUS_OK;
	int64_t changed;
	size_t i;

	watch_begin(&r->watching, watch, r->to, "mending and indexing");
	watch_step(&r->watching, MENDING_SHARE, items * STEPS_MENDING);
	for (i = 0; status == STATUS_OK && i < ARRAY_LEN(parents); i++)
		status = run(r, parents[i], true);
	while (status == STATUS_OK && (changed = mend_orphans(r)) > 0)
		r->report->mended += changed;
	if (status == STATUS_OK)
		status = run(r, forget_sql, false);
	for (i = 0; status == STATUS_OK && i < ARRAY_LEN(mending); i++)
		status = run(r, mending[i], true);
	if (status == STATUS_OK)
		status = run(r, sequence_sql, false);
	if (status == STATUS_OK)
		status = run(r, arrive_sql, true);
	if (status == STATUS_OK)
		status = run(r, number_sql, false);
	watch_step(&r->watching, 1, items * STEPS_INDEXING);
	if (status == STATUS_OK)
		status = run(r, "INSERT INTO item_fts (item_fts) VALUES ('rebuild')", false);
	watch_end(&r->watching);
	return status;
}

static void ignore_line(void *context, const char *line)
{
	(void)context, (void)line;
}

/* STATUS_OK: it is damaged. STATUS_EXISTS: all of it can be read and holds together. */
static enum status judge(const char *path, char **why, const struct store_watch *watch)
{
	struct store *store = NULL;
	enum status status = store_open(path, STORE_READ, &store, why);

	if (status == STATUS_OK && store_check(store, watch, ignore_line, NULL) == STATUS_OK) {
		*why = xasprintf("%s: nothing is wrong with it", path);
		status = STATUS_EXISTS;
	} else if (status != STATUS_NEWER) {
		free(*why);
		*why = NULL;
		status = STATUS_OK;
	}
	store_close(store);
	return status;
}

static void remove_with_ending(const char *path, const char *ending)
{
	char *name = xasprintf("%s%s", path, ending);

	unlink(name);
	free(name);
}

/* The damaged file under another name as well, its log under that name only. */
static enum status put_aside(const char *path, struct recovery *report)
{
	char stamp[32], *log = xasprintf("%s-wal", path), *kept_log;
	time_t now = time(NULL);
	struct tm utc;
	enum status status = STATUS_OK;

	strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
	report->kept_as = xasprintf("%s.damaged-%s", path, stamp);
	kept_log = xasprintf("%s-wal", report->kept_as);
	if (link(path, report->kept_as) != 0)
		status = STATUS_IO;
	/* A log beside the new store would be taken for its own. */
	if (status == STATUS_OK && rename(log, kept_log) != 0 && errno != ENOENT)
		status = STATUS_IO;
	if (status == STATUS_OK) {
		remove_with_ending(path, "-shm");
		status = folder_sync_of(path);
	}
	free(kept_log);
	free(log);
	return status;
}

static enum status open_damaged(const char *path, sqlite3 **db)
{
	int result = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE, NULL);

	/* It stays as it was found. */
	if (result == SQLITE_OK)
		result = sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_exec(*db,
			"PRAGMA writable_schema = ON; PRAGMA cell_size_check = ON; "
			"PRAGMA query_only = ON; SELECT count(*) FROM sqlite_schema",
			NULL, NULL, NULL);
	return sql_status(result);
}

/* Those that only their trees tell: named, unless something came of them. */
static void add_untold(struct recover *r)
{
	sqlite3_stmt *tables = NULL;

	sqlite3_prepare_v2(r->to,
		"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
		"AND wr AND ncol < ?1 ORDER BY name",
		-1, &tables, NULL);
	sqlite3_bind_int(tables, 1, SALVAGE_FEW_COLUMNS);
	while (sqlite3_step(tables) == SQLITE_ROW)
		buf_printf(&r->damaged, " %s ", sql_text(tables, 0));
	sqlite3_finalize(tables);
}

/* By the trees of the file, where SQLite finds its way, and from its pages what that missed. */
static void gather(struct recover *r, const char *path, const struct store_watch *watch)
{
	bool has_trees = open_damaged(path, &r->from) == STATUS_OK;

	if (has_trees) {
		r->pages = recover_number(r->from, "PRAGMA page_count");
		watch_begin(&r->watching, watch, NULL, "copying rows");
		recover_rows(r);
	} else {
		r->report->places++;
	}
	if (!has_trees || r->damaged.len) {
		watch_begin(&r->watching, watch, NULL, "gathering rows from pages");
		salvage(path, has_trees ? r->from : NULL, r->to,
			has_trees ? buf_text(&r->damaged) : NULL, &r->report->salvaged,
			&r->watching);
	}
	if (!has_trees)
		add_untold(r);
	name_lost(r);
	buf_finish(&r->damaged);
	sqlite3_close(r->from);
}

static enum status fill(const char *path, struct store *fresh, struct recovery *report,
	const struct store_watch *watch)
{
	struct recover r = {.to = store_db(fresh), .report = report};
	enum status status = run(&r, "PRAGMA foreign_keys = OFF; BEGIN", false);

	if (status == STATUS_OK) {
		gather(&r, path, watch);
		status = mend(&r, watch);
	}
	if (status == STATUS_OK)
		status = run(&r, "COMMIT; PRAGMA foreign_keys = ON", false);
	report->feeds =
		recover_number(r.to, "SELECT count(*) FROM feed WHERE state <> 'unsubscribed'");
	report->items = recover_number(r.to, "SELECT count(*) FROM item");
	report->editions = recover_number(r.to, "SELECT count(*) FROM edition");
	if (status == STATUS_OK && report->feeds + report->items == 0)
		status = STATUS_CORRUPT;
	/* one file, all of it on disk */
	if (status == STATUS_OK)
		status = run(&r, "PRAGMA wal_checkpoint(TRUNCATE)", false);
	if (status == STATUS_OK)
		status = store_check(fresh, watch, ignore_line, NULL);
	return status;
}

static enum status replace(const char *path, const char *fresh_path, struct recovery *report)
{
	enum status status = put_aside(path, report);

	if (status == STATUS_OK && rename(fresh_path, path) != 0)
		status = STATUS_IO;
	return status == STATUS_OK ? folder_sync_of(path) : status;
}

static void remove_fresh(const char *fresh_path)
{
	static const char *const endings[] = {"", "-wal", "-shm"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(endings); i++)
		remove_with_ending(fresh_path, endings[i]);
}

static enum status recover(
	const char *path, struct recovery *report, char **why, const struct store_watch *watch)
{
	char *fresh_path = xasprintf("%s.recovered", path);
	struct store *fresh = NULL;
	enum status status;

	remove_fresh(fresh_path);
	status = file_make_like(fresh_path, path);
	if (status == STATUS_OK)
		status = store_open(fresh_path, STORE_WRITE, &fresh, why);
	else
		*why = xasprintf("%s: cannot be made: %s", fresh_path, strerror(errno));
	if (status == STATUS_OK) {
		status = fill(path, fresh, report, watch);
		if (status != STATUS_OK)
			*why = xasprintf("%s: nothing can be had of it (%s); it stays as it is",
				path, status_text(status));
	}
	store_close(fresh);
	if (status == STATUS_OK) {
		status = replace(path, fresh_path, report);
		if (status != STATUS_OK)
			*why = xasprintf("%s: the new store %s cannot take its place: %s", path,
				fresh_path, strerror(errno));
	} else {
		remove_fresh(fresh_path);
	}
	free(fresh_path);
	return status;
}

enum status store_recover(
	const char *path, struct recovery *report, char **why, const struct store_watch *watch)
{
	int lock_fd = -1;
	enum status status;

	*report = (struct recovery){0};
	*why = NULL;
	if (access(path, F_OK) != 0) {
		*why = xasprintf("%s: %s", path, strerror(errno));
		return STATUS_NOT_FOUND;
	}
	status = store_lock(path, &lock_fd, why);
	if (status == STATUS_OK)
		status = judge(path, why, watch);
	if (status == STATUS_OK)
		status = recover(path, report, why, watch);
	if (lock_fd >= 0)
		close(lock_fd);
	return status;
}
