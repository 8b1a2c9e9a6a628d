#include "store/explain.h"

#include "core/mem.h"
#include "core/str.h"
#include "store/filing.h"
#include "store/sections.h"
#include "store/sql.h"

#include <jansson.h>
#include <string.h>

/* What filing.c looks at, as it stands in the store. */
struct facts {
	struct store *store;
	int64_t id;
	const char *feed_url;
	const char *feed_section; /* that the subscription names; NULL: none */
	const char *page_section; /* as the page gives it; NULL: none */
	const char *rule;
	json_t *categories;
};

static bool matches(void *context, const char *rule)
{
	const struct facts *facts = context;
	int64_t found = 0;

	return sql_int(facts->store,
		       "SELECT count(*) FROM item_fts WHERE item_fts MATCH ?1 AND rowid = ?2",
		       &found, "si", rule, facts->id) == STATUS_OK &&
	       found > 0;
}

static const struct config_rule *rule_named(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; name && i < config->rule_count; i++) {
		if (str_eq(config->rules[i].name, name))
			return &config->rules[i];
	}
	return NULL;
}

static void explain_section(
	const struct facts *facts, const struct config *config, struct explanation *e)
{
	const struct config_rule *rule = rule_named(config, facts->rule);
	const struct filing_facts asked = {
		.feed_url = facts->feed_url,
		.categories = facts->categories,
		.page_section = facts->page_section,
		.matches = matches,
		.context = (void *)facts,
	};
	const char *today = NULL;
	size_t i;

	if (rule && rule->action == RULE_SECTION && str_eq(rule->section, e->section)) {
		e->filed_by = FILED_BY_RULE;
		e->what = rule->name;
		return;
	}
	for (i = 0; !today && i < config->section_count; i++) {
		e->filed_by = filing_takes(&asked, &config->sections[i], &e->what);
		if (e->filed_by != FILED_BY_NOTHING)
			today = config->sections[i].title;
	}
	if (!today) {
		today = facts->feed_section ? facts->feed_section : SECTION_OTHER;
		e->filed_by = facts->feed_section ? FILED_BY_SUBSCRIPTION : FILED_BY_NOTHING;
		e->what = NULL;
	}
	if (!str_eq(today, e->section)) {
		e->filed_by = FILED_BEFORE;
		e->what = today;
	}
}

static enum status load_facts(struct facts *facts, struct arena *arena, struct explanation *e)
{
	sqlite3_stmt *s;
	const char *categories;
	enum status status = sql_one(facts->store,
		"SELECT section.title, feed.url, own.title, article.section, item.rule, "
		"item.categories, item.page_state, item.page_due_at, item.page_tries FROM item "
		"JOIN feed ON feed.id = item.feed_id "
		"LEFT JOIN section ON section.id = item.section_id "
		"LEFT JOIN section AS own ON own.id = feed.section_id "
		"LEFT JOIN article ON article.item_id = item.id WHERE item.id = ?1",
		&s, "i", facts->id);

	if (status != STATUS_OK)
		return status;
	e->section = sql_arena(s, 0, arena);
	facts->feed_url = sql_arena(s, 1, arena);
	facts->feed_section = sql_arena(s, 2, arena);
	facts->page_section = sql_arena(s, 3, arena);
	facts->rule = sql_arena(s, 4, arena);
	categories = sql_arena(s, 5, arena);
	facts->categories = categories ? json_loads(categories, 0, NULL) : NULL;
	e->page_state = sql_arena(s, 6, arena);
	e->page_due_at = sqlite3_column_int64(s, 7);
	e->page_tries = sqlite3_column_int(s, 8);
	return STATUS_OK;
}

static enum status load_edition(
	const struct facts *facts, struct arena *arena, struct explanation *e)
{
	sqlite3_stmt *s;
	enum status status = sql_row(
		facts->store, "SELECT name, to_seq FROM edition ORDER BY id DESC LIMIT 1", &s, "");

	if (status != STATUS_OK)
		return status;
	if (s) {
		e->last_edition = sql_arena(s, 0, arena);
		e->last_seq = sqlite3_column_int64(s, 1);
	}
	status = sql_row(facts->store,
		"SELECT edition.name FROM edition_item "
		"JOIN edition ON edition.id = edition_item.edition_id WHERE item_id = ?1",
		&s, "i", facts->id);
	if (status == STATUS_OK && s)
		e->edition = sql_arena(s, 0, arena);
	return status;
}

enum status item_explain(struct store *store, const struct config *config, int64_t id,
	struct arena *arena, struct explanation *explanation)
{
	struct facts facts = {.store = store, .id = id};
	enum status status;

	memset(explanation, 0, sizeof(*explanation));
	status = load_facts(&facts, arena, explanation);
	if (status == STATUS_OK && explanation->section)
		explain_section(&facts, config, explanation);
	if (status == STATUS_OK)
		status = load_edition(&facts, arena, explanation);
	json_decref(facts.categories);
	return status;
}
