/* status, poll: asking the daemon. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static int64_t number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static void print_json(void *context, const json_t *answer)
{
	json_t *object = json_copy((json_t *)answer);

	(void)context;
	json_object_del(object, "done");
	json_print_line(object);
}

static void print_bytes(const char *what, int64_t bytes)
{
	printf("%-14s %.1f MiB\n", what, (double)bytes / (1024 * 1024));
}

static void print_text(void *context, const json_t *answer)
{
	const struct app *app = context;
	const json_t *counters = json_object_get(answer, "counters"), *value;
	const json_t *polls = json_object_get(counters, "polls");
	char text[WHEN_BYTES], ago[WHEN_BYTES];
	int64_t next = number(answer, "next_edition");
	const char *name;

	printf("%-14s %s, process %lld, up %s\n", "diurnad",
		log_visible(json_string_value(json_object_get(answer, "version"))),
		(long long)number(answer, "pid"), when_span(number(answer, "uptime_s"), text));
	printf("%-14s %lld, %lld due\n", "feeds", (long long)number(answer, "feeds"),
		(long long)number(answer, "due"));
	printf("%-14s %lld running, %lld waiting\n", "requests",
		(long long)number(answer, "running"), (long long)number(answer, "waiting"));
	printf("%-14s %lld to be read\n", "pages", (long long)number(answer, "pages"));
	printf("%-14s %lld, %lld lost since the start\n", "parsers",
		(long long)number(answer, "parsers"), (long long)number(answer, "parsers_lost"));
	print_bytes("queue", number(answer, "queue_bytes"));
	print_bytes("memory", number(answer, "memory_bytes"));
	if (next)
		printf("%-14s %s, %s\n", "next edition",
			when_local(next, app->config->timezone, text),
			when_ago(next, clock_now(), ago));
	printf("since the start\n");
	json_object_foreach((json_t *)polls, name, value)
	{
		if (json_integer_value(value))
			printf("  polls, %-22s %lld\n", log_visible(name),
				(long long)json_integer_value(value));
	}
	json_object_foreach((json_t *)counters, name, value)
	{
		if (json_is_integer(value))
			printf("  %-29s %lld\n", log_visible(name),
				(long long)json_integer_value(value));
	}
}

/* What grows is a counter, what goes up and down a gauge. Source: Prometheus text format 0.0.4. */
static void print_prometheus(void *context, const json_t *answer)
{
	const json_t *counters = json_object_get(answer, "counters"), *value;
	const char *name;

	(void)context;
	printf("# TYPE diurna_up gauge\ndiurna_up 1\n");
	json_object_foreach((json_t *)answer, name, value)
	{
		if (json_is_integer(value) && !str_eq(name, "pid"))
			printf("# TYPE diurna_%s gauge\ndiurna_%s %lld\n", name, name,
				(long long)json_integer_value(value));
	}
	printf("# TYPE diurna_polls_total counter\n");
	json_object_foreach(json_object_get(counters, "polls"), name, value)
	{
		printf("diurna_polls_total{outcome=\"%s\"} %lld\n", name,
			(long long)json_integer_value(value));
	}
	json_object_foreach((json_t *)counters, name, value)
	{
		if (json_is_integer(value))
			printf("# TYPE diurna_%s_total counter\ndiurna_%s_total %lld\n", name, name,
				(long long)json_integer_value(value));
	}
}

int cmd_status(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'f'}, {0}};
	static const char *const names[] = {"text", "json", "prometheus", NULL};
	static void (*const print[])(void *context, const json_t *answer) = {
		print_text, print_json, print_prometheus};
	const char *format = "text";
	struct app app = {0};
	int c, i, code;

	while ((c = cmd_option(argc, argv, "f:", options)) != -1) {
		if (c != 'f')
			return EX_USAGE;
		format = optarg;
	}
	i = cmd_choice("--format", format, names);
	if (i < 0)
		return EX_USAGE;
	if (optind != argc)
		return cmd_usage_error("it takes no arguments");
	code = app_open_config(&app);
	if (code == EX_OK) {
		code = app_ask_daemon(
			&app, json_pack("{s:s}", "command", "status"), 30000, print[i], &app);
		if (code == EX_UNAVAILABLE) {
			if (str_eq(format, "prometheus"))
				printf("# TYPE diurna_up gauge\ndiurna_up 0\n");
			cmd_error(0, "no daemon runs (%s)", app.config->control_path);
		}
	}
	if (code == EX_OK)
		code = out_finish();
	app_close(&app);
	return code;
}

struct poll_report {
	int64_t asked, fresh, done;
};

static void print_poll(void *context, const json_t *answer)
{
	struct poll_report *report = context;
	const char *feed = json_string_value(json_object_get(answer, "feed"));
	const char *outcome = json_string_value(json_object_get(answer, "outcome"));

	report->asked += number(answer, "asked");
	if (!feed)
		return;
	report->done++;
	report->fresh += number(answer, "new");
	printf("%-16s %3lld new  %s\n", log_visible(outcome), (long long)number(answer, "new"),
		log_visible(feed));
	fflush(stdout);
}

static int poll_here(struct app *app, bool is_forced, char **feeds, int count)
{
	const char **args = xcalloc((size_t)count + 4, sizeof(*args));
	int i, n = 0, code;

	args[n++] = "--once";
	args[n++] = "--progress";
	if (is_forced)
		args[n++] = "--force";
	for (i = 0; i < count; i++)
		args[n++] = feeds[i];
	code = app_run_daemon(app, args);
	free(args);
	return code;
}

int cmd_poll(int argc, char **argv)
{
	static const struct option options[] = {{"force", no_argument, NULL, 'f'}, {0}};
	struct poll_report report = {0};
	struct app app = {0};
	bool is_forced = false;
	json_t *feeds, *request;
	int c, i, code;

	while ((c = cmd_option(argc, argv, "f", options)) != -1) {
		if (c != 'f')
			return EX_USAGE;
		is_forced = true;
	}
	code = app_open_config(&app);
	if (code != EX_OK)
		return code;
	feeds = json_array();
	for (i = optind; i < argc; i++)
		json_array_append_new(feeds, json_string(argv[i]));
	request =
		json_pack("{s:s, s:o, s:b}", "command", "poll", "feeds", feeds, "force", is_forced);
	code = app_ask_daemon(&app, request, -1, print_poll, &report);
	if (code == EX_UNAVAILABLE)
		code = poll_here(&app, is_forced, argv + optind, argc - optind);
	else if (code == EX_OK && report.asked == 0 && report.done == 0)
		printf("The daemon polls what is due by itself; --force asks for all.\n");
	else if (code == EX_OK)
		printf("%lld feeds polled, %lld new items.\n", (long long)report.done,
			(long long)report.fresh);
	if (code == EX_OK)
		code = out_finish();
	app_close(&app);
	return code;
}
