#include "cli/item_out.h"

#include "cli/cmd.h"
#include "cli/item_atom.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/config_value.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NARROW = 100 }; /* columns of a terminal */

enum field_kind {
	FIELD_TEXT,
	FIELD_LIST, /* a JSON list of strings */
	FIELD_INT64,
	FIELD_INT32,
	FIELD_TIME,
	FIELD_BOOL,
	FIELD_SHARE
};

struct item_field {
	const char *name;
	enum field_kind kind;
	size_t offset;
	bool is_long;    /* only when asked for */
	bool in_tsv;     /* there without --fields */
	bool can_shrink; /* in a table */
};

#define AT(field) offsetof(struct item_line, field)

static const struct item_field fields[] = {
	{"id", FIELD_INT64, AT(id), false, true, false},
	{"seq", FIELD_INT64, AT(seq), false, false, false},
	{"arrived", FIELD_TIME, AT(arrived), false, true, false},
	{"published", FIELD_TIME, AT(published), false, true, false},
	{"section", FIELD_TEXT, AT(section), false, true, true},
	{"feed", FIELD_TEXT, AT(feed), false, true, true},
	{"feed_url", FIELD_TEXT, AT(feed_url), false, false, true},
	{"title", FIELD_TEXT, AT(title), false, true, true},
	{"url", FIELD_TEXT, AT(url), false, true, true},
	{"author", FIELD_TEXT, AT(author), false, false, true},
	{"language", FIELD_TEXT, AT(language), false, false, false},
	{"site", FIELD_TEXT, AT(site), false, false, true},
	{"image", FIELD_TEXT, AT(image), false, false, true},
	{"excerpt", FIELD_TEXT, AT(excerpt), false, false, true},
	{"snippet", FIELD_TEXT, AT(snippet), false, false, true},
	{"edition", FIELD_TEXT, AT(edition), false, false, false},
	{"words", FIELD_INT32, AT(words), false, false, false},
	{"quality", FIELD_SHARE, AT(quality), false, false, false},
	{"revision", FIELD_INT32, AT(revision), false, false, false},
	{"starred", FIELD_BOOL, AT(is_starred), false, false, false},
	{"dropped", FIELD_BOOL, AT(is_dropped), false, false, false},
	{"change", FIELD_BOOL, AT(is_change), false, false, false},
	{"backlog", FIELD_BOOL, AT(is_backlog), false, false, false},
	{"story", FIELD_INT64, AT(story), false, false, false},
	{"labels", FIELD_LIST, AT(labels), false, false, true},
	{"text", FIELD_TEXT, AT(text), true, false, true},
	{"html", FIELD_TEXT, AT(html), true, false, true},
};

#define VALUE(type, line, field) (*(const type *)((const char *)(line) + (field)->offset))

/* JSON */

static void add_json(json_t *object, const struct item_line *line, const struct item_field *field)
{
	double share;

	switch (field->kind) {
	case FIELD_TEXT: json_add_str(object, field->name, VALUE(char *, line, field)); break;
	case FIELD_LIST:
		if (VALUE(char *, line, field))
			json_object_set_new(object, field->name,
				json_loads(VALUE(char *, line, field), 0, NULL));
		break;
	case FIELD_INT64: json_add_int(object, field->name, VALUE(int64_t, line, field)); break;
	case FIELD_INT32: json_add_int(object, field->name, VALUE(int32_t, line, field)); break;
	case FIELD_TIME: json_add_time(object, field->name, VALUE(int64_t, line, field)); break;
	case FIELD_BOOL:
		if (VALUE(bool, line, field))
			json_object_set_new(object, field->name, json_true());
		break;
	case FIELD_SHARE:
		share = VALUE(double, line, field);
		if (share > 0)
			json_object_set_new(object, field->name, json_real(share));
		break;
	}
}

/* One object; without fields: all but text and html. */
static json_t *item_json(
	const struct item_line *line, const struct item_field *const *chosen, size_t count)
{
	json_t *object = json_object();
	size_t i;

	if (count == 0)
		json_add_item(object, line, false);
	for (i = 0; i < count; i++)
		add_json(object, line, chosen[i]);
	return object;
}

void json_add_item(json_t *object, const struct item_line *line, bool with_text)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(fields); i++) {
		if (with_text || !fields[i].is_long)
			add_json(object, line, &fields[i]);
	}
}

static void write_json(struct item_writer *writer, const struct item_line *line)
{
	json_print_line(item_json(line, writer->fields, writer->field_count));
}

void item_labels_text(const char *labels, struct buf *to)
{
	json_t *list = labels ? json_loads(labels, 0, NULL) : NULL, *label;
	size_t i;

	json_array_foreach(list, i, label)
		buf_printf(to, "%s%s", i ? ", " : "", json_string_value(label));
	json_decref(list);
}

/* A field as text, times in UTC; borrowed from the line, or in text. */
static const char *field_text(
	const struct item_field *field, const struct item_line *line, struct buf *text)
{
	char date[DATE_TEXT_BYTES];

	buf_clear(text);
	switch (field->kind) {
	case FIELD_TEXT: return VALUE(char *, line, field) ? VALUE(char *, line, field) : "";
	case FIELD_LIST: item_labels_text(VALUE(char *, line, field), text); break;
	case FIELD_INT64: buf_printf(text, "%lld", (long long)VALUE(int64_t, line, field)); break;
	case FIELD_INT32: buf_printf(text, "%d", (int)VALUE(int32_t, line, field)); break;
	case FIELD_TIME:
		if (VALUE(int64_t, line, field) != DATE_NONE)
			buf_puts(text, date_format(VALUE(int64_t, line, field), date));
		break;
	case FIELD_BOOL: buf_puts(text, VALUE(bool, line, field) ? "yes" : ""); break;
	case FIELD_SHARE: buf_printf(text, "%.2f", VALUE(double, line, field)); break;
	}
	return buf_text(text);
}

/* TSV */

static void begin_tsv(struct item_writer *writer)
{
	size_t i;

	if (writer->field_count == 0) {
		for (i = 0; i < ARRAY_LEN(fields); i++) {
			if (fields[i].in_tsv)
				writer->fields[writer->field_count++] = &fields[i];
		}
	}
	for (i = 0; i < writer->field_count; i++)
		printf("%s%s", i ? "\t" : "", writer->fields[i]->name);
	putchar('\n');
}

static void write_tsv(struct item_writer *writer, const struct item_line *line)
{
	struct buf row = {0}, text = {0};
	size_t i;

	for (i = 0; i < writer->field_count; i++) {
		if (i)
			buf_putc(&row, '\t');
		out_tsv(&row, field_text(writer->fields[i], line, &text));
	}
	puts(buf_text(&row));
	buf_finish(&row);
	buf_finish(&text);
}

/* table */

static void begin_table(struct item_writer *writer)
{
	static const char *const usual[] = {"id", "arrived", "section", "feed", "title"};
	struct table_column *columns;
	size_t i, k;

	/* Only where no fields were asked for. */
	for (i = 0; writer->field_count == i && i < ARRAY_LEN(usual); i++) {
		for (k = 0; !str_eq(fields[k].name, usual[i]); k++)
			continue;
		writer->fields[writer->field_count++] = &fields[k];
	}
	columns = xcalloc(writer->field_count, sizeof(*columns));
	for (i = 0; i < writer->field_count; i++)
		columns[i] = (struct table_column){writer->fields[i]->name,
			writer->fields[i]->kind == FIELD_INT64 ||
				writer->fields[i]->kind == FIELD_INT32,
			writer->fields[i]->kind == FIELD_TIME ? FIT_DROP
			: !writer->fields[i]->can_shrink      ? FIT_WHOLE
			: str_eq(writer->fields[i]->name, "title") || writer->field_count == 1
				? FIT_MAIN
				: FIT_CUT};
	writer->table = xcalloc(1, sizeof(*writer->table));
	table_init(writer->table, columns, writer->field_count);
}

/* Times are local, and short where titles need the place. */
static const char *local_time(const struct item_writer *writer, int64_t at, char text[WHEN_BYTES])
{
	if (out_is_terminal() && out_columns() < NARROW)
		return when_short(at, writer->zone, clock_now(), text);
	return when_local(at, writer->zone, text);
}

static void write_table(struct item_writer *writer, const struct item_line *line)
{
	struct buf text = {0};
	char time[WHEN_BYTES];
	size_t i;

	for (i = 0; i < writer->field_count; i++) {
		const struct item_field *field = writer->fields[i];

		table_cell(writer->table, OUT_PLAIN,
			field->kind == FIELD_TIME
				? local_time(writer, VALUE(int64_t, line, field), time)
				: field_text(field, line, &text));
	}
	buf_finish(&text);
}

static void end_table(struct item_writer *writer)
{
	table_print(writer->table);
	free((void *)writer->table->columns);
	free(writer->table);
	writer->table = NULL;
}

/* urls, markdown */

static void write_url(struct item_writer *writer, const struct item_line *line)
{
	struct buf clean = {0};

	(void)writer;
	if (line->url && url_is_web(line->url)) {
		out_safe(&clean, line->url);
		puts(buf_text(&clean));
	}
	buf_finish(&clean);
}

static void put_link(struct buf *to, const char *url)
{
	for (; *url; url++) {
		if ((unsigned char)*url <= ' ' || strchr("<>\\()", *url) || *url == 0x7F)
			buf_printf(to, "%%%02X", (unsigned char)*url);
		else
			buf_putc(to, *url);
	}
}

static void write_markdown(struct item_writer *writer, const struct item_line *line)
{
	bool has_link = line->url && url_is_web(line->url);
	char text[WHEN_BYTES];
	struct buf row = {0};

	buf_puts(&row, has_link ? "- [" : "- ");
	out_markdown(&row, str_is_empty(line->title) ? "(no title)" : line->title);
	if (has_link) {
		buf_puts(&row, "](");
		put_link(&row, line->url);
		buf_puts(&row, ")");
	}
	if (!str_is_empty(line->feed)) {
		buf_puts(&row, " \xE2\x80\x94 ");
		out_markdown(&row, line->feed);
	}
	when_local(
		line->published != DATE_NONE ? line->published : line->arrived, writer->zone, text);
	buf_printf(&row, ", %.10s", text);
	puts(buf_text(&row));
	buf_finish(&row);
}

static const struct item_format formats[] = {
	{"table", begin_table, write_table, end_table, false},
	{"json", NULL, write_json, NULL, false},
	{"tsv", begin_tsv, write_tsv, NULL, false},
	{"urls", NULL, write_url, NULL, false},
	{"markdown", NULL, write_markdown, NULL, false},
	{"atom", begin_atom, write_atom, end_atom, true},
};

const struct item_format *item_format_find(const char *name)
{
	struct nearest nearest = {.word = name};
	size_t i;

	for (i = 0; i < ARRAY_LEN(formats); i++) {
		if (str_eq(formats[i].name, name))
			return &formats[i];
		nearest_offer(&nearest, formats[i].name);
	}
	cmd_usage_error(
		"there is no format '%s'; %s%s%stable, json, tsv, urls, markdown and atom there are",
		log_visible(name), nearest.best ? "did you mean '" : "",
		nearest.best ? nearest.best : "", nearest.best ? "'? " : "");
	return NULL;
}

static bool add_field(struct item_writer *writer, const char *name)
{
	struct nearest nearest = {.word = name};
	struct buf names = {0};
	size_t i;

	for (i = 0; i < ARRAY_LEN(fields); i++) {
		if (str_eq(fields[i].name, name) && writer->field_count < ITEM_MAX_FIELDS) {
			writer->fields[writer->field_count++] = &fields[i];
			buf_finish(&names);
			return true;
		}
		nearest_offer(&nearest, fields[i].name);
		buf_printf(&names, "%s%s", i ? ", " : "", fields[i].name);
	}
	if (nearest.best)
		cmd_usage_error("there is no field '%s'; did you mean '%s'?", log_visible(name),
			nearest.best);
	else
		cmd_usage_error("there is no field '%s'; there are %s", log_visible(name),
			buf_text(&names));
	buf_finish(&names);
	return false;
}

bool item_writer_fields(struct item_writer *writer, const char *list)
{
	char *copy = xstrdup(list), *rest = copy, *name;
	bool is_good = true;

	while (is_good && (name = strsep(&rest, ", "))) {
		if (*name)
			is_good = add_field(writer, name);
	}
	free(copy);
	return is_good;
}

bool item_writer_wants_text(const struct item_writer *writer)
{
	size_t i;

	for (i = 0; i < writer->field_count; i++) {
		if (writer->fields[i]->is_long)
			return true;
	}
	return writer->format->wants_text;
}
