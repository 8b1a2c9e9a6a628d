/* An edition from the store, as the model that the formats share. */
#include "edition/load.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/elsewhere.h"
#include "edition/week.h"

#include <stdlib.h>
#include <string.h>

enum {
	STYLE_BYTES = 256 * 1024, /* of a user's CSS */
};

void edition_init(struct edition *edition)
{
	memset(edition, 0, sizeof(*edition));
}

void edition_finish(struct edition *edition)
{
	if (!edition)
		return;
	edition_row_finish(&edition->row);
	arena_finish(&edition->arena);
	memset(edition, 0, sizeof(*edition));
}

enum status load_statement(struct loader *l, const char *sql, sqlite3_stmt **s)
{
	enum status status = store_statement(l->store, sql, s);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(*s, 1, l->edition->row.id);
	if (*l->last_day) {
		sqlite3_bind_text(*s, 2, l->first_day, -1, SQLITE_STATIC);
		sqlite3_bind_text(*s, 3, l->last_day, -1, SQLITE_STATIC);
	} else { /* between nothing and nothing is no day */
		sqlite3_bind_null(*s, 2);
		sqlite3_bind_null(*s, 3);
	}
	return STATUS_OK;
}

#define HAS_SECTION                                                                      \
	" AND (?2 = 0 OR EXISTS (SELECT 1 FROM edition_item p WHERE p.edition_id = e.id" \
	" AND p.section_id = ?2) OR EXISTS (SELECT 1 FROM edition_update u WHERE"        \
	" u.edition_id = e.id AND u.section_id = ?2)) ORDER BY e.id "

/* The kept editions around this one that printed something in a section; 0: in any, or nothing. */
static enum status read_neighbour(
	struct loader *l, bool is_next, int64_t section_id, const char **name, int64_t *id)
{
	static const char before[] = "SELECT e.name, e.id FROM edition e WHERE e.id < ?1"
				     " AND e.state = 'kept'" HAS_SECTION "DESC LIMIT 1";
	static const char after[] = "SELECT e.name, e.id FROM edition e WHERE e.id > ?1"
				    " AND e.state = 'kept'" HAS_SECTION "LIMIT 1";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, is_next ? after : before, &s);
	bool has_row = false;

	*name = NULL;
	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	sqlite3_bind_int64(s, 2, section_id);
	status = store_step(l->store, s, &has_row);
	if (status == STATUS_OK && has_row) {
		*name = load_column(l, s, 0);
		if (id)
			*id = sqlite3_column_int64(s, 1);
	}
	sqlite3_reset(s);
	return status;
}

static void sum_up(struct edition_section *section)
{
	size_t i, j;

	for (i = 0; i < section->story_count; i++) {
		const struct edition_item *item = &section->stories[i].items[0];
		size_t k;

		section->item_count += section->stories[i].item_count;
		section->words += item->words;
		for (k = 0; k < section->stories[i].item_count; k++) {
			const char *source = section->stories[i].items[k].source;
			bool is_known = false;

			for (j = 0; j <= i && !is_known; j++) {
				size_t m, end = j < i ? section->stories[j].item_count : k;

				for (m = 0; m < end && !is_known; m++)
					is_known =
						str_eq(section->stories[j].items[m].source, source);
			}
			section->source_count += !is_known;
		}
	}
	section->minutes = section->story_count > 0 ? load_minutes(section->words) : 0;
}

static int compare_stories(const void *a, const void *b)
{
	const struct edition_story *x = a, *y = b;

	if (x->importance != y->importance)
		return x->importance > y->importance ? -1 : 1;
	return x->items[0].id < y->items[0].id ? -1 : x->items[0].id > y->items[0].id;
}

/* The stories of one section out of its lines, which stand together in print order. */
static void make_stories(struct loader *l, struct edition_section *section, size_t from, size_t to)
{
	struct arena *arena = &l->edition->arena;
	struct edition_item *items = arena_calloc(arena, to - from + 1, sizeof(*items));
	struct edition_story *stories = arena_calloc(arena, to - from + 1, sizeof(*stories));
	size_t i;

	for (i = from; i < to; i++) {
		const struct line *line = &l->lines[i], *before = i > from ? line - 1 : NULL;

		items[i - from] = line->item;
		if (!before || line->item.is_update || before->item.is_update ||
			before->story != line->story) {
			stories[section->story_count].items = &items[i - from];
			stories[section->story_count++].importance = line->importance;
		}
		stories[section->story_count - 1].item_count++;
	}
	if (*l->last_day) {
		qsort(stories, section->story_count, sizeof(*stories), compare_stories);
		if (section->story_count > l->stories)
			section->story_count = l->stories;
	}
	section->stories = stories;
	sum_up(section);
}

static void count_gone(struct loader *l, struct edition_section *section)
{
	size_t i, j;

	for (i = 0; i < section->story_count; i++) {
		for (j = 0; j < section->stories[i].item_count; j++)
			section->gone_count += section->stories[i].items[j].is_gone;
	}
	l->edition->gone_count += section->gone_count;
}

static const struct config_section *configured(const struct config *config, const char *slug)
{
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].slug, slug))
			return &config->sections[i];
	}
	return NULL;
}

static enum status fill_section(struct loader *l, struct edition_section *section)
{
	const struct config_section *config = configured(l->config, section->slug);
	size_t from = 0, to;
	enum status status;

	section->language = config && config->language ? config->language : l->config->language;
	section->print = config ? config->print : PRINT_FULL;
	while (from < l->count && l->lines[from].section_id != section->id)
		from++;
	for (to = from; to < l->count && l->lines[to].section_id == section->id; to++)
		continue;
	load_reasons(l, words_find(section->language), from, to);
	make_stories(l, section, from, to);
	if (section->id == 0)
		return STATUS_OK;
	count_gone(l, section);
	if (l->edition->is_selection) /* neighbours and a foot are of one edition */
		return STATUS_OK;
	status = load_section_notes(l, section);
	if (status == STATUS_OK)
		status = read_neighbour(
			l, false, section->id, &section->previous, &section->previous_id);
	/* Who comes after a page on which nothing stands is not told it later. */
	if (status == STATUS_OK && section->story_count > 0)
		status = read_neighbour(l, true, section->id, &section->next, NULL);
	return status == STATUS_OK ? elsewhere_load(l->store, l->edition, section) : status;
}

/* Lines of one section stand together, news before updates; the sort keeps their order. */
static void gather(struct loader *l)
{
	struct line *sorted = xreallocarray(NULL, l->count + 1, sizeof(*sorted));
	bool *is_taken = xcalloc(l->count + 1, sizeof(*is_taken));
	size_t i, j, n = 0;

	for (i = 0; i < l->count; i++) {
		if (is_taken[i])
			continue;
		for (j = i; j < l->count; j++) {
			if (l->lines[j].section_id != l->lines[i].section_id || is_taken[j])
				continue;
			is_taken[j] = true;
			sorted[n++] = l->lines[j];
		}
	}
	free(is_taken);
	free(l->lines);
	l->lines = sorted;
}

static void add_section(struct edition_section **sections, size_t *count, size_t *space, int64_t id,
	const char *title, const char *slug)
{
	struct edition_section *section;

	ARRAY_GROW(*sections, *count, *space);
	section = &(*sections)[(*count)++];
	memset(section, 0, sizeof(*section));
	section->id = id;
	section->title = title;
	section->slug = slug;
}

static bool has_lines(const struct loader *l, int64_t section_id)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (l->lines[i].section_id == section_id)
			return true;
	}
	return false;
}

static int section_place(const struct config *config, const char *slug)
{
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].slug, slug))
			return (int)i;
	}
	return INT32_MAX;
}

/* Those of the configuration in its order, then the others that have something. */
static enum status list_sections(
	struct loader *l, struct edition_section **sections, size_t *count, size_t *space)
{
	static const char sql[] =
		"SELECT s.id, s.title, s.slug, part.window_from FROM section s"
		" LEFT JOIN edition_section part ON part.edition_id = ?1 AND part.section_id = s.id"
		" ORDER BY s.position, s.id";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, sql, &s);
	struct edition_section moved;
	bool has_row = false;
	size_t i, j;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		int64_t id = sqlite3_column_int64(s, 0);
		const char *slug = (const char *)sqlite3_column_text(s, 2);
		bool is_part = sqlite3_column_type(s, 3) != SQLITE_NULL;

		if (!has_lines(l, id) &&
			!(is_part && l->config->prints_empty && configured(l->config, slug)))
			continue;
		add_section(sections, count, space, id, load_column(l, s, 1), load_column(l, s, 2));
		(*sections)[*count - 1].window_from =
			is_part ? sqlite3_column_int64(s, 3) : l->edition->row.window_from;
	}
	sqlite3_reset(s);
	for (i = 1; i < *count; i++) { /* few, and nearly in order */
		moved = (*sections)[i];
		for (j = i; j > 0 && section_place(l->config, (*sections)[j - 1].slug) >
					     section_place(l->config, moved.slug);
			j--)
			(*sections)[j] = (*sections)[j - 1];
		(*sections)[j] = moved;
	}
	return status;
}

static enum status load_sections(struct loader *l)
{
	struct edition_section *sections = NULL, *kept;
	size_t count = 0, space = 0, i;
	enum status status = list_sections(l, &sections, &count, &space);

	for (i = 0; status == STATUS_OK && i < count; i++)
		status = fill_section(l, &sections[i]);
	kept = arena_calloc(&l->edition->arena, count + 1, sizeof(*kept));
	if (count)
		memcpy(kept, sections, count * sizeof(*kept));
	l->edition->sections = kept;
	l->edition->section_count = count;
	free(sections);
	return status;
}

/* Those that were there when the edition closed: what comes later does not change it. */
static enum status read_images(struct loader *l)
{
	static const char sql[] =
		"SELECT DISTINCT m.url, m.hash, m.extension, m.width, m.height FROM item_image p"
		" JOIN image m ON m.url = p.url WHERE m.state = 'stored' AND m.stored_at <= ?4"
		" AND p.item_id IN (SELECT item_id FROM edition_item WHERE edition_id IN " LOADED
		" UNION SELECT item_id FROM edition_update WHERE edition_id IN " LOADED
		") ORDER BY m.url";
	struct edition *edition = l->edition;
	struct edition_image *list = NULL, *kept;
	sqlite3_stmt *s = NULL;
	enum status status = load_statement(l, sql, &s);
	size_t space = 0;
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 4, edition->row.window_to);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		const char *hash = (const char *)sqlite3_column_text(s, 1);

		ARRAY_GROW(list, edition->image_count, space);
		list[edition->image_count++] = (struct edition_image){
			.url = load_column(l, s, 0),
			.path = arena_printf(&edition->arena, "%.2s/%s.%s", hash, hash,
				(const char *)sqlite3_column_text(s, 2)),
			.width = sqlite3_column_int(s, 3),
			.height = sqlite3_column_int(s, 4),
		};
	}
	sqlite3_reset(s);
	kept = arena_calloc(&edition->arena, edition->image_count + 1, sizeof(*kept));
	if (edition->image_count)
		memcpy(kept, list, edition->image_count * sizeof(*kept));
	edition->images = kept;
	edition->images_folder = arena_printf(&edition->arena, "%s/images", l->config->digest_dir);
	free(list);
	return status;
}

static int compare_url(const void *url, const void *image)
{
	return strcmp(url, ((const struct edition_image *)image)->url);
}

const struct edition_image *edition_image_find(const struct edition *edition, const char *url)
{
	return edition->image_count == 0 ? NULL
					 : bsearch(url, edition->images, edition->image_count,
						   sizeof(*edition->images), compare_url);
}

/* A style that cannot be read does not keep an edition from being printed. */
static const char *read_style(const char *path, struct arena *arena)
{
	FILE *file = path ? fopen(path, "re") : NULL;
	char *text;
	size_t len;

	if (!file) {
		if (path)
			log_warning("style %s: cannot be read, editions have ours alone",
				log_visible(path));
		return NULL;
	}
	text = arena_alloc(arena, STYLE_BYTES + 1);
	len = fread(text, 1, STYLE_BYTES, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

/* What the configuration says of all editions. name: the day, and what follows it. */
static void load_look(struct loader *l, const char *name)
{
	struct edition *edition = l->edition;

	edition->name = l->config->name;
	edition->language = l->config->language;
	edition->mail = &l->config->mail;
	edition->date = arena_strndup(&edition->arena, name, strlen("2026-11-22"));
	edition->style = read_style(l->config->style, &edition->arena);
}

static enum status load_row(struct loader *l, int64_t id)
{
	struct edition *edition = l->edition;
	enum status status = edition_by_id(l->store, id, &edition->row);

	if (status != STATUS_OK)
		return status;
	load_look(l, edition->row.name);
	status = read_neighbour(l, false, 0, &edition->previous, &edition->previous_id);
	return status == STATUS_OK ? read_neighbour(l, true, 0, &edition->next, NULL) : status;
}

/* Everything of the edition or editions whose row stands. */
static enum status load_all(struct loader *l)
{
	enum status status = load_items(l);

	if (status == STATUS_OK)
		status = load_facts(l);
	if (status == STATUS_OK)
		status = read_images(l);
	if (status == STATUS_OK) {
		gather(l);
		status = load_sections(l);
	}
	return status;
}

enum status edition_load(
	struct store *store, const struct config *config, int64_t id, struct edition *edition)
{
	struct loader l = {.store = store, .config = config, .edition = edition};
	enum status status = load_row(&l, id);

	if (status == STATUS_OK)
		status = load_all(&l);
	if (status == STATUS_OK)
		status = load_notes(&l);
	free(l.lines);
	return status;
}

static enum status load_week_row(struct loader *l)
{
	static const char sql[] =
		"SELECT min(window_from), max(window_to), total(item_count), max(local_date) FROM edition"
		" WHERE id IN " LOADED;
	struct edition_row *row = &l->edition->row;
	sqlite3_stmt *s = NULL;
	enum status status = load_statement(l, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	status = store_step(l->store, s, &has_row);
	if (status == STATUS_OK && sqlite3_column_type(s, 0) == SQLITE_NULL)
		status = STATUS_NOT_FOUND;
	row->window_from = sqlite3_column_int64(s, 0);
	row->window_to = sqlite3_column_int64(s, 1);
	row->item_count = sqlite3_column_int(s, 2);
	if (sqlite3_column_text(s, 3)) /* a week that is not over ends with its last edition */
		l->edition->date = load_column(l, s, 3);
	row->name = xasprintf("week-%s", l->last_day);
	row->timezone = l->config->timezone ? xstrdup(l->config->timezone) : NULL;
	sqlite3_reset(s);
	return status;
}

enum status edition_load_week(struct store *store, const struct config *config,
	const char *last_day, size_t stories, struct edition *edition)
{
	struct loader l = {
		.store = store, .config = config, .edition = edition, .stories = stories};
	int year, month, day;
	int64_t last;
	enum status status;

	if (sscanf(last_day, "%4d-%2d-%2d", &year, &month, &day) != 3)
		return STATUS_NOT_FOUND;
	last = date_days(year, month, day);
	snprintf(l.last_day, sizeof(l.last_day), "%.10s", last_day);
	date_from_days(last - 6, &year, &month, &day);
	snprintf(l.first_day, sizeof(l.first_day), "%04d-%02d-%02d", year % 10000, month % 100,
		day % 100);
	edition->is_selection = true;
	load_look(&l, l.last_day);
	edition->name = arena_printf(&edition->arena, "%s \xE2\x80\x93 %s", config->name,
		words_get(words_find(config->language), WORD_WEEK));
	status = load_week_row(&l);
	if (status == STATUS_OK)
		status = load_all(&l);
	edition->row.id = week_number(last, NULL);
	free(l.lines);
	return status;
}
