/* explain: why an item is where it is. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/item_out.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/str.h"
#include "edition/edition.h"
#include "store/explain.h"
#include "store/query.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#define SELECT_HUB                                                          \
	"SELECT v_feed.hub, v_feed.push_until_at FROM v_item "              \
	"JOIN v_feed ON v_feed.url = v_item.feed_url WHERE v_item.id = ?1 " \
	"AND v_feed.push_until_at > ?2"

/* Everything that is known, and the sentences as they come. */
struct reasons {
	struct app *app;
	struct arena arena;
	struct item_detail item;
	struct explanation e;
	struct edition edition; /* that printed it */
	json_t *json;           /* NULL: for people */
};

/* One sentence under a heading; for scripts a member of that name. */
static void say(const struct reasons *r, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(const struct reasons *r, const char *name, const char *format, ...)
{
	struct buf text = {0}, lines = {0};
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	if (r->json)
		json_object_set_new(r->json, name, json_string(buf_text(&text)));
	else
		out_labelled(&lines, name, 10, OUT_DIM, buf_text(&text));
	fputs(buf_text(&lines), stdout);
	buf_finish(&lines);
	buf_finish(&text);
}

static void explain_section(const struct reasons *r)
{
	const char *section = log_visible(r->e.section), *what = log_visible(r->e.what);
	const char *feed = log_visible(r->item.line.feed);

	if (!r->e.section) {
		say(r, "section", "none yet: it is filed when its text is there");
		return;
	}
	switch (r->e.filed_by) {
	case FILED_BY_FEED:
		say(r, "section", "\"%s\": the section names its feed, %s", section, feed);
		break;
	case FILED_BY_CATEGORY:
		say(r, "section", "\"%s\": the section takes the category \"%s\"", section, what);
		break;
	case FILED_BY_MATCH: say(r, "section", "\"%s\": it matches %s", section, what); break;
	case FILED_BY_RULE:
		say(r, "section", "\"%s\": rule \"%s\" moved it there", section, what);
		break;
	case FILED_BY_SUBSCRIPTION:
		say(r, "section",
			"\"%s\": no section asks for it, and its feed, %s, is in that one", section,
			feed);
		break;
	case FILED_BY_NOTHING:
		say(r, "section", "\"%s\": no section asks for it, and its feed, %s, is in none",
			section, feed);
		break;
	case FILED_BEFORE:
		say(r, "section",
			"\"%s\", where it was filed when it came; today it would go to \"%s\"",
			section, what);
		break;
	}
}

static void explain_text(const struct reasons *r)
{
	const struct item_detail *item = &r->item;
	char when[WHEN_BYTES];

	if (str_eq(r->e.page_state, "waiting"))
		say(r, "text", "its page is still to be read, try %d, %s", r->e.page_tries + 1,
			when_ago(r->e.page_due_at, clock_now(), when));
	else if (item->page_error)
		say(r, "text", "the feed's own, for its page could not be read: %s",
			log_visible(item->page_error));
	else if (item->reason)
		say(r, "text", "%d words from the %s, poor: %s", (int)item->line.words,
			log_visible(item->source), log_visible(item->reason));
	else if (item->source)
		say(r, "text", "%d words from the %s, quality %.2f of 1", (int)item->line.words,
			log_visible(item->source), item->line.quality);
	else
		say(r, "text", "none");
}

static void explain_sightings(const struct reasons *r)
{
	const struct item_detail *item = &r->item;
	struct buf names = {0};
	size_t i;

	for (i = 0; i < item->sighting_count && i < 8; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", log_visible(item->sightings[i].feed));
	if (item->sighting_count > 8)
		buf_printf(&names, " and %zu more", item->sighting_count - 8);
	say(r, "feeds", "%s", buf_text(&names));
	buf_finish(&names);
}

/* In the edition that printed it: alone, leading, or under another one. */
/* A feed whose hub tells of news is not polled often. */
static void explain_hub(const struct reasons *r)
{
	sqlite3_stmt *row;
	bool has_row = false;
	char until[WHEN_BYTES];

	if (store_statement(r->app->store, SELECT_HUB, &row) != STATUS_OK)
		return;
	sqlite3_bind_int64(row, 1, r->item.line.id);
	sqlite3_bind_int64(row, 2, clock_now());
	if (store_step(r->app->store, row, &has_row) == STATUS_OK && has_row)
		say(r, "hub", "%s tells of its feed's news, until %s",
			log_visible((const char *)sqlite3_column_text(row, 0)),
			when_local(sqlite3_column_int64(row, 1), r->app->config->timezone, until));
	sqlite3_reset(row);
}

static void explain_story(const struct reasons *r)
{
	size_t i, k, l;

	for (i = 0; i < r->edition.section_count; i++) {
		const struct edition_section *section = &r->edition.sections[i];

		for (k = 0; k < section->story_count; k++) {
			const struct edition_story *story = &section->stories[k];

			for (l = 0; l < story->item_count && story->items[l].id != r->item.line.id;
				l++)
				continue;
			if (l == story->item_count)
				continue;
			say(r, "place", "%zu of %zu in \"%s\", importance %.2f", k + 1,
				section->story_count, log_visible(section->title),
				story->importance);
			if (l > 0)
				say(r, "story",
					"under item %lld, \"%s\" (%s), which reports the same",
					(long long)story->items[0].id,
					log_visible(story->items[0].title),
					log_visible(story->items[0].source));
			else if (story->item_count > 1)
				say(r, "story",
					story->item_count == 2
						? "leads %zu other that reports the same, item %lld"
						: "leads %zu others that report the same, item %lld first",
					story->item_count - 1, (long long)story->items[1].id);
			return;
		}
	}
}

static void explain_edition(const struct reasons *r)
{
	const struct item_line *line = &r->item.line;

	if (r->e.edition) {
		say(r, "edition", "%s, once and for all", log_visible(r->e.edition));
		explain_story(r);
	} else if (line->is_dropped) {
		say(r, "edition", "none: rule \"%s\" dropped it", log_visible(r->item.rule));
	} else if (line->is_backlog) {
		say(r, "edition",
			"none: it came with a new feed and was older than max-age, or beyond "
			"max-first");
	} else if (line->seq == 0) {
		say(r, "edition", "none yet: it has not arrived, see its text");
	} else if (!r->e.last_edition || line->seq > r->e.last_seq) {
		say(r, "edition", "the next one; %s%s closed before it arrived",
			r->e.last_edition ? "the last, of " : "none",
			r->e.last_edition ? log_visible(r->e.last_edition) : "");
	} else {
		say(r, "edition",
			"none: when the editions since its arrival closed, it was not to be printed");
	}
}

/* What retention leaves alone. */
static void explain_marks(const struct reasons *r)
{
	const struct item_line *line = &r->item.line;
	struct buf labels = {0};

	item_labels_text(line->labels, &labels);
	if (line->labels || line->is_starred)
		say(r, "kept", "its text stays: it is %s%s",
			line->is_starred ? line->labels ? "starred and labelled " : "starred"
					 : "labelled ",
			log_visible(buf_text(&labels)));
	buf_finish(&labels);
}

static int explain(struct reasons *r, int64_t id, bool is_json)
{
	struct app *app = r->app;
	struct edition_row row = {0};
	char when[WHEN_BYTES];
	enum status status = item_detail_get(app->store, id, &r->arena, &r->item);

	if (status == STATUS_OK)
		status = item_explain(app->store, app->config, id, &r->arena, &r->e);
	if (status == STATUS_NOT_FOUND)
		return cmd_error(EXIT_NOTHING,
			"there is no item %lld; 'diurna query' lists numbers, and a copy of another "
			"item has lost its own",
			(long long)id);
	if (status == STATUS_OK && r->e.edition &&
		edition_get(app->store, r->e.edition, &row) == STATUS_OK)
		edition_load(app->store, app->config, row.id, &r->edition);
	edition_row_finish(&row);
	if (status != STATUS_OK)
		return app_store_error(app->store, status);
	if (is_json)
		r->json = json_pack("{s:I}", "id", (json_int_t)id);
	say(r, "item", "%lld, \"%s\"", (long long)id, log_visible(r->item.line.title));
	say(r, "arrived", "%s",
		r->item.line.seq ? when_local(r->item.line.arrived, app->config->timezone, when)
				 : "not yet");
	explain_sightings(r);
	explain_hub(r);
	explain_text(r);
	explain_section(r);
	if (r->item.rule && !r->item.line.is_dropped && r->e.filed_by != FILED_BY_RULE)
		say(r, "rule", "\"%s\" applied", log_visible(r->item.rule));
	explain_edition(r);
	explain_marks(r);
	if (is_json)
		json_print_line(r->json);
	return out_finish();
}

int cmd_explain(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'f'}, {0}};
	const char *format = "text";
	struct app app = {0};
	struct reasons r = {.app = &app};
	uint64_t id;
	int code;

	while ((code = cmd_option(argc, argv, "f:", options)) != -1) {
		if (code != 'f')
			return EX_USAGE;
		format = optarg;
	}
	if (cmd_choice("--format", format, (const char *const[]){"text", "json", NULL}) < 0)
		return EX_USAGE;
	if (optind != argc - 1 || !str_to_u64(argv[optind], INT64_MAX, &id))
		return cmd_usage_error(
			"the number of one item is needed; 'diurna query' lists them");
	code = app_open_store(&app);
	edition_init(&r.edition);
	if (code == EX_OK)
		code = explain(&r, (int64_t)id, str_eq(format, "json"));
	edition_finish(&r.edition);
	arena_finish(&r.arena);
	app_close(&app);
	return code;
}
