/* Closing an edition: membership is the store's, order and clusters are chosen here. */
#include "config.h"

#include "core/buf.h"
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/choose.h"
#include "edition/edition.h"
#include "edition/elsewhere.h"

#include <stdlib.h>
#include <string.h>

enum {
	DAY_S = 24 * 3600,
	EARLIER_S = DAY_S,
	STAR_WEIGHT = 2,           /* of an item that a rule starred */
	CLOCK_SLACK_S = 26 * 3600, /* an edition in the future is taken for a clock set back */
};

struct maker {
	struct store *store;
	const struct config *config;
	const struct edition_row *row;
	int64_t since;
	bool has_all;
	int64_t *due; /* sections */
	size_t due_count, due_space;
	struct arena titles;
	struct candidate *list; /* ordered by section */
	size_t count, space;
};

static double section_weight(const struct config *config, const char *slug)
{
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].slug, slug))
			return config->sections[i].weight;
	}
	return 1;
}

static double feed_weight(const struct config *config, const char *url)
{
	const struct config_feed *feed = url ? config_feed(config, url) : NULL;

	return feed ? feed->weight : 1;
}

static void add_candidate(struct maker *m, sqlite3_stmt *s)
{
	struct candidate *c;
	const char *title = (const char *)sqlite3_column_text(s, 3);
	const char *url = (const char *)sqlite3_column_text(s, 14);

	ARRAY_GROW(m->list, m->count, m->space);
	c = &m->list[m->count++];
	memset(c, 0, sizeof(*c));
	c->id = sqlite3_column_int64(s, 0);
	c->section_id = sqlite3_column_int64(s, 1);
	c->feed_id = sqlite3_column_int64(s, 2);
	c->story_id = sqlite3_column_int64(s, 13);
	c->title = arena_strdup(&m->titles, title ? title : "");
	c->url = arena_strdup(&m->titles, url);
	c->is_dated = sqlite3_column_type(s, 5) != SQLITE_NULL;
	c->simhash = (uint64_t)sqlite3_column_int64(s, 4);
	c->printed_at = c->is_dated ? sqlite3_column_int64(s, 5) : m->row->window_to;
	/* A time that had not come is no date. */
	if (c->is_dated && c->printed_at > m->row->window_to) {
		c->is_dated = false;
		c->printed_at = sqlite3_column_int64(s, 15);
	}
	c->words = sqlite3_column_int(s, 6);
	c->quality = sqlite3_column_double(s, 7);
	c->has_image = sqlite3_column_int(s, 8);
	c->weight = section_weight(m->config, (const char *)sqlite3_column_text(s, 9)) *
		    feed_weight(m->config, (const char *)sqlite3_column_text(s, 10)) *
		    (sqlite3_column_int(s, 11) ? STAR_WEIGHT : 1);
	c->is_earlier = c->printed_at < sqlite3_column_int64(s, 12) - EARLIER_S;
}

static enum status read_candidates(struct maker *m)
{
	static const char sql[] =
		"SELECT i.id, p.section_id, i.feed_id, i.title, i.simhash, i.published_at, a.words,"
		" a.quality, coalesce(a.image, i.image) IS NOT NULL, s.slug, f.url, i.starred,"
		" part.window_from, i.story_id, i.url, i.first_seen_at FROM edition_item p JOIN item i ON i.id = p.item_id"
		" JOIN edition_section part ON part.edition_id = ?1 AND part.section_id ="
		" p.section_id"
		" JOIN section s ON s.id = p.section_id LEFT JOIN feed f ON f.id = i.feed_id"
		" LEFT JOIN article a ON a.item_id = i.id"
		" WHERE p.edition_id = ?1 ORDER BY p.section_id, i.id";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(m->store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, m->row->id);
	while ((status = store_step(m->store, s, &has_row)) == STATUS_OK && has_row)
		add_candidate(m, s);
	sqlite3_reset(s);
	return status;
}

static enum status write_order(struct maker *m)
{
	static const char sql[] = "UPDATE edition_item SET position = ?2, story = ?3,"
				  " importance = ?4 WHERE item_id = ?1";
	enum status status = STATUS_OK;
	bool has_row;
	size_t i;

	for (i = 0; status == STATUS_OK && i < m->count; i++) {
		sqlite3_stmt *s = NULL;

		status = store_statement(m->store, sql, &s);
		if (status != STATUS_OK)
			return status;
		sqlite3_bind_int64(s, 1, m->list[i].id);
		sqlite3_bind_int(s, 2, m->list[i].position);
		sqlite3_bind_int(s, 3, m->list[i].story);
		sqlite3_bind_double(s, 4, m->list[i].importance);
		status = store_step(m->store, s, &has_row);
		sqlite3_reset(s);
	}
	return status;
}

static enum status order_sections(struct maker *m)
{
	enum status status = read_candidates(m);
	size_t from, to;

	for (from = 0; status == STATUS_OK && from < m->count; from = to) {
		for (to = from + 1; to < m->count; to++) {
			if (m->list[to].section_id != m->list[from].section_id)
				break;
		}
		choose_order(&m->list[from], to - from);
	}
	return status == STATUS_OK ? write_order(m) : status;
}

/* A list of names as the store has them: "Local, Ferries". */
static bool has_name(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (; list; list = strstr(list, ", ")) {
		list += str_starts(list, ", ") ? strlen(", ") : 0;
		if (strncmp(list, name, len) == 0 &&
			(list[len] == '\0' || str_starts(list + len, ", ")))
			return true;
	}
	return false;
}

/* Which of the rules that applied to an item raised it, as the configuration has them now. */
static void put_raising(const struct config *config, const char *rules, struct buf *to)
{
	size_t i;

	for (i = 0; i < config->rule_count; i++) {
		const struct config_rule *rule = &config->rules[i];

		if (rule->action == RULE_STAR && has_name(rules, rule->name))
			buf_printf(to, "%s%s", to->len ? ", " : "", rule->name);
	}
}

/* Stars may go and rules be renamed: what raised an item is kept as it was. */
static enum status keep_raised(struct maker *m)
{
	static const char sql[] =
		"SELECT p.section_id, i.id, i.rule, i.title FROM edition_item p JOIN item i"
		" ON i.id = p.item_id WHERE p.edition_id = ?1 AND i.starred = 1"
		" AND i.rule IS NOT NULL ORDER BY i.id";
	struct buf names = {0}, text = {0};
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(m->store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, m->row->id);
	while (status == STATUS_OK && (status = store_step(m->store, s, &has_row)) == STATUS_OK &&
		has_row) {
		buf_clear(&names);
		put_raising(m->config, (const char *)sqlite3_column_text(s, 2), &names);
		if (names.len == 0)
			continue;
		buf_clear(&text);
		buf_printf(&text, "%s was raised by the rule %s",
			(const char *)sqlite3_column_text(s, 3), buf_text(&names));
		status = edition_fact_put(m->store, m->row->id, sqlite3_column_int64(s, 0),
			"raised", buf_text(&names), sqlite3_column_int64(s, 1), buf_text(&text));
	}
	sqlite3_reset(s);
	buf_finish(&names);
	buf_finish(&text);
	return status;
}

/* What the pages say of themselves must be the same when they are written again by a later one. */
static enum status keep_version(struct maker *m)
{
	return edition_fact_put(m->store, m->row->id, 0, "made", PACKAGE_VERSION, 0,
		"Made with diurna " PACKAGE_VERSION);
}

/* Where sections stand with their times. */
struct times {
	const struct config *config;
	int64_t now;
	int64_t base;        /* after this a section is due that never closed */
	int64_t next;        /* of the first that is due */
	struct maker *maker; /* NULL: nobody asks which are due */
};

static const struct schedule *schedule_of(const struct config *config, const char *slug)
{
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].slug, slug) &&
			config->sections[i].schedule.at_count > 0)
			return &config->sections[i].schedule;
	}
	return &config->schedule;
}

/* A new section comes with the next edition, it does not make one of its own at once. */
static void find_base(void *context, const struct section_closing *closing)
{
	struct times *times = context;

	if (closing->closed_at > times->base)
		times->base = closing->closed_at;
}

static void look_at_section(void *context, const struct section_closing *closing)
{
	struct times *times = context;
	struct maker *m = times->maker;
	int64_t after = closing->closed_at ? closing->closed_at : times->base, at;

	/*
	 * A clock that was wrong by days does not hold up the newspaper until they have come: due
	 * is then what the last day had, next what comes.
	 */
	if (after > times->now + CLOCK_SLACK_S)
		after = m ? times->now - DAY_S : times->now;
	at = schedule_next_at(
		schedule_of(times->config, closing->slug), times->config->timezone, after);
	if (at < times->next)
		times->next = at;
	if (m && at <= times->now) {
		ARRAY_GROW(m->due, m->due_count, m->due_space);
		m->due[m->due_count++] = closing->id;
	}
}

static enum status look_at_times(struct store *store, struct times *times, int64_t since)
{
	enum status status = section_closings(store, find_base, times);

	if (times->base == 0)
		times->base = since;
	times->next = INT64_MAX;
	return status == STATUS_OK ? section_closings(store, look_at_section, times) : status;
}

enum status edition_due_at(
	struct store *store, const struct config *config, int64_t since, int64_t now, int64_t *at)
{
	struct times times = {.config = config, .now = now};
	enum status status = look_at_times(store, &times, since);

	*at = times.next;
	return status;
}

/* STATUS_NOT_FOUND: it is nobody's time. */
static enum status find_due(struct maker *m, int64_t now)
{
	struct times times = {.config = m->config, .now = now, .maker = m};
	enum status status;

	if (m->has_all)
		return STATUS_OK;
	status = look_at_times(m->store, &times, m->since);
	return status == STATUS_OK && m->due_count == 0 ? STATUS_NOT_FOUND : status;
}

enum status edition_make(struct store *store, const struct config *config, int64_t since,
	int64_t now, bool has_all, struct edition_row *row)
{
	struct maker m = {
		.store = store, .config = config, .row = row, .since = since, .has_all = has_all};
	char date[16];
	struct tm local;
	enum status status;

	memset(row, 0, sizeof(*row));
	if (!date_local(config->timezone, now, &local))
		return STATUS_CONFIG;
	snprintf(date, sizeof(date), "%04d-%02d-%02d", (local.tm_year + 1900) % 10000,
		(local.tm_mon + 1) % 100, local.tm_mday % 100);
	status = find_due(&m, now);
	if (status == STATUS_OK)
		status = edition_close(store, config, now, date, m.due, m.due_count, row);
	if (status == STATUS_OK)
		status = order_sections(&m);
	if (status == STATUS_OK)
		status = keep_raised(&m);
	if (status == STATUS_OK)
		status = elsewhere_keep(store, config, row);
	if (status == STATUS_OK)
		status = keep_version(&m);
	if (status != STATUS_OK) {
		edition_row_finish(row);
		memset(row, 0, sizeof(*row));
	}
	arena_finish(&m.titles);
	free(m.due);
	free(m.list);
	return status;
}
