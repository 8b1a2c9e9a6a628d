/* rules: what the rules of the configuration are, and how often each acted. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/str.h"
#include "store/rules.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const char *const actions[] = {[RULE_KEEP] = "keep",
	[RULE_DROP] = "drop",
	[RULE_STAR] = "star",
	[RULE_SECTION] = "section"};

/* The conditions of a rule, as they are written in the configuration. */
struct condition {
	const char *name, *value;
};

static size_t conditions_of(const struct config_rule *rule, struct condition list[8])
{
	const struct condition all[] = {{"in-section", rule->in_section}, {"feed", rule->feed},
		{"category", rule->category}, {"author", rule->author}, {"title", rule->title},
		{"text", rule->text}, {"language", rule->language}};
	size_t count = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].value)
			list[count++] = all[i];
	return count;
}

static void add_row(
	struct table *table, const struct config_rule *rule, const struct rule_hits *hits)
{
	struct condition list[8];
	size_t count = conditions_of(rule, list);
	struct buf text = {0};
	char when[WHEN_BYTES];

	table_cell(table, OUT_PLAIN, rule->name);
	buf_puts(&text, actions[rule->action]);
	if (rule->action == RULE_SECTION)
		buf_printf(&text, " %s", rule->section);
	table_cell(table, OUT_PLAIN, buf_text(&text));
	table_cell_int(table, hits->hits);
	table_cell(table, OUT_PLAIN, when_ago(hits->last_at, clock_now(), when));
	buf_clear(&text);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s%s \"%s\"", i ? ", " : "", list[i].name, list[i].value);
	table_cell(table, OUT_PLAIN, buf_text(&text));
	buf_finish(&text);
}

static void print_rule(const struct config_rule *rule, const struct rule_hits *hits)
{
	json_t *object = json_object();
	struct condition list[8];
	size_t count = conditions_of(rule, list);

	json_add_str(object, "name", rule->name);
	json_add_str(object, "action", actions[rule->action]);
	if (rule->action == RULE_SECTION)
		json_add_str(object, "section", rule->section);
	for (size_t i = 0; i < count; i++)
		json_add_str(object, list[i].name, list[i].value);
	json_object_set_new(object, "hits", json_integer(hits->hits));
	if (hits->last_at)
		json_add_time(object, "last", hits->last_at);
	json_print_line(object);
}

static int list_rules(struct app *app, bool is_json)
{
	static const struct table_column columns[] = {{"rule", false, FIT_MAIN},
		{"action", false, FIT_CUT}, {"hits", true, FIT_WHOLE}, {"last", false, FIT_WHOLE},
		{"when", false, FIT_CUT}};
	struct table table;
	enum status status = STATUS_OK;

	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < app->config->rule_count && status == STATUS_OK; i++) {
		const struct config_rule *rule = &app->config->rules[i];
		struct rule_hits hits;

		status = rule_hits_get(app->store, rule->name, &hits);
		if (is_json)
			print_rule(rule, &hits);
		else
			add_row(&table, rule, &hits);
	}
	if (!is_json && status == STATUS_OK && app->config->rule_count)
		table_print(&table);
	if (status != STATUS_OK)
		return app_store_error(app->store, status);
	if (app->config->rule_count)
		return out_finish();
	if (out_is_terminal())
		cmd_note("%s has no rules; diurna.conf(5), RULE, tells what they can do.",
			app->config->path);
	return EXIT_NOTHING;
}

int cmd_rules(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'F'}, {0}};
	static const char *const formats[] = {"table", "json", NULL};
	struct app app = {0};
	int c, code, format = 0;

	while ((c = cmd_option(argc, argv, "", options)) != -1) {
		if (c != 'F')
			return EX_USAGE;
		format = cmd_choice("--format", optarg, formats);
		if (format < 0)
			return EX_USAGE;
	}
	if (optind != argc)
		return cmd_usage_error("'%s' is too much", log_visible(argv[optind]));
	code = app_open_store(&app);
	if (code == EX_OK)
		code = list_rules(&app, format == 1);
	app_close(&app);
	return code;
}
