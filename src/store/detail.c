#include "store/query.h"

#include "core/buf.h"
#include "core/mem.h"
#include "store/query_line.h"
#include "store/sql.h"
#include "store/woven.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { REPORTS_MAX = 50 }; /* of a story that are listed with an item */

static const char *json_member(json_t *object, const char *name, struct arena *arena)
{
	return arena_strdup(arena, json_string_value(json_object_get(object, name)));
}

static void lists_read(sqlite3_stmt *s, int column, struct arena *arena, struct item_detail *detail)
{
	const char *text[] = {sql_text(s, column), sql_text(s, column + 1)};
	json_t *categories = text[0] ? json_loads(text[0], 0, NULL) : NULL;
	json_t *enclosures = text[1] ? json_loads(text[1], 0, NULL) : NULL;
	size_t count = json_array_size(categories), i;
	struct doc_enclosure *list;
	const char **names;
	json_t *value;

	names = arena_calloc(arena, count + 1, sizeof(*names));
	json_array_foreach(categories, i, value) names[i] =
		arena_strdup(arena, json_string_value(value));
	detail->categories = names;
	detail->category_count = count;
	count = json_array_size(enclosures);
	list = arena_calloc(arena, count + 1, sizeof(*list));
	json_array_foreach(enclosures, i, value)
	{
		json_t *length = json_object_get(value, "length");

		list[i].url = json_member(value, "url", arena);
		list[i].type = json_member(value, "type", arena);
		list[i].length = json_is_integer(length) ? json_integer_value(length) : -1;
		list[i].title = json_member(value, "title", arena);
		list[i].medium = json_member(value, "medium", arena);
		list[i].language = json_member(value, "language", arena);
		list[i].duration_s = json_integer_value(json_object_get(value, "duration"));
		list[i].width = (uint32_t)json_integer_value(json_object_get(value, "width"));
		list[i].height = (uint32_t)json_integer_value(json_object_get(value, "height"));
		list[i].group = (uint32_t)json_integer_value(json_object_get(value, "group"));
		list[i].is_default = json_is_true(json_object_get(value, "default"));
	}
	detail->enclosures = list;
	detail->enclosure_count = count;
	json_decref(categories);
	json_decref(enclosures);
}

static void line_keep(struct item_line *line, struct arena *arena)
{
	const char **texts[] = {&line->title, &line->url, &line->feed, &line->feed_url,
		&line->section, &line->author, &line->language, &line->site, &line->image,
		&line->excerpt, &line->snippet, &line->text, &line->html, &line->edition,
		&line->labels};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		*texts[i] = arena_strdup(arena, *texts[i]);
}

static enum status sightings_get(
	struct store *store, int64_t id, struct arena *arena, struct item_detail *detail)
{
	struct item_sighting *list;
	sqlite3_stmt *s;
	int64_t count;
	enum status status =
		sql_int(store, "SELECT count(*) FROM sighting WHERE item_id = ?1", &count, "i", id);

	if (status != STATUS_OK)
		return status;
	list = arena_calloc(arena, (size_t)count + 1, sizeof(*list));
	detail->sightings = list;
	status = sql_open(store,
		"SELECT coalesce(feed.name, feed.title, feed.url), sighting.guid, sighting.url, "
		"sighting.title, sighting.first_seen_at FROM sighting "
		"JOIN feed ON feed.id = sighting.feed_id WHERE sighting.item_id = ?1 "
		"ORDER BY sighting.first_seen_at, feed.id LIMIT ?2",
		&s, "ii", id, count);
	while (sql_next(store, s, &status))
		list[detail->sighting_count++] = (struct item_sighting){
			.feed = sql_arena(s, 0, arena),
			.guid = sql_arena(s, 1, arena),
			.url = sql_arena(s, 2, arena),
			.title = sql_arena(s, 3, arena),
			.first_seen_at = sqlite3_column_int64(s, 4),
		};
	return status;
}

static enum status reports_get(
	struct store *store, int64_t id, struct arena *arena, struct item_detail *detail)
{
	struct item_report *list = arena_calloc(arena, REPORTS_MAX, sizeof(*list));
	sqlite3_stmt *s;
	enum status status = sql_open(store,
		"SELECT item.id, coalesce(feed.name, feed.title, feed.url), item.title, arrival.at "
		"FROM item JOIN feed ON feed.id = item.feed_id "
		"JOIN arrival ON arrival.seq = item.seq "
		"WHERE item.story_id = ?1 AND item.id <> ?2 ORDER BY arrival.seq LIMIT ?3",
		&s, "zii", detail->line.story, id, (int64_t)REPORTS_MAX);

	detail->reports = list;
	while (sql_next(store, s, &status))
		list[detail->report_count++] = (struct item_report){
			.id = sqlite3_column_int64(s, 0),
			.feed = sql_arena(s, 1, arena),
			.title = sql_arena(s, 2, arena),
			.arrived = sqlite3_column_int64(s, 3),
		};
	return status;
}

static enum status revisions_get(
	struct store *store, int64_t id, struct arena *arena, struct item_detail *detail)
{
	struct item_revision *list;
	sqlite3_stmt *s;
	int64_t count;
	enum status status =
		sql_int(store, "SELECT count(*) FROM revision WHERE item_id = ?1", &count, "i", id);

	if (status != STATUS_OK)
		return status;
	list = arena_calloc(arena, (size_t)count + 1, sizeof(*list));
	detail->revisions = list;
	status = sql_open(store,
		"SELECT n, at, title, " WOVEN_HTML(
			"revision") ", text FROM revision WHERE item_id = ?1 "
				    "ORDER BY n LIMIT ?2",
		&s, "ii", id, count);
	while (sql_next(store, s, &status))
		list[detail->revision_count++] = (struct item_revision){
			.n = sqlite3_column_int(s, 0),
			.at = sqlite3_column_int64(s, 1),
			.title = sql_arena(s, 2, arena),
			.html = sql_arena(s, 3, arena),
			.text = sql_arena(s, 4, arena),
		};
	return status;
}

enum status item_detail_get(
	struct store *store, int64_t id, struct arena *arena, struct item_detail *detail)
{
	struct buf sql = {0};
	sqlite3_stmt *s = NULL;
	enum status status;
	int at = LINE_COLUMNS + 3;

	memset(detail, 0, sizeof(*detail));
	buf_printf(&sql,
		"SELECT %s, NULL, article.text, " WOVEN_HTML(
			"article") ", "
				   "article.source, article.reason, "
				   "iif(item.page_state IN ('failed', 'refused', 'waiting'), item.page_error, NULL), "
				   "item.rule, item.comments, item.details, item.categories, item.enclosures FROM item "
				   "LEFT JOIN arrival ON arrival.seq = item.seq%s "
				   "WHERE item.id = %lld",
		line_columns, line_tables, (long long)id);
	status = sql_status(sqlite3_prepare_v2(store_db(store), buf_text(&sql), -1, &s, NULL));
	buf_finish(&sql);
	if (status == STATUS_OK) {
		int result = sqlite3_step(s);

		status = result == SQLITE_DONE ? STATUS_NOT_FOUND : sql_status(result);
	}
	if (status == STATUS_OK) {
		line_read(s, &detail->line);
		line_keep(&detail->line, arena);
		detail->source = sql_arena(s, at, arena);
		detail->reason = sql_arena(s, at + 1, arena);
		detail->page_error = sql_arena(s, at + 2, arena);
		detail->rule = sql_arena(s, at + 3, arena);
		detail->comments = sql_arena(s, at + 4, arena);
		detail->details = sql_arena(s, at + 5, arena);
		lists_read(s, at + 6, arena, detail);
	}
	sqlite3_finalize(s);
	if (status == STATUS_OK)
		status = sightings_get(store, id, arena, detail);
	if (status == STATUS_OK)
		status = reports_get(store, id, arena, detail);
	return status == STATUS_OK ? revisions_get(store, id, arena, detail) : status;
}
