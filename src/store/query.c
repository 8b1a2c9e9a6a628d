#include "store/query.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "store/sql.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The columns of a line, in the order of line_read. */
static const char line_columns[] =
	"item.id, arrival.seq, item.title, item.url, coalesce(feed.name, feed.title, feed.url), "
	"feed.url, section.title, coalesce(item.author, article.byline), "
	"coalesce(article.language, item.language), coalesce(article.site, item.site), "
	"coalesce(article.image, item.image), article.excerpt, (SELECT edition.name "
	"FROM edition_item JOIN edition ON edition.id = edition_item.edition_id "
	"WHERE edition_item.item_id = item.id), item.published_at, "
	"coalesce(arrival.at, item.first_seen_at), article.words, article.quality, item.revision, "
	"item.starred, item.state = 'dropped', arrival.kind = 1, item.is_backlog, item.story_id";

enum { REPORTS_MAX = 50 };  /* of a story that are listed with an item */
enum { LINE_COLUMNS = 23 }; /* then snippet, text and html */

static const char line_tables[] = " JOIN feed ON feed.id = item.feed_id "
				  "LEFT JOIN section ON section.id = item.section_id "
				  "LEFT JOIN article ON article.item_id = item.id";

static void line_read(sqlite3_stmt *s, struct item_line *line)
{
	*line = (struct item_line){
		.id = sqlite3_column_int64(s, 0),
		.seq = sqlite3_column_int64(s, 1),
		.title = sql_text(s, 2),
		.url = sql_text(s, 3),
		.feed = sql_text(s, 4),
		.feed_url = sql_text(s, 5),
		.section = sql_text(s, 6),
		.author = sql_text(s, 7),
		.language = sql_text(s, 8),
		.site = sql_text(s, 9),
		.image = sql_text(s, 10),
		.excerpt = sql_text(s, 11),
		.edition = sql_text(s, 12),
		.published = sql_time(s, 13),
		.arrived = sqlite3_column_int64(s, 14),
		.words = sqlite3_column_int(s, 15),
		.quality = sqlite3_column_double(s, 16),
		.revision = sqlite3_column_int(s, 17),
		.is_starred = sqlite3_column_int(s, 18) != 0,
		.is_dropped = sqlite3_column_int(s, 19) != 0,
		.is_change = sqlite3_column_int(s, 20) != 0,
		.is_backlog = sqlite3_column_int(s, 21) != 0,
		.story = sqlite3_column_int64(s, 22),
		.snippet = sql_text(s, LINE_COLUMNS),
		.text = sql_text(s, LINE_COLUMNS + 1),
		.html = sql_text(s, LINE_COLUMNS + 2),
	};
}

/* A query while its SQL is written: numbers go into the text, strings are bound in order. */
struct asked {
	struct store *store;
	const struct item_query *query;
	struct buf sql;
	const char *bound[2];
	int bound_count;
	char **why;
};

static void explain(struct asked *asked, const char *what, const char *name)
{
	if (asked->why && !*asked->why)
		*asked->why = xasprintf("%s: %s", what, name);
}

static const char *placeholder(struct asked *asked, const char *text)
{
	static const char *const names[] = {"?1", "?2"};

	asked->bound[asked->bound_count] = text;
	return names[asked->bound_count++];
}

/* " AND column IN (1,2,3)" from a statement's rows. STATUS_NOT_FOUND: there are none. */
static enum status put_numbers(struct asked *asked, const char *before, const char *after,
	const char *sql, const char *name)
{
	sqlite3_stmt *s;
	size_t count = 0;
	enum status status = sql_open(asked->store, sql, &s, "s", name);

	while (sql_next(asked->store, s, &status))
		buf_printf(&asked->sql, "%s%lld", count++ ? "," : before,
			(long long)sqlite3_column_int64(s, 0));
	if (status == STATUS_OK && count == 0)
		return STATUS_NOT_FOUND;
	buf_puts(&asked->sql, after);
	return status;
}

static enum status put_section(struct asked *asked)
{
	const char *wanted = asked->query->section;
	sqlite3_stmt *s;
	int64_t id = 0;
	enum status status = sql_open(asked->store, "SELECT id, title, slug FROM section", &s, "");

	while (sql_next(asked->store, s, &status))
		if (str_ieq(sql_text(s, 2), wanted) || str_ieq(sql_text(s, 1), wanted) ||
			(terms_count(wanted) && terms_equal(sql_text(s, 1), wanted)))
			id = sqlite3_column_int64(s, 0);
	if (status == STATUS_OK && id == 0) {
		explain(asked, "there is no such section", wanted);
		return STATUS_NOT_FOUND;
	}
	buf_printf(&asked->sql, " AND item.section_id = %lld", (long long)id);
	return status;
}

/* Any feed that showed the item counts, not only the first. */
static enum status put_feed(struct asked *asked)
{
	static const char *const ways[] = {
		"SELECT id FROM feed WHERE url = ?1 OR fetch_url = ?1",
		"SELECT id FROM feed WHERE ?1 <> '' AND ?1 NOT GLOB '*[^0-9]*' "
		"AND id = CAST(?1 AS INTEGER)",
		"SELECT id FROM feed WHERE coalesce(name, title) = ?1 COLLATE NOCASE",
		"SELECT id FROM feed WHERE instr(lower(coalesce(name, title, '')), lower(?1)) "
		"OR instr(lower(url), lower(?1))",
	};
	enum status status = STATUS_NOT_FOUND;

	for (size_t i = 0; i < ARRAY_LEN(ways) && status == STATUS_NOT_FOUND; i++)
		status = put_numbers(asked,
			" AND EXISTS (SELECT 1 FROM sighting WHERE sighting.item_id = item.id "
			"AND sighting.feed_id IN (",
			"))", ways[i], asked->query->feed);
	if (status == STATUS_NOT_FOUND)
		explain(asked, "there is no such feed", asked->query->feed);
	return status;
}

static enum status put_edition(struct asked *asked)
{
	static const char sql[] = "SELECT id FROM edition WHERE name = ?1 OR local_date = ?1";
	const char *name = asked->query->edition;
	enum status status = put_numbers(asked,
		" AND item.id IN (SELECT item_id FROM edition_item WHERE edition_id IN (", ")", sql,
		name);

	if (status == STATUS_OK)
		status = put_numbers(asked,
			" UNION SELECT item_id FROM edition_update WHERE edition_id IN (", "))",
			sql, name);
	if (status == STATUS_NOT_FOUND)
		explain(asked, "there is no such edition", name);
	return status;
}

/*
 * Whether the stream of arrivals is the way to go, in its order and until there is enough: a query
 * with a limit touches as many rows as it answers. SQLite keeps the order of a CROSS JOIN.
 */
static bool goes_by_arrival(const struct item_query *query)
{
	bool is_ordered = query->order == ITEM_ORDER_NEWEST || query->order == ITEM_ORDER_ARRIVAL;

	return !query->match && !query->edition && !query->want_dropped && !query->story &&
	       ((is_ordered && query->limit > 0) || query->since || query->after_seq);
}

/* Each item stands at one of its arrivals: the first, or with want_changes the last. */
static void put_tables(struct asked *asked)
{
	const struct item_query *query = asked->query;
	const char *place =
		query->want_changes
			? "arrival.seq = (SELECT max(seq) FROM arrival AS a WHERE a.item_id = item.id)"
			: "arrival.kind = 0";

	if (query->want_dropped)
		buf_printf(&asked->sql,
			" FROM item LEFT JOIN arrival ON arrival.item_id = item.id AND %s", place);
	else
		buf_printf(&asked->sql, " FROM arrival %s item ON item.id = arrival.item_id AND %s",
			goes_by_arrival(query) ? "CROSS JOIN" : "JOIN", place);
	buf_puts(&asked->sql, line_tables);
	if (query->match)
		buf_puts(&asked->sql, " JOIN item_fts ON item_fts.rowid = item.id");
	buf_puts(&asked->sql, query->want_dropped ? " WHERE item.state <> 'pending'"
						  : " WHERE item.state = 'ready'");
}

static void put_bound(struct asked *asked, const char *condition, int64_t value)
{
	if (value)
		buf_printf(&asked->sql, " AND %s %lld", condition, (long long)value);
}

static enum status put_conditions(struct asked *asked)
{
	const struct item_query *query = asked->query;
	enum status status = STATUS_OK;

	/* dropped items have no arrival */
	put_bound(asked,
		query->want_dropped ? "coalesce(arrival.at, item.first_seen_at) >="
				    : "arrival.at >=",
		query->since);
	put_bound(asked,
		query->want_dropped ? "coalesce(arrival.at, item.first_seen_at) <" : "arrival.at <",
		query->until);
	put_bound(asked, "arrival.seq >", query->after_seq);
	put_bound(asked, "arrival.seq <=", query->until_seq);
	if (query->story)
		buf_printf(&asked->sql,
			" AND item.story_id = (SELECT story_id FROM item WHERE id = %lld)",
			(long long)query->story);
	if (query->only_starred)
		buf_puts(&asked->sql, " AND item.starred");
	if (query->no_backlog)
		buf_puts(&asked->sql, " AND item.is_backlog = 0");
	if (query->match)
		buf_printf(&asked->sql, " AND item_fts MATCH %s", placeholder(asked, query->match));
	if (query->section)
		status = put_section(asked);
	if (status == STATUS_OK && query->feed)
		status = put_feed(asked);
	if (status == STATUS_OK && query->edition)
		status = put_edition(asked);
	return status;
}

static void put_order(struct asked *asked)
{
	static const char *const orders[] = {
		[ITEM_ORDER_NEWEST] = "arrival.seq DESC, item.id DESC",
		[ITEM_ORDER_ARRIVAL] = "arrival.seq, item.id",
		[ITEM_ORDER_PUBLISHED] =
			"coalesce(item.published_at, arrival.at) DESC, arrival.seq DESC",
		/* a word of the title says more than one of the text */
		[ITEM_ORDER_RELEVANCE] = "bm25(item_fts, 6.0, 1.0, 2.0), arrival.seq DESC",
	};
	enum item_order order = asked->query->order;

	if (order == ITEM_ORDER_RELEVANCE && !asked->query->match)
		order = ITEM_ORDER_NEWEST;
	buf_printf(&asked->sql, " ORDER BY %s", orders[order]);
	if (asked->query->limit > 0)
		buf_printf(&asked->sql, " LIMIT %lld", (long long)asked->query->limit);
}

static enum status write_sql(struct asked *asked)
{
	const struct item_query *query = asked->query;
	enum status status;

	buf_printf(&asked->sql, "SELECT %s, %s, %s", line_columns,
		query->match ? "snippet(item_fts, -1, '[', ']', '…', 24)" : "NULL",
		query->want_text ? "article.text, article.html" : "NULL, NULL");
	put_tables(asked);
	status = put_conditions(asked);
	if (status == STATUS_OK)
		put_order(asked);
	return status;
}

static enum status run(struct asked *asked,
	bool (*on_item)(void *context, const struct item_line *line), void *context)
{
	sqlite3 *db = store_db(asked->store);
	sqlite3_stmt *s = NULL;
	struct item_line line;
	int result = sqlite3_prepare_v2(db, buf_text(&asked->sql), -1, &s, NULL);

	for (int i = 0; i < asked->bound_count && result == SQLITE_OK; i++)
		result = sqlite3_bind_text(s, i + 1, asked->bound[i], -1, SQLITE_STATIC);
	while (result == SQLITE_OK || result == SQLITE_ROW) {
		result = sqlite3_step(s);
		if (result != SQLITE_ROW)
			break;
		line_read(s, &line);
		if (!on_item(context, &line)) {
			result = SQLITE_DONE;
			break;
		}
	}
	if (result != SQLITE_DONE)
		explain(asked, asked->query->match ? asked->query->match : "query",
			sqlite3_errmsg(db));
	sqlite3_finalize(s);
	return sql_status(result);
}

enum status item_query_run(struct store *store, const struct item_query *query,
	bool (*on_item)(void *context, const struct item_line *line), void *context, char **why)
{
	struct asked asked = {.store = store, .query = query, .why = why};
	enum status status;

	if (why)
		*why = NULL;
	status = write_sql(&asked);
	if (status == STATUS_OK)
		status = run(&asked, on_item, context);
	buf_finish(&asked.sql);
	return status;
}

enum status arrivals_last(struct store *store, int64_t *seq)
{
	return sql_int(store, "SELECT max(seq) FROM arrival", seq, "");
}

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
		&line->excerpt, &line->snippet, &line->text, &line->html, &line->edition};

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
		"JOIN arrival ON arrival.item_id = item.id AND arrival.kind = 0 "
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
		"SELECT n, at, title, html, text FROM revision WHERE item_id = ?1 "
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
		"SELECT %s, NULL, article.text, article.html, article.source, article.reason, "
		"iif(item.page_state IN ('failed', 'refused', 'waiting'), item.page_error, NULL), "
		"item.rule, item.comments, item.details, item.categories, item.enclosures FROM item "
		"LEFT JOIN arrival ON arrival.item_id = item.id AND arrival.kind = 0%s "
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
