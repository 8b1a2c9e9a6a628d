#include "cli/history.h"

#include "cli/app.h"
#include "cli/cmd.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "core/clock.h"
#include "core/date.h"
#include "core/file.h"
#include "core/job.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "store/history.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum {
	BATCH = 500,                         /* entries a document and transaction */
	FILE_BYTES_MAX = 1024 * 1024 * 1024, /* of an sfeed file */
	SFEED_FIELDS = 9,
	LOCKED_MS = 2000, /* newsboat writes for less */
};

/* The entries of one feed on their way, as a JSON Feed: what a stranger wrote goes to the parser.
 */
struct import {
	struct app app;
	struct store *store; /* NULL: nothing was found yet, or --dry-run */
	bool is_dry;
	char *feed, *title;
	json_t *items;
	struct history sum;
	size_t entries, skipped;
	int64_t total; /* entries of the file; 0: not known */
	struct progress progress;
	int code;
};

/* Made or opened when there is something to put into it: a file that is refused leaves nothing. */
static bool open_store(struct import *import)
{
	char *why = NULL;

	if (!import->store && store_open(import->app.config->store_path, STORE_WRITE,
				      &import->store, &why) != STATUS_OK)
		import->code = cmd_error(EX_TEMPFAIL,
			"the store: %s; stop the daemon for the time of the import",
			why ? log_visible(why) : "cannot be opened");
	free(why);
	return import->store != NULL;
}

static void record(struct import *import, const struct feed_doc *doc)
{
	enum status status;

	if (!open_store(import))
		return;
	status = store_begin(import->store);
	if (status == STATUS_OK)
		status = history_record(import->store, import->app.config, import->feed,
			import->title, doc, clock_now(), &import->sum);
	if (status == STATUS_OK)
		status = store_commit(import->store);
	if (status != STATUS_OK) {
		import->code = cmd_error(EX_IOERR, "the store: %s", store_error(import->store));
		store_rollback(import->store);
	}
}

/* A byte that is no UTF-8 costs itself, not the text around it. To be freed. */
static char *clean(const char *value)
{
	struct buf text = {0};
	size_t len = strlen(value), size;

	if (utf8_is_valid(value, len))
		return xstrdup(value);
	for (size_t i = 0; i < len; i += size)
		buf_put_utf8(&text, utf8_decode(value + i, len - i, &size));
	return buf_take(&text);
}

static json_t *json_text(const char *value)
{
	char *text = clean(value);
	json_t *json = json_string(text);

	free(text);
	return json;
}

/* What was gathered, through the parser into the store. */
static void flush(struct import *import)
{
	json_t *feed = json_pack("{s:s, s:o, s:o}", "version", "https://jsonfeed.org/version/1.1",
		"title", json_string(import->title ? import->title : ""), "items", import->items);
	char *text = json_dumps(feed, JSON_COMPACT);
	struct job job = {.kind = JOB_FEED,
		.url = import->feed,
		.content_type = "application/feed+json",
		.body = text,
		.body_len = text ? strlen(text) : 0,
		.entry_published = DATE_NONE};
	struct answer answer;
	enum status status;

	answer_init(&answer);
	if (json_array_size(import->items) && import->code == EX_OK) {
		status = parser_run(&job, job_deadline_ms(job.body_len), &answer);
		if (status != STATUS_OK || answer.status != STATUS_OK)
			import->code = cmd_error(EX_DATAERR, "%s: its entries cannot be read: %s",
				log_visible(import->feed),
				status != STATUS_OK ? status_text(status)
						    : log_visible(answer.message));
		else if (!import->is_dry)
			record(import, &answer.feed);
	}
	answer_finish(&answer);
	free(text);
	json_decref(feed);
	import->items = json_array();
	progress_show(
		&import->progress, (int64_t)(import->entries + import->skipped), import->total);
}

static void add(json_t *item, const char *name, const char *value)
{
	if (!str_is_empty(value))
		json_object_set_new(item, name, json_text(value));
}

/* One entry; text is HTML, or plain. */
static void take(struct import *import, const char *id, const char *url, const char *title,
	const char *text, bool is_html, const char *author, int64_t published)
{
	json_t *item = json_object();
	char date[DATE_TEXT_BYTES];

	add(item, "id", str_is_empty(id) ? url : id);
	add(item, "url", url);
	add(item, "title", title);
	add(item, is_html ? "content_html" : "content_text", text);
	if (!str_is_empty(author))
		json_object_set_new(
			item, "authors", json_pack("[{s:o}]", "name", json_text(author)));
	if (published > 0)
		add(item, "date_published", date_format(published, date));
	import->entries++;
	json_array_append_new(import->items, item);
	if (json_array_size(import->items) >= BATCH)
		flush(import);
}

static const char *column(sqlite3_stmt *row, int i)
{
	return (const char *)sqlite3_column_text(row, i);
}

/* Source: newsboat, src/cache.cpp: tables rss_feed and rss_item. */
static int64_t count_entries(sqlite3 *db)
{
	sqlite3_stmt *row = NULL;
	int64_t count = 0;

	if (sqlite3_prepare_v2(db, "SELECT count(*) FROM rss_item WHERE coalesce(deleted, 0) = 0",
		    -1, &row, NULL) == SQLITE_OK &&
		sqlite3_step(row) == SQLITE_ROW)
		count = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return count;
}

/* Since 2.20 an entry may be plain text. */
static sqlite3_stmt *ask_newsboat(sqlite3 *db)
{
	static const char *const sql[] = {
		"SELECT i.feedurl, f.title, i.guid, i.url, i.title, i.content, i.author, "
		"i.pubDate, i.content_mime_type FROM rss_item AS i LEFT JOIN rss_feed AS f ON "
		"f.rssurl = i.feedurl WHERE coalesce(i.deleted, 0) = 0 ORDER BY i.feedurl, i.pubDate",
		"SELECT i.feedurl, f.title, i.guid, i.url, i.title, i.content, i.author, "
		"i.pubDate, '' FROM rss_item AS i LEFT JOIN rss_feed AS f ON f.rssurl = i.feedurl "
		"WHERE coalesce(i.deleted, 0) = 0 ORDER BY i.feedurl, i.pubDate",
	};
	sqlite3_stmt *row = NULL;

	for (size_t i = 0; i < ARRAY_LEN(sql) && !row; i++)
		sqlite3_prepare_v2(db, sql[i], -1, &row, NULL);
	return row;
}

static void newsboat_failed(struct import *import, const char *path, sqlite3 *db)
{
	int result = sqlite3_errcode(db);

	if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
		import->code = cmd_error(EX_TEMPFAIL,
			"%s is in use; end newsboat, and import again", log_visible(path));
	else if (import->entries > 0)
		import->code = cmd_error(EX_DATAERR,
			"%s: damaged behind %zu entries, which are taken: %s", log_visible(path),
			import->entries, log_visible(sqlite3_errmsg(db)));
	else
		import->code = cmd_error(EX_DATAERR, "%s: no cache of newsboat: %s",
			log_visible(path), log_visible(sqlite3_errmsg(db)));
}

static void take_newsboat(struct import *import, const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *row = NULL;
	int result = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);

	if (result == SQLITE_OK) {
		sqlite3_busy_timeout(db, LOCKED_MS);
		row = ask_newsboat(db);
		import->total = row ? count_entries(db) : 0;
	}
	while (row && import->code == EX_OK && (result = sqlite3_step(row)) == SQLITE_ROW) {
		if (!column(row, 0) || !url_is_web(column(row, 0))) {
			import->skipped++; /* of a script or a query of its own */
			continue;
		}
		if (!str_eq(import->feed, column(row, 0))) {
			flush(import);
			free(import->feed);
			free(import->title);
			import->feed = xstrdup(column(row, 0));
			import->title = column(row, 1) ? clean(column(row, 1)) : NULL;
		}
		take(import, column(row, 2), column(row, 3), column(row, 4), column(row, 5),
			!str_eq(column(row, 8), "text/plain"), column(row, 6),
			sqlite3_column_int64(row, 7));
	}
	flush(import);
	if (import->code == EX_OK && result != SQLITE_DONE)
		newsboat_failed(import, path, db);
	sqlite3_finalize(row);
	sqlite3_close(db);
}

/* Source: sfeed(5): "\n", "\t" and "\\" stand for what cannot be in a field. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text == '\\' && text[1]) {
			text++;
			*to++ = *text == 'n' ? '\n' : *text == 't' ? '\t' : *text;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* Source: sfeed(5): timestamp, title, link, content, its type, id, author, enclosure, category. */
static void take_sfeed(struct import *import, char *text)
{
	char *line, *fields[SFEED_FIELDS];

	while (import->code == EX_OK && (line = strsep(&text, "\n"))) {
		size_t count = 0;

		while (count < SFEED_FIELDS && line)
			fields[count++] = strsep(&line, "\t");
		if (count < 3) {
			import->skipped += count > 1 || *fields[0];
			continue;
		}
		while (count < SFEED_FIELDS)
			fields[count++] = NULL;
		if (fields[3])
			unescape(fields[3]);
		take(import, fields[5], fields[2], fields[1], fields[3],
			!str_eq(fields[4], "plain"), fields[6], strtoll(fields[0], NULL, 10));
	}
	flush(import);
}

static void take_file(struct import *import, const char *path, const char *feed)
{
	struct buf head = {0}, text = {0};
	enum status status = file_read(path, 16, &head);
	bool is_database = head.len >= 15 && memcmp(head.data, "SQLite format 3", 15) == 0;

	if (status != STATUS_OK && status != STATUS_LIMIT) {
		import->code = cmd_error(EX_NOINPUT, "%s: %s", log_visible(path), strerror(errno));
	} else if (is_database) {
		take_newsboat(import, path);
	} else if (!feed) {
		import->code = cmd_usage_error("%s is no cache of newsboat; a file of sfeed needs "
					       "--feed URL, the feed that its lines are of",
			log_visible(path));
	} else if (file_read(path, FILE_BYTES_MAX, &text) != STATUS_OK) {
		import->code = cmd_error(EX_NOINPUT, "%s: cannot be read", log_visible(path));
	} else {
		import->feed = xstrdup(feed);
		/* an entry with a byte that ends texts is not the last one */
		for (size_t i = 0; i < text.len; i++)
			if (text.data[i] == '\0')
				text.data[i] = ' ';
		take_sfeed(import, text.data);
		if (import->code == EX_OK && import->entries == 0)
			import->code = cmd_error(EX_DATAERR,
				"%s: neither a cache of newsboat nor lines of sfeed",
				log_visible(path));
	}
	buf_finish(&head);
	buf_finish(&text);
}

int history_import(const char *path, const char *feed, bool is_dry)
{
	struct import import = {.items = json_array(), .is_dry = is_dry};
	char count[OUT_COUNT_BYTES], known[OUT_COUNT_BYTES];

	import.code = app_open_config(&import.app);
	progress_start(&import.progress, "entries");
	if (import.code == EX_OK)
		take_file(&import, path, feed);
	progress_clear(&import.progress);
	if (import.code == EX_OK && is_dry)
		printf("%s (not added: --dry-run), %zu passed over.\n",
			out_count((int64_t)import.entries, "entry", "entries", count),
			import.skipped);
	else if (import.code == EX_OK)
		printf("%s, %s of known ones, %zu passed over.\n",
			out_count(import.sum.fresh, "new item", "new items", count),
			out_count(import.sum.known, "entry", "entries", known), import.skipped);
	if (import.code == EX_OK)
		import.code = out_finish();
	json_decref(import.items);
	store_close(import.store);
	app_close(&import.app);
	free(import.feed);
	free(import.title);
	return import.code;
}
