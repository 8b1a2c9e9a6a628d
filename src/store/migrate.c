#include "store/migrate.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "store/aliases.h"
#include "store/sql.h"
#include "store/watch.h"
#include "store/woven.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* steps[N] leads from version N - 1 to N. */
static const char *const steps[SCHEMA_VERSION + 1] = {[2] = migrate_2_sql,
	[3] = migrate_3_sql,
	[4] = migrate_4_sql,
	[5] = migrate_5_sql,
	[6] = migrate_6_sql};

/* The last step that left less in the file than there was. */
enum { SMALLER_VERSION = 4 };

/* A large store takes minutes, in which nothing else is done: the log says that it goes on. */
enum { TELL_EVERY_MS = 10000 };

struct telling {
	const char *path;
	int64_t started_ms, told_ms;
};

static void on_share(void *context, const char *what, double share)
{
	struct telling *telling = context;
	int64_t now = clock_monotonic_ms();

	if (now - telling->told_ms < TELL_EVERY_MS)
		return;
	telling->told_ms = now;
	if (share > 0)
		log_notice("store %s: %s, %.0f %% of that; %lld s so far", telling->path, what,
			share * 100, (long long)(now - telling->started_ms) / 1000);
	else
		log_notice("store %s: %s; %lld s so far", telling->path, what,
			(long long)(now - telling->started_ms) / 1000);
}

static enum status keep_copy(
	struct store *store, int64_t version, const struct store_watch *watch, char **why)
{
	char *path = xasprintf("%s.version-%lld", store_path(store), (long long)version);
	enum status status;

	log_notice("store %s: version %lld, brought forward to %d; a copy of it will be %s",
		store_path(store), (long long)version, SCHEMA_VERSION, path);
	status = store_backup(store, path, watch);
	if (status != STATUS_OK && why)
		*why = xasprintf("%s: cannot be copied to %s before it is brought forward: %s",
			store_path(store), path, errno ? strerror(errno) : status_text(status));
	free(path);
	return status;
}

static enum status drop_views(struct store *store, char **why)
{
	sqlite3_stmt *s = NULL;
	char *script = NULL;
	enum status status = sql_status(sqlite3_prepare_v2(store_db(store),
		"SELECT group_concat('DROP VIEW \"' || name || '\";', ' ') FROM sqlite_schema "
		"WHERE type = 'view'",
		-1, &s, NULL));

	if (status == STATUS_OK && sqlite3_step(s) == SQLITE_ROW)
		script = sql_dup(s, 0);
	sqlite3_finalize(s);
	if (status == STATUS_OK && script)
		status = sql_script(store, script, why);
	free(script);
	return status;
}

/* Not in the cache of statements: what it is prepared on changes. */
static enum status count_dangling(struct store *store, int64_t *count)
{
	sqlite3_stmt *s = NULL;
	enum status status = sql_status(sqlite3_prepare_v2(
		store_db(store), "SELECT count(*) FROM pragma_foreign_key_check", -1, &s, NULL));

	*count = 0;
	if (status == STATUS_OK && sqlite3_step(s) == SQLITE_ROW)
		*count = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return status;
}

static enum status run_steps(struct store *store, int64_t version, char **why)
{
	char *number = xasprintf("PRAGMA user_version = %d", SCHEMA_VERSION);
	int64_t before, after = 0;
	enum status status = count_dangling(store, &before);

	if (status == STATUS_OK)
		status = drop_views(store, why);
	while (status == STATUS_OK && version < SCHEMA_VERSION)
		status = sql_script(store, steps[++version], why);
	if (status == STATUS_OK)
		status = sql_script(store, views_sql, why);
	if (status == STATUS_OK)
		status = count_dangling(store, &after);
	if (status == STATUS_OK && after > before) {
		if (why)
			*why = xasprintf("%s: rows would refer to rows that are not there",
				store_path(store));
		status = STATUS_CORRUPT;
	}
	if (status == STATUS_OK)
		status = sql_script(store, number, why);
	free(number);
	return status;
}

/* canonical_identity(url), for steps after a change of what is canonical. */
static void sql_canonical(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct arena arena = {0};
	char *canonical = canonical_identity((const char *)sqlite3_value_text(values[0]), &arena);

	(void)count;
	if (canonical)
		sqlite3_result_text(context, canonical, -1, SQLITE_TRANSIENT);
	else
		sqlite3_result_null(context);
	arena_finish(&arena);
}

/* woven(html, text): what woven_make makes of them; null: html is stored as it is. */
static void sql_woven(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct arena arena = {0};
	const char *markup = woven_make((const char *)sqlite3_value_text(values[0]),
		(const char *)sqlite3_value_text(values[1]), &arena);

	(void)count;
	/* NULL is null */
	sqlite3_result_text(context, markup, -1, SQLITE_TRANSIENT);
	arena_finish(&arena);
}

/*
 * What is temporary is in memory elsewhere; here that is what is sorted, and at the end all of the
 * store. On the disk it stands beside the store, where there is room and we may write.
 */
static void put_temporary_on_disk(struct store *store, bool is_on_disk)
{
	const char *path = store_path(store), *slash = strrchr(path, '/');

	sqlite3_free(sqlite3_temp_directory);
	sqlite3_temp_directory = NULL;
	if (is_on_disk)
		sqlite3_temp_directory =
			slash > path ? sqlite3_mprintf("%.*s", (int)(slash - path), path)
				     : sqlite3_mprintf("%s", slash ? "/" : ".");
	sqlite3_exec(store_db(store),
		is_on_disk ? "PRAGMA temp_store = FILE" : "PRAGMA temp_store = MEMORY", NULL, NULL,
		NULL);
}

/*
 * The log of writes that SQLite has copied into the store and could not remove. To write all anew
 * it would take this log up again, with pages of another size: nothing would be left that can be
 * read.
 */
static bool has_log(const struct store *store)
{
	char *path = xasprintf("%s-wal", store_path(store));
	bool is_there = access(path, F_OK) == 0;

	free(path);
	return is_there;
}

/* Written anew, which the size of pages needs a rollback journal for; it works without, too. */
static void make_smaller(struct store *store)
{
	sqlite3 *db = store_db(store);
	bool is_closed = sqlite3_exec(db, "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE",
				 NULL, NULL, NULL) == SQLITE_OK;

	if (is_closed && has_log(store))
		log_notice("store %s: it will not become smaller, its log cannot be removed",
			store_path(store));
	else if (!is_closed ||
		 sqlite3_exec(db, STORE_LAYOUT "; VACUUM", NULL, NULL, NULL) != SQLITE_OK)
		log_notice("store %s: it will not become smaller, %s", store_path(store),
			store_error(store));
}

enum status store_migrate(struct store *store, int64_t version, char **why)
{
	int64_t now = clock_monotonic_ms();
	struct telling telling = {store_path(store), now, now};
	struct store_watch watch = {on_share, &telling};
	struct watching watching;
	enum status status = keep_copy(store, version, &watch, why);

	put_temporary_on_disk(store, true);
	/* a step may make a table anew: rows that refer to it must not go with the old one */
	if (status == STATUS_OK)
		status = sql_status(sqlite3_create_function(store_db(store), "canonical_identity",
			1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, sql_canonical, NULL, NULL));
	if (status == STATUS_OK)
		status = sql_status(sqlite3_create_function(store_db(store), "woven", 2,
			SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, sql_woven, NULL, NULL));
	if (status == STATUS_OK)
		status = sql_script(store, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", why);
	watch_begin(&watching, &watch, store_db(store), "bringing it forward");
	if (status == STATUS_OK)
		status = run_steps(store, version, why);
	if (status == STATUS_OK)
		status = sql_script(store, "COMMIT", why);
	store_rollback(store);
	sqlite3_exec(store_db(store), "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	watch_begin(&watching, &watch, store_db(store), "making it smaller");
	if (status == STATUS_OK && version < SMALLER_VERSION)
		make_smaller(store);
	if (status == STATUS_OK)
		status = sql_script(
			store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", why);
	watch_end(&watching);
	put_temporary_on_disk(store, false);
	if (status == STATUS_OK)
		log_notice("store %s: version %d now, after %lld s", store_path(store),
			SCHEMA_VERSION, (long long)(clock_monotonic_ms() - now) / 1000);
	return status;
}
