#include "store/filing.h"

#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/url.h"
#include "store/match.h"
#include "store/rules.h"
#include "store/sections.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

/* What is filed, and how far the private index has it. */
struct filing {
	struct store *store;
	const struct item_row *row;
	const struct item_text *text;
	struct filing_facts facts;
	const char *section; /* title found so far */
	bool is_indexed;
};

static bool same_name(const char *a, const char *b)
{
	return terms_equal(a, b) && terms_count(a) > 0;
}

/* Of the entry, of the page, or the page's own section. */
static bool has_category(const struct filing_facts *facts, const char *name)
{
	json_t *value;
	size_t i;

	json_array_foreach(facts->categories, i, value)
	{
		if (json_is_string(value) && same_name(json_string_value(value), name))
			return true;
	}
	for (i = 0; i < facts->page_category_count; i++) {
		if (same_name(facts->page_categories[i], name))
			return true;
	}
	return facts->page_section && same_name(facts->page_section, name);
}

enum filed_by filing_takes(
	const struct filing_facts *facts, const struct config_section *section, const char **what)
{
	size_t i;

	*what = NULL;
	for (i = 0; i < section->feed_count; i++) {
		if (str_eq(section->feeds[i], facts->feed_url))
			return FILED_BY_FEED;
	}
	for (i = 0; i < section->category_count; i++) {
		*what = section->categories[i];
		if (has_category(facts, *what))
			return FILED_BY_CATEGORY;
	}
	*what = section->match;
	return *what && facts->matches(facts->context, *what) ? FILED_BY_MATCH : FILED_BY_NOTHING;
}

/* A full-text rule on this one item. A rule that FTS5 does not understand is met by nothing. */
static bool matches(void *context, const char *rule)
{
	struct filing *filing = context;
	char *match = match_spell(rule);
	int64_t found = 0;
	enum status status = STATUS_OK;

	if (!filing->is_indexed) {
		status = sql_run(filing->store, "DELETE FROM temp.filing_fts", "");
		if (status == STATUS_OK)
			status = sql_run(filing->store,
				"INSERT INTO temp.filing_fts (rowid, title, text, author) "
				"VALUES (1, ?1, ?2, ?3)",
				"sss", filing->row->title, filing->text->text, filing->row->author);
		filing->is_indexed = status == STATUS_OK;
	}
	if (status == STATUS_OK)
		status = sql_int(filing->store,
			"SELECT count(*) FROM temp.filing_fts WHERE filing_fts MATCH ?1", &found,
			"s", match);
	free(match);
	if (status != STATUS_OK)
		log_debug("full-text rule %s: %s", log_visible(rule), store_error(filing->store));
	return status == STATUS_OK && found > 0;
}

/* The whole URL of the item's feed, or a part of that or of its title. */
static bool is_of_feed(struct filing *filing, const char *feed)
{
	sqlite3_stmt *s;
	bool is_it = false;

	if (url_is_web(feed))
		return str_eq(feed, filing->row->feed_url);
	if (terms_contain(filing->row->feed_url, feed))
		return true;
	if (sql_row(filing->store, "SELECT coalesce(name, title) FROM feed WHERE id = ?1", &s, "i",
		    filing->row->feed_id) == STATUS_OK &&
		s) {
		is_it = terms_contain(sql_text(s, 0), feed);
		sqlite3_reset(s);
	}
	return is_it;
}

/* "en" is also "en-GB", and "fi" not "fil". Source: RFC 4647, 3.3.1. */
static bool is_in_language(const char *language, const char *range)
{
	size_t len = strlen(range);

	return language && str_istarts(language, range) &&
	       (language[len] == '\0' || language[len] == '-' || language[len] == '_');
}

static bool rule_applies(struct filing *filing, const struct config_rule *rule)
{
	const struct item_row *row = filing->row;
	const char *language = filing->text->language ? filing->text->language : row->language;

	if (rule->in_section && !same_name(rule->in_section, filing->section))
		return false;
	if (rule->feed && !is_of_feed(filing, rule->feed))
		return false;
	if (rule->category && !has_category(&filing->facts, rule->category))
		return false;
	if (rule->author && !terms_contain(row->author, rule->author))
		return false;
	if (rule->title && !terms_contain(row->title, rule->title))
		return false;
	if (rule->language && !is_in_language(language, rule->language))
		return false;
	return !rule->text || matches(filing, rule->text);
}

/* In file order; the first that keeps or drops is the last that is asked. */
static enum status apply_rules(
	struct filing *filing, const struct config *config, int64_t at, struct placed *placed)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < config->rule_count && status == STATUS_OK; i++) {
		const struct config_rule *rule = &config->rules[i];

		if (!rule_applies(filing, rule))
			continue;
		buf_printf(&placed->rules, "%s%s", placed->rules.len ? ", " : "", rule->name);
		if (at)
			status = rule_hit(filing->store, rule->name, at);
		if (rule->action == RULE_DROP)
			placed->is_dropped = true;
		else if (rule->action == RULE_STAR)
			placed->is_starred = true;
		else if (rule->action == RULE_SECTION && rule->section)
			filing->section = rule->section;
		if (rule->action == RULE_DROP || rule->action == RULE_KEEP)
			break;
	}
	return status;
}

enum status item_file(struct store *store, const struct config *config, const struct item_row *row,
	const struct item_text *text, int64_t at, struct placed *placed)
{
	struct filing filing = {.store = store, .row = row, .text = text};
	struct arena arena = {0};
	json_t *categories = row->categories ? json_loads(row->categories, 0, NULL) : NULL;
	const char *what;
	sqlite3_stmt *s;
	enum status status;

	memset(placed, 0, sizeof(*placed));
	filing.facts = (struct filing_facts){
		.feed_url = row->feed_url,
		.categories = categories,
		.page_categories = (const char *const *)text->categories,
		.page_category_count = text->category_count,
		.page_section = text->section,
		.matches = matches,
		.context = &filing,
	};
	for (size_t i = 0; !filing.section && i < config->section_count; i++)
		if (filing_takes(&filing.facts, &config->sections[i], &what) != FILED_BY_NOTHING)
			filing.section = config->sections[i].title;
	/* the usual way of most items, and nobody asks for a title */
	if (!filing.section && !config->rule_count && row->feed_section_id) {
		placed->section_id = row->feed_section_id;
		status = STATUS_OK;
		goto out;
	}
	if (!filing.section) {
		status = sql_row(store, "SELECT title FROM section WHERE id = ?1", &s, "i",
			row->feed_section_id);
		if (status != STATUS_OK)
			goto out;
		filing.section = s ? sql_arena(s, 0, &arena) : SECTION_OTHER;
	}
	status = apply_rules(&filing, config, at, placed);
	if (status == STATUS_OK)
		status = section_find(store, filing.section, &placed->section_id);
out:
	json_decref(categories);
	arena_finish(&arena);
	return status;
}
