/* show: one item whole. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/diff.h"
#include "cli/item_out.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/log.h"
#include "core/markup.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/query.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct show {
	const struct item_detail *item;
	const char *zone;
	bool wants_revisions;
};

static void put_header(struct buf *to, const char *name, const char *value)
{
	char *label;

	if (str_is_empty(value))
		return;
	label = xasprintf("%s: ", name);
	out_labelled(to, label, (int)strlen(label), OUT_DIM, value);
	free(label);
}

static void put_report(struct buf *to, const struct item_report *report)
{
	char *text = xasprintf("%lld, %s: %s", (long long)report->id,
		report->feed ? report->feed : "", report->title ? report->title : "");

	put_header(to, "Same story", text);
	free(text);
}

static void put_text(struct buf *to, const char *html, const char *plain)
{
	struct buf text = {0};
	int columns = out_columns();

	/* Long lines are hard to read, whatever the window's width. */
	if (html && out_is_terminal())
		markup_to_terminal(html, (size_t)(columns > 84 ? 80 : columns - 4), &text);
	else if (html)
		markup_to_text(html, (size_t)(columns > 84 ? 80 : columns - 4), &text);
	else if (plain)
		buf_puts(&text, plain);
	if (out_is_terminal())
		out_styled(to, buf_text(&text));
	else
		out_safe_block(to, buf_text(&text));
	if (text.len)
		buf_putc(to, '\n');
	buf_finish(&text);
}

/* "Feed · author · 2026-08-22 06:30 · 4 min", and what else is worth a line of its own. */
static void put_terminal_head(const struct show *show, struct buf *to)
{
	const struct item_line *line = &show->item->line;
	const char *parts[] = {line->feed, line->author, NULL, NULL};
	const char *dot = out_is_utf8() ? " \xC2\xB7 " : " - ";
	char when[WHEN_BYTES], minutes[32];
	struct buf head = {0};
	size_t i;

	parts[2] = when_local(line->published, show->zone, when);
	if (line->words > 0) {
		snprintf(minutes, sizeof(minutes), "%d min", (int)line->words / 230 + 1);
		parts[3] = minutes;
	}
	for (i = 0; i < ARRAY_LEN(parts); i++) {
		if (!str_is_empty(parts[i]))
			buf_printf(&head, "%s%s", head.len == 0 ? "" : dot, parts[i]);
	}
	out_labelled(to, NULL, 0, OUT_DIM, buf_text(&head));
	out_labelled(to, NULL, 0, OUT_DIM, line->url ? line->url : "");
	buf_finish(&head);
}

/* Who else had a part in it, and what may be done with it. */
static void put_details(const struct item_detail *item, struct buf *to)
{
	json_t *details = item->details ? json_loads(item->details, 0, NULL) : NULL, *credit;
	const char *name, *role;
	struct buf line = {0};
	size_t i;

	json_array_foreach(json_object_get(details, "credits"), i, credit)
	{
		name = json_string_value(json_object_get(credit, "name"));
		role = json_string_value(json_object_get(credit, "role"));
		buf_clear(&line);
		buf_puts(&line, name ? name : "");
		if (role)
			buf_printf(&line, " (%s)", role);
		put_header(to, "With", buf_text(&line));
	}
	put_header(to, "Rights", json_string_value(json_object_get(details, "rights")));
	put_header(to, "Licence", json_string_value(json_object_get(details, "license")));
	json_decref(details);
	buf_finish(&line);
}

/* "cut short: the rest is elsewhere; from the page, quality 0.21 of 1" */
static void put_quality(const struct item_detail *item, struct buf *to)
{
	struct buf line = {0};

	if (item->reason)
		buf_puts(&line, item->reason);
	if (item->source && !str_eq(item->source, "none"))
		buf_printf(&line, "%sfrom the %s, quality %.2f of 1", line.len ? "; " : "",
			item->source, item->line.quality);
	put_header(to, "Text", buf_text(&line));
	buf_finish(&line);
}

/* What the ith change made of the text before it. */
static void put_change(const struct item_detail *item, size_t i, struct buf *to)
{
	const struct item_revision *before = &item->revisions[i];
	bool is_last = i + 1 == item->revision_count;
	bool is_changed =
		diff_words(before->title, is_last ? item->line.title : before[1].title, to);

	if (is_changed)
		buf_putc(to, '\n');
	if (!diff_words(before->text, is_last ? item->line.text : before[1].text, to) &&
		!is_changed)
		buf_puts(to, "nothing in its text\n");
}

static void show_text(const struct show *show, struct buf *to)
{
	const struct item_detail *item = show->item;
	const struct item_line *line = &item->line;
	char when[WHEN_BYTES], head[2 * WHEN_BYTES + 64];
	struct buf labels = {0};
	size_t i;

	out_labelled(to, NULL, 0, OUT_BOLD, str_is_empty(line->title) ? "(no title)" : line->title);
	if (out_is_terminal()) {
		put_terminal_head(show, to);
	} else {
		put_header(to, "By", line->author);
		put_header(to, "Published", when_local(line->published, show->zone, when));
		put_header(to, "Arrived", when_local(line->arrived, show->zone, when));
		put_header(to, "Feed", line->feed);
		put_header(to, "Section", line->section);
		put_header(to, "Edition", line->edition);
		put_header(to, "Address", line->url);
	}
	item_labels_text(line->labels, &labels);
	put_header(to, "Labels", buf_text(&labels));
	put_header(to, "Starred", line->is_starred ? "yes" : NULL);
	buf_finish(&labels);
	put_header(to, "Comments", item->comments);
	for (i = 0; i < item->enclosure_count; i++)
		put_header(to, "Attached", item->enclosures[i].url);
	put_details(item, to);
	put_quality(item, to);
	put_header(to, "Page", item->page_error);
	put_header(to, line->is_dropped ? "Dropped by" : "Rule", item->rule);
	for (i = 0; i < item->sighting_count; i++)
		if (!str_eq(item->sightings[i].feed, line->feed))
			put_header(to, "Also in", item->sightings[i].feed);
	for (i = 0; i < item->report_count; i++)
		put_report(to, &item->reports[i]);
	buf_putc(to, '\n');
	put_text(to, line->html, line->text ? line->text : line->excerpt);
	for (i = 0; show->wants_revisions && i < item->revision_count; i++) {
		snprintf(head, sizeof(head), "\n--- changed %s ---\n",
			when_local(item->revisions[i].at, show->zone, when));
		buf_puts(to, head);
		put_change(item, i, to);
	}
}

static void show_markdown(const struct show *show, struct buf *to)
{
	const struct item_line *line = &show->item->line;
	struct buf body = {0};
	char when[WHEN_BYTES];
	size_t i;

	buf_puts(to, "# ");
	out_markdown(to, line->title);
	buf_puts(to, "\n\n");
	out_markdown(to, line->author);
	buf_puts(to, str_is_empty(line->author) ? "" : ", ");
	out_markdown(to, line->feed);
	buf_printf(to, ", %s\n\n<", when_local(line->published, show->zone, when));
	out_safe(to, line->url);
	buf_puts(to, ">\n\n");
	markup_to_markdown(line->html, &body);
	for (i = 0; show->wants_revisions && i < show->item->revision_count; i++) {
		buf_printf(&body, "\n\n## Revision %d, until %s\n\n",
			(int)show->item->revisions[i].n,
			when_local(show->item->revisions[i].at, show->zone, when));
		markup_to_markdown(show->item->revisions[i].html, &body);
	}
	out_safe_block(to, buf_text(&body));
	buf_putc(to, '\n');
	buf_finish(&body);
}

static void put_html_article(struct buf *to, const char *title, const char *html)
{
	buf_puts(to, "<article>\n<h1>");
	buf_put_escaped(to, title ? title : "");
	buf_puts(to, "</h1>\n");
	buf_puts(to, html ? html : "");
	buf_puts(to, "\n</article>\n");
}

static void show_html(const struct show *show, struct buf *to)
{
	const struct item_line *line = &show->item->line;
	size_t i;

	buf_puts(to, "<!DOCTYPE html>\n<html");
	if (line->language) {
		buf_puts(to, " lang=\"");
		buf_put_escaped(to, line->language);
		buf_puts(to, "\"");
	}
	/* The sanitiser let nothing through that runs; this says the same to the browser. */
	buf_puts(to, "><head><meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "img-src https: http:; style-src 'unsafe-inline'\">\n"
		     "<meta name=\"referrer\" content=\"no-referrer\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	buf_put_escaped(to, line->title ? line->title : "");
	buf_puts(to, "</title></head>\n<body>\n<p>");
	buf_put_escaped(to, line->feed ? line->feed : "");
	buf_puts(to, " <a href=\"");
	buf_put_escaped(to, line->url ? line->url : "");
	buf_puts(to, "\">");
	buf_put_escaped(to, line->url ? line->url : "");
	buf_puts(to, "</a></p>\n");
	put_html_article(to, line->title, line->html);
	for (i = 0; show->wants_revisions && i < show->item->revision_count; i++)
		put_html_article(to, show->item->revisions[i].title, show->item->revisions[i].html);
	buf_puts(to, "</body></html>\n");
}

static void add_sightings(json_t *object, const struct item_detail *item)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < item->sighting_count; i++) {
		one = json_object();
		json_add_str(one, "feed", item->sightings[i].feed);
		json_add_str(one, "guid", item->sightings[i].guid);
		json_add_str(one, "url", item->sightings[i].url);
		json_add_str(one, "title", item->sightings[i].title);
		json_add_time(one, "first_seen", item->sightings[i].first_seen_at);
		json_array_append_new(list, one);
	}
	json_object_set_new(object, "sightings", list);
}

static void add_reports(json_t *object, const struct item_detail *item)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < item->report_count; i++) {
		one = json_object();
		json_add_int(one, "id", item->reports[i].id);
		json_add_str(one, "feed", item->reports[i].feed);
		json_add_str(one, "title", item->reports[i].title);
		json_add_time(one, "arrived", item->reports[i].arrived);
		json_array_append_new(list, one);
	}
	json_object_set_new(object, "reports", list);
}

static void add_revisions(json_t *object, const struct item_detail *item)
{
	json_t *list = json_array(), *one;
	size_t i;

	for (i = 0; i < item->revision_count; i++) {
		one = json_object();
		json_object_set_new(one, "n", json_integer(item->revisions[i].n));
		json_add_time(one, "until", item->revisions[i].at);
		json_add_str(one, "title", item->revisions[i].title);
		json_add_str(one, "html", item->revisions[i].html);
		json_add_str(one, "text", item->revisions[i].text);
		json_array_append_new(list, one);
	}
	json_object_set_new(object, "revisions", list);
}

static void show_json(const struct show *show, struct buf *to)
{
	const struct item_detail *item = show->item;
	json_t *object = json_object(), *list, *details;
	size_t i;

	(void)to;
	json_add_item(object, &item->line, true);
	json_add_str(object, "source", item->source);
	json_add_str(object, "reason", item->reason);
	json_add_str(object, "page_error", item->page_error);
	json_add_str(object, "rule", item->rule);
	json_add_str(object, "comments", item->comments);
	list = json_array();
	for (i = 0; i < item->category_count; i++)
		json_array_append_new(list, json_string(item->categories[i]));
	json_object_set_new(object, "categories", list);
	json_object_set_new(
		object, "enclosures", doc_json_enclosures(item->enclosures, item->enclosure_count));
	details = item->details ? json_loads(item->details, 0, NULL) : NULL;
	json_object_update_missing(object, details);
	json_decref(details);
	add_sightings(object, item);
	add_reports(object, item);
	if (show->wants_revisions)
		add_revisions(object, item);
	json_print_line(object);
}

static const char *const format_names[] = {"text", "markdown", "html", "json", NULL};
static void (*const formats[])(const struct show *show, struct buf *to) = {
	show_text, show_markdown, show_html, show_json};

static int show_item(struct app *app, int64_t id, int format, bool wants_revisions)
{
	struct arena arena = {0};
	struct item_detail item;
	struct show show = {&item, app->config->timezone, wants_revisions};
	enum status status = item_detail_get(app->store, id, &arena, &item);
	struct buf text = {0};
	int code;

	if (status == STATUS_NOT_FOUND) {
		code = cmd_error(EXIT_NOTHING,
			"there is no item %lld; 'diurna query' lists numbers", (long long)id);
	} else if (status != STATUS_OK) {
		code = app_store_error(app->store, status);
	} else {
		formats[format](&show, &text);
		fwrite(buf_text(&text), 1, text.len, stdout);
		code = out_finish();
	}
	buf_finish(&text);
	arena_finish(&arena);
	return code;
}

int cmd_show(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'f'},
		{"revisions", no_argument, NULL, 'r'}, {0}};
	const char *format = "text";
	bool wants_revisions = false;
	struct app app = {0};
	uint64_t id;
	int c, f, k, code, worst = EX_OK;

	while ((c = cmd_option(argc, argv, "f:r", options)) != -1) {
		switch (c) {
		case 'f': format = optarg; break;
		case 'r': wants_revisions = true; break;
		default: return EX_USAGE;
		}
	}
	f = cmd_choice("--format", format, format_names);
	if (f < 0)
		return EX_USAGE;
	if (optind == argc)
		return cmd_usage_error("the number of an item is needed; 'diurna query' tells it");
	code = app_open_store(&app);
	if (code == EX_OK && str_eq(format, "text"))
		out_page();
	for (k = optind; code == EX_OK && k < argc; k++) {
		if (!str_to_u64(argv[k], INT64_MAX, &id))
			code = cmd_usage_error(
				"'%s' is no number of an item; 'diurna query --match %s' looks for it",
				log_visible(argv[k]), log_visible(argv[k]));
		else if ((c = show_item(&app, (int64_t)id, f, wants_revisions)) != EX_OK)
			worst = c;
	}
	app_close(&app);
	return code != EX_OK ? code : worst;
}
