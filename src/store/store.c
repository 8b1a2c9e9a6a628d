#include "store/store.h"
#include "store/fts.h"

#include "core/buf.h"
#include "core/log.h"
#include "core/mem.h"
#include "store/migrate.h"
#include "store/prefix.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct cached {
	const char *sql; /* a literal: its address is its name */
	sqlite3_stmt *statement;
};

/* A new item whose words are not in the full-text index yet. */
struct unindexed {
	int64_t item_id;
	int64_t seq;
	const char *title, *text, *author; /* in words */
	bool is_changed;                   /* they are; the store has the new ones */
};

struct store {
	sqlite3 *db;
	char *path;
	int lock_fd;            /* of the file, which it locks; -1: no writer's */
	bool is_gone;           /* the path does not lead to it any more */
	atomic_bool is_hurried; /* do not wait long for others */
	struct cached *cache;
	size_t cache_count, cache_space;
	/* of this transaction */
	struct unindexed *unindexed;
	size_t unindexed_count, unindexed_space;
	size_t savepoint_count; /* of them, when the savepoint began */
	struct arena words;
	int64_t last_seq; /* of the arrivals; 0: it is to be looked up */
};

/* How long a statement waits for another connection: a checkpoint on a slow disk takes seconds. */
enum {
	BUSY_TIMEOUT_MS = 15000,
	BUSY_HURRIED_MS = 500,
	BUSY_STEP_MS = 20,
	VERSION_MAX = 1000, /* above it a store is damaged, not newer */
	WAL_BYTES_KEPT = 32 * 1024 * 1024
};

/* tries: how often it was called for this lock. 0: give up. */
static int on_busy(void *context, int tries)
{
	struct store *store = context;
	int most_ms = atomic_load(&store->is_hurried) ? BUSY_HURRIED_MS : BUSY_TIMEOUT_MS;

	if (tries >= most_ms / BUSY_STEP_MS)
		return 0;
	sqlite3_sleep(BUSY_STEP_MS);
	return 1;
}

static void __attribute__((format(printf, 2, 3))) explain(char **why, const char *format, ...)
{
	struct buf text = {0};
	va_list args;

	if (!why)
		return;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	*why = buf_take(&text);
}

/*
 * Nobody can remove the lock of a store but with the store, so it is on the file itself, on a byte
 * of the page that SQLite locks in and puts nothing into (its own 512 bytes begin at 0x40000000).
 * An open file description holds it, since SQLite's own locks are the process's; closing any
 * descriptor of the file drops those, hence this one is opened before SQLite's and closed after
 * them.
 */
enum { LOCK_BYTE = 0x40000000 + 512 };

/* Whether the file is still what the path leads to. */
static bool is_at(int fd, const char *path)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && stat(path, &named) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* A pipe would be waited at, and a device be asked. */
static enum status check_kind(const char *path, char **why)
{
	struct stat found;

	if (stat(path, &found) != 0 || S_ISREG(found.st_mode))
		return STATUS_OK;
	explain(why, "%s: is a %s; the name of a file was meant", path,
		S_ISDIR(found.st_mode) ? "folder" : "pipe or a device");
	return STATUS_IO;
}

static enum status open_to_lock(const char *path, int *fd, char **why)
{
	enum status status = check_kind(path, why);
	int problem;

	if (status != STATUS_OK)
		return status;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
	if (*fd >= 0)
		return STATUS_OK;
	problem = errno;
	explain(why, "%s: %s%s", path, strerror(problem),
		problem == ENOENT || problem == ENOTDIR
			? "; the store's folder must be there: make it, or name another "
			  "with store { path = ... }"
		: problem == EACCES || problem == EPERM
			? "; the user of the daemon must be able to write it, and in its folder"
			: "");
	return STATUS_IO;
}

enum status store_lock(const char *path, int *fd, char **why)
{
	struct flock byte = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = LOCK_BYTE, .l_len = 1};
	enum status status = open_to_lock(path, fd, why);

	if (status != STATUS_OK)
		return status;
	if (fcntl(*fd, F_OFD_SETLK, &byte) != 0) {
		status = errno == EAGAIN || errno == EACCES ? STATUS_BUSY : STATUS_IO;
		if (status == STATUS_BUSY)
			explain(why, "%s: another diurnad works on this store", path);
		else
			explain(why, "%s: cannot be locked: %s", path, strerror(errno));
	} else if (!is_at(*fd, path)) {
		/* `diurna recover` has put another one there meanwhile */
		status = STATUS_BUSY;
		explain(why, "%s: was replaced just now; try again", path);
	}
	return status;
}

static enum status pragma_int(struct store *store, const char *sql, int64_t *value)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);

	*value = 0;
	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return sql_status(result);
}

/* Whether the file is ours and not of a later time; nothing is written. *version 0: it is empty. */
static enum status version_check(struct store *store, int64_t *version, char **why)
{
	int64_t application, tables;
	enum status status = pragma_int(store, "PRAGMA user_version", version);

	if (status == STATUS_OK)
		status = pragma_int(store, "PRAGMA application_id", &application);
	if (status == STATUS_OK)
		status = pragma_int(store, "SELECT count(*) FROM sqlite_schema", &tables);
	if (status != STATUS_OK) {
		explain(why, "%s: %s", store->path, store_error(store));
		return status == STATUS_SYNTAX ? STATUS_CORRUPT : status;
	}
	if (*version == 0 && tables == 0 && application == 0)
		return STATUS_OK;
	if (application != SCHEMA_APPLICATION || *version < 1) {
		explain(why, "%s: a database, but no store of diurna", store->path);
		return STATUS_CORRUPT;
	}
	if (*version > VERSION_MAX) {
		explain(why, "%s: its version cannot be %lld", store->path, (long long)*version);
		return STATUS_CORRUPT;
	}
	if (*version > SCHEMA_VERSION) {
		explain(why,
			"%s: made by a newer diurna (store version %lld, this one knows %d); "
			"left alone",
			store->path, (long long)*version, SCHEMA_VERSION);
		return STATUS_NEWER;
	}
	return STATUS_OK;
}

static enum status schema_make(struct store *store, char **why)
{
	char *numbers = xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		SCHEMA_APPLICATION, SCHEMA_VERSION);
	enum status status = sql_script(store, "BEGIN IMMEDIATE", why);

	if (status == STATUS_OK)
		status = sql_script(store, schema_sql, why);
	if (status == STATUS_OK)
		status = sql_script(store, views_sql, why);
	if (status == STATUS_OK)
		status = sql_script(store, numbers, why);
	free(numbers);
	return status;
}

/* A private index of one item at a time: rules ask it, and the big one is not flushed for them. */
static const char filing_index[] = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.filing_fts USING fts5 "
				   "(title, text, author, tokenize = 'diurna remove_diacritics 2')";

static enum status prepare_writer(struct store *store, char **why)
{
	int64_t version;
	enum status status = version_check(store, &version, why);

	/* so that a store can become smaller; it must be said before there is anything */
	if (status == STATUS_OK && version == 0)
		status = sql_script(store, STORE_LAYOUT, why);
	if (status == STATUS_OK)
		status = sql_script(
			store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", why);
	if (status == STATUS_OK && version == 0)
		status = schema_make(store, why);
	else if (status == STATUS_OK && version < SCHEMA_VERSION)
		status = store_migrate(store, version, why);
	if (status == STATUS_OK)
		status = sql_script(store, filing_index, why);
	if (status == STATUS_OK)
		prefix_prepare(store->db);
	sqlite3_exec(store->db, "PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 16000",
		NULL, NULL, NULL);
	return status;
}

static enum status prepare_reader(struct store *store, enum store_mode mode, char **why)
{
	int64_t version;
	enum status status = version_check(store, &version, why);

	if (status == STATUS_OK && version == 0) {
		explain(why, "%s: empty; diurnad has not worked on it yet", store->path);
		return STATUS_NOT_FOUND;
	}
	if (status == STATUS_OK && version < SCHEMA_VERSION) {
		explain(why,
			"%s: made by an older diurna (store version %lld, this one has %d); "
			"diurnad brings it forward when it starts",
			store->path, (long long)version, SCHEMA_VERSION);
		return STATUS_OLDER;
	}
	if (status == STATUS_OK) {
		prefix_prepare(store->db);
		status = sql_script(store,
			mode == STORE_READ ? "PRAGMA query_only = ON" : "PRAGMA synchronous = FULL",
			why);
	}
	return status;
}

/*
 * A reader without the right to write beside the store cannot make the shared memory of WAL. While
 * nobody writes there is no log either, and the file alone is the whole store.
 */
static enum status open_alone(struct store *store)
{
	char *log = xasprintf("%s-wal", store->path);
	int result = SQLITE_CANTOPEN;
	struct buf name = {0};

	if (access(log, F_OK) != 0) {
		buf_puts(&name, "file:");
		for (const char *s = store->path; *s; s++)
			if (strchr("%?#", *s))
				buf_printf(&name, "%%%02X", (unsigned char)*s);
			else
				buf_putc(&name, *s);
		buf_puts(&name, "?immutable=1");
		sqlite3_close(store->db);
		store->db = NULL;
		result = sqlite3_open_v2(buf_text(&name), &store->db,
			SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	}
	buf_finish(&name);
	free(log);
	return sql_status(result);
}

static bool can_read(struct store *store)
{
	int result = sqlite3_exec(store->db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL);

	return (result & 0xFF) != SQLITE_CANTOPEN && (result & 0xFF) != SQLITE_READONLY;
}

static enum status open_database(struct store *store, enum store_mode mode, char **why)
{
	char *limit = xasprintf("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; "
				"PRAGMA journal_size_limit = %d",
		WAL_BYTES_KEPT);
	int flags = mode == STORE_WRITE  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
		    : mode == STORE_MARK ? SQLITE_OPEN_READWRITE
					 : SQLITE_OPEN_READONLY;
	int result;
	enum status status = check_kind(store->path, why);

	if (status != STATUS_OK) {
		free(limit);
		return status;
	}
	result = sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (result != SQLITE_OK) {
		bool is_refused =
			access(store->path, mode == STORE_READ ? R_OK : R_OK | W_OK) != 0 &&
			errno != ENOENT;

		explain(why, "%s: %s", store->path,
			is_refused ? strerror(errno) : store_error(store));
		free(limit);
		return STATUS_IO;
	}
	sqlite3_busy_handler(store->db, on_busy, store);
	sqlite3_extended_result_codes(store->db, 1);
	if (mode == STORE_READ && !can_read(store))
		open_alone(store);
	/* before anything temporary is made: a change of temp_store throws it away */
	sqlite3_exec(store->db, limit, NULL, NULL, NULL);
	status = fts_register(store->db);
	if (status != STATUS_OK)
		explain(why, "%s: this SQLite has no full-text search", store->path);
	else
		status = mode == STORE_WRITE ? prepare_writer(store, why)
					     : prepare_reader(store, mode, why);
	free(limit);
	return status;
}

enum status store_open(const char *path, enum store_mode mode, struct store **result, char **why)
{
	static bool is_configured;
	struct store *store;
	enum status status = STATUS_OK;

	/* Nobody asks SQLite how much memory it uses, and counting it takes a lock each time. */
	if (!is_configured)
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	is_configured = true;
	*result = NULL;
	if (why)
		*why = NULL;
	if (mode != STORE_WRITE && access(path, R_OK) != 0) {
		explain(why, "%s: %s", path, strerror(errno));
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	}
	store = xcalloc(1, sizeof(*store));
	store->path = xstrdup(path);
	store->lock_fd = -1;
	if (mode == STORE_WRITE)
		status = store_lock(path, &store->lock_fd, why);
	if (status == STATUS_OK)
		status = open_database(store, mode, why);
	if (status != STATUS_OK) {
		store_close(store);
		return status;
	}
	*result = store;
	return STATUS_OK;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->cache_count; i++)
		sqlite3_finalize(store->cache[i].statement);
	sqlite3_close(store->db);
	if (store->lock_fd >= 0)
		close(store->lock_fd); /* not before SQLite's */
	free(store->cache);
	free(store->unindexed);
	arena_finish(&store->words);
	free(store->path);
	free(store);
}

void store_hurry(struct store *store)
{
	atomic_store(&store->is_hurried, true);
}

sqlite3 *store_db(struct store *store)
{
	return store->db;
}

const char *store_path(const struct store *store)
{
	return store->path;
}

enum status store_set_durable(struct store *store, bool is_durable)
{
	if (is_durable)
		return sql_run(store, "PRAGMA synchronous = FULL", "");
	return sql_run(store, "PRAGMA synchronous = NORMAL", "");
}

static void forget_transaction(struct store *store)
{
	store->unindexed_count = 0;
	store->savepoint_count = 0;
	arena_finish(&store->words);
	store->last_seq = 0;
}

/*
 * Somebody moved the file of a writer, removed it or put another one in its place: what would be
 * written now would be lost, and its log would be taken for the other's. What the log has goes into
 * the file, wherever that is.
 */
static bool is_gone(struct store *store)
{
	bool was_gone = store->is_gone;

	store->is_gone = store->lock_fd >= 0 && !is_at(store->lock_fd, store->path);
	if (store->is_gone && !was_gone)
		sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return store->is_gone;
}

enum status store_begin(struct store *store)
{
	forget_transaction(store);
	if (is_gone(store))
		return STATUS_IO;
	return sql_run(store, "BEGIN IMMEDIATE", "");
}

/* A statement in the middle of its rows would hold its view of the store, and the log with it. */
static void reset_all(struct store *store)
{
	for (size_t i = 0; i < store->cache_count; i++)
		sqlite3_reset(store->cache[i].statement);
}

enum status store_savepoint(struct store *store)
{
	store->savepoint_count = store->unindexed_count;
	return sql_run(store, "SAVEPOINT msg", "");
}

enum status store_savepoint_end(struct store *store, bool keep)
{
	if (!keep) {
		sql_run(store, "ROLLBACK TO msg", "");
		store->unindexed_count = store->savepoint_count;
		store->last_seq = 0;
	}
	return sql_run(store, "RELEASE msg", "");
}

enum status store_begin_read(struct store *store)
{
	return sql_run(store, "BEGIN", "");
}

void store_index_later(struct store *store, int64_t item_id, int64_t seq, const char *title,
	const char *text, const char *author)
{
	ARRAY_GROW(store->unindexed, store->unindexed_count, store->unindexed_space);
	store->unindexed[store->unindexed_count++] = (struct unindexed){
		.item_id = item_id,
		.seq = seq,
		.title = arena_strdup(&store->words, title),
		.text = arena_strdup(&store->words, text),
		.author = arena_strdup(&store->words, author),
	};
}

bool store_index_anew(struct store *store, int64_t item_id)
{
	bool is_there = false;

	for (size_t i = 0; i < store->unindexed_count; i++)
		if (store->unindexed[i].item_id == item_id)
			is_there = store->unindexed[i].is_changed = true;
	return is_there;
}

enum status store_next_seq(struct store *store, int64_t *seq)
{
	enum status status = STATUS_OK;

	/* outside a transaction others may write in between */
	if (store->last_seq == 0 || sqlite3_get_autocommit(store->db))
		status = sql_int(store, "SELECT seq FROM sqlite_sequence WHERE name = 'arrival'",
			&store->last_seq, "");
	*seq = store->last_seq + 1;
	return status;
}

void store_seq_used(struct store *store, int64_t seq)
{
	store->last_seq = seq;
}

static int by_seq(const void *a, const void *b)
{
	const struct unindexed *x = a, *y = b;

	return (x->seq > y->seq) - (x->seq < y->seq);
}

static enum status index_words(
	struct store *store, int64_t seq, const char *title, const char *text, const char *author)
{
	return sql_run(store,
		"INSERT INTO item_fts (rowid, title, text, author) VALUES (?1, ?2, ?3, ?4)", "isss",
		seq, title, text, author);
}

static enum status index_one(struct store *store, const struct unindexed *one)
{
	sqlite3_stmt *s;
	enum status status;

	if (!one->is_changed)
		return index_words(store, one->seq, one->title, one->text, one->author);
	status = sql_row(store,
		"SELECT title, text, author FROM item_words WHERE id = ?1 AND item_id = ?2", &s,
		"ii", one->seq, one->item_id);
	if (status != STATUS_OK || !s)
		return status;
	status = index_words(store, one->seq, sql_text(s, 0), sql_text(s, 1), sql_text(s, 2));
	sqlite3_reset(s);
	return status;
}

/*
 * FTS5 keeps what is inserted in memory as long as rows come in order and no savepoint begins, and
 * writes it in one piece: many times faster than a piece an item.
 */
static enum status index_all(struct store *store)
{
	struct unindexed *list = store->unindexed;
	enum status status = STATUS_OK;

	if (store->unindexed_count)
		qsort(list, store->unindexed_count, sizeof(*list), by_seq);
	for (size_t i = 0; i < store->unindexed_count && status == STATUS_OK; i++)
		if (i == 0 || list[i].seq != list[i - 1].seq)
			status = index_one(store, &list[i]);
	return status;
}

enum status store_commit(struct store *store)
{
	enum status status = index_all(store);

	reset_all(store);
	if (status == STATUS_OK)
		status = sql_run(store, "COMMIT", "");
	if (status == STATUS_OK)
		forget_transaction(store);
	return status;
}

void store_rollback(struct store *store)
{
	reset_all(store);
	forget_transaction(store);
	if (!sqlite3_get_autocommit(store->db))
		sql_run(store, "ROLLBACK", "");
}

enum status store_statement(struct store *store, const char *sql, sqlite3_stmt **statement)
{
	int result;

	*statement = NULL;
	for (size_t i = 0; i < store->cache_count; i++)
		if (store->cache[i].sql == sql) {
			*statement = store->cache[i].statement;
			sqlite3_reset(*statement);
			sqlite3_clear_bindings(*statement);
			return STATUS_OK;
		}
	result = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
	if (result != SQLITE_OK)
		return sql_status(result);
	ARRAY_GROW(store->cache, store->cache_count, store->cache_space);
	store->cache[store->cache_count++] = (struct cached){sql, *statement};
	return STATUS_OK;
}

enum status store_step(struct store *store, sqlite3_stmt *statement, bool *has_row)
{
	int result = sqlite3_step(statement);

	(void)store;
	if (has_row)
		*has_row = result == SQLITE_ROW;
	if (result != SQLITE_ROW && result != SQLITE_DONE)
		sqlite3_reset(statement);
	return sql_status(result);
}

const char *store_error(struct store *store)
{
	if (store->is_gone)
		return "another file is there, or none; put this one back, or start diurnad anew";
	return log_visible(sqlite3_errmsg(store->db));
}

enum status store_setting_get(struct store *store, const char *name, char **value)
{
	sqlite3_stmt *row;
	enum status status =
		sql_row(store, "SELECT value FROM setting WHERE name = ?1", &row, "s", name);

	*value = row ? sql_dup(row, 0) : NULL;
	if (row)
		sqlite3_reset(row);
	return status;
}

enum status store_setting_set(struct store *store, const char *name, const char *value)
{
	if (!value)
		return sql_run(store, "DELETE FROM setting WHERE name = ?1", "s", name);
	return sql_run(store,
		"INSERT INTO setting (name, value) VALUES (?1, ?2) "
		"ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		"ss", name, value);
}
