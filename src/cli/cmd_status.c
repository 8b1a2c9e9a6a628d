/* status: how the daemon and the newspaper do. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/feed_health.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/spool.h"
#include "store/editions.h"
#include "store/store.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { NAME_WIDTH = 11 };

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

/* A dim name, then what there is to say, broken between words; not where it has styles of its own.
 */
static void line(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void line(const char *name, const char *format, ...)
{
	struct buf text = {0}, lines = {0};
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	if (strchr(buf_text(&text), '\033'))
		buf_printf(&lines, "%s%-*s%s%s\n", out_style(OUT_DIM), NAME_WIDTH, name, out_end(),
			buf_text(&text));
	else
		out_labelled(&lines, name, NAME_WIDTH, OUT_DIM, buf_text(&text));
	fputs(buf_text(&lines), stdout);
	buf_finish(&text);
	buf_finish(&lines);
}

static double mib(int64_t bytes)
{
	return (double)bytes / (1024 * 1024);
}

static int64_t ask_store(struct store *store, const char *sql)
{
	sqlite3_stmt *row = NULL;
	int64_t value = 0;

	if (store && sqlite3_prepare_v2(store_db(store), sql, -1, &row, NULL) == SQLITE_OK &&
		sqlite3_step(row) == SQLITE_ROW)
		value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return value;
}

/* next_at: 0, no daemon says so. */
static void print_newspaper(struct app *app, int64_t next_at)
{
	char text[WHEN_BYTES], ago[WHEN_BYTES], next[2 * WHEN_BYTES + 16] = "";
	char count[OUT_COUNT_BYTES];
	struct edition_row last = {0};
	int64_t waiting;

	if (next_at)
		snprintf(next, sizeof(next), "; next %s, %s",
			when_local(next_at, app->config->timezone, text),
			when_ago(next_at, clock_now(), ago));
	if (edition_get(app->store, NULL, &last) != STATUS_OK) {
		line("newspaper", "none yet%s", next);
		return;
	}
	waiting = ask_store(app->store,
		"SELECT count(DISTINCT item_id) FROM arrival WHERE kind = 0 AND seq > (SELECT "
		"max(to_seq) FROM edition)");
	line("newspaper", "last %s, %s%s", last.name,
		out_count(last.item_count, "article", "articles", count), next);
	if (last.published_at == 0)
		line("", "%sits digests are not written yet%s; the daemon's log tells why",
			out_style(OUT_BAD), out_end());
	line("", "%s for the next one",
		waiting ? out_count(waiting, "item waits", "items wait", count) : "nothing waits");
	edition_row_finish(&last);
}

static void print_feeds(struct app *app)
{
	int64_t active = ask_store(app->store, "SELECT count(*) FROM feed WHERE state = 'active'");
	int64_t failing = ask_store(app->store,
		"SELECT count(*) FROM feed WHERE state = 'active' AND failing_since > 0");
	int64_t gone = ask_store(app->store, "SELECT count(*) FROM feed WHERE state = 'gone'");
	int64_t fresh = ask_store(app->store,
		"SELECT count(*) FROM feed WHERE state = 'active' AND last_poll_at = 0");

	line("feeds", "%lld: %lld fine, %s%lld failing%s, %lld gone, %lld never polled",
		(long long)(active + gone), (long long)(active - failing - fresh),
		failing ? out_style(OUT_BAD) : "", (long long)failing, failing ? out_end() : "",
		(long long)gone, (long long)fresh);
	if (failing || gone)
		line("", "'diurna feeds --troubled' tells why");
}

static void print_store(struct app *app)
{
	char count[OUT_COUNT_BYTES], most[48] = "";

	/* Not the file's own size: what is new stands in the log beside it for a while. */
	if (!app->store)
		return;
	if (app->config->max_store_bytes > 0)
		snprintf(most, sizeof(most), " of at most %.1f", mib(app->config->max_store_bytes));
	line("store", "%s, %.1f MiB%s, %s",
		out_count(
			ask_store(app->store, "SELECT count(*) FROM item"), "item", "items", count),
		mib(ask_store(app->store, "SELECT page_count * page_size FROM "
					  "pragma_page_count, pragma_page_size")),
		most, app->config->store_path);
}

static void print_counters(const json_t *counters)
{
	const json_t *polls = json_object_get(counters, "polls"), *value;
	int64_t all = 0, failed;
	char count[OUT_COUNT_BYTES];
	const char *name;

	json_object_foreach((json_t *)polls, name, value) all += json_integer_value(value);
	failed = all - number(polls, "ok") - number(polls, "not-modified");
	line("since then", "%s (%lld not modified, %lld failed), %.1f MiB received",
		out_count(all, "poll", "polls", count), (long long)number(polls, "not-modified"),
		(long long)failed, mib(number(counters, "bytes")));
	line("", "%s, %lld changed, %lld copies; %lld pages read, %lld not",
		out_count(number(counters, "items_new"), "new item", "new items", count),
		(long long)number(counters, "items_revised"),
		(long long)number(counters, "items_merged"),
		(long long)number(counters, "pages_ok"),
		(long long)number(counters, "pages_failed"));
	if (number(counters, "archives_read") + number(counters, "archives_failed") > 0)
		line("", "%lld older documents of feeds read, %lld not",
			(long long)number(counters, "archives_read"),
			(long long)number(counters, "archives_failed"));
}

/* Nothing where no hub was ever asked. */
static void print_hubs(struct app *app, const json_t *counters)
{
	char sql[100];
	int64_t told;

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM v_feed WHERE push_until_at > %lld",
		(long long)clock_now());
	told = ask_store(app->store, sql);
	if (told + number(counters, "hub_requests") + number(counters, "hub_deliveries") == 0)
		return;
	line("hubs", "%lld %s told of by %s; %lld deliver%s, %lld not signed", (long long)told,
		told == 1 ? "feed is" : "feeds are", told == 1 ? "its hub" : "their hubs",
		(long long)number(counters, "hub_deliveries"),
		number(counters, "hub_deliveries") == 1 ? "y" : "ies",
		(long long)number(counters, "hub_rejected"));
}

/* As the daemon tells it, or without one as the folder does; NULL: nothing is mailed. */
static json_t *find_mail(struct app *app, const json_t *answer)
{
	struct spool_sum sum = {0};
	json_t *mail = json_incref(json_object_get(answer, "mail"));

	if (!answer && app->config->mail.to_count > 0 &&
		spool_sum_up(app->config, &sum) == STATUS_OK)
		mail = spool_sum_json(&sum);
	spool_sum_finish(&sum);
	return mail;
}

static void print_mail(struct app *app, const json_t *answer)
{
	json_t *mail = find_mail(app, answer);
	int64_t waiting = number(mail, "waiting"), unsure = number(mail, "unsure"),
		failed = number(mail, "failed"), stranded = number(mail, "stranded");
	const char *why = json_string_value(json_object_get(mail, "answer"));
	char count[OUT_COUNT_BYTES], since[WHEN_BYTES], next[WHEN_BYTES + 16] = "", ago[WHEN_BYTES];

	if (!mail)
		return;
	if (number(mail, "next_try"))
		snprintf(next, sizeof(next), ", next try %s",
			when_ago(number(mail, "next_try"), clock_now(), ago));
	if (waiting)
		line("mail", "%s, the oldest since %s%s%s%s",
			out_count(waiting, "waits", "wait", count),
			when_local(number(mail, "waiting_since"), app->config->timezone, since),
			next, why ? ": " : "", why ? log_visible(why) : "");
	else
		line("mail", "nothing waits");
	if (unsure + failed + stranded)
		line("",
			"%s%lld given up, %lld cut off, %lld for nobody%s; 'diurna health' tells more",
			out_style(OUT_BAD), (long long)failed, (long long)unsure,
			(long long)stranded, out_end());
	json_decref(mail);
}

/* answer NULL: no daemon runs. */
static void print_screen(struct app *app, const json_t *answer)
{
	char text[WHEN_BYTES];

	if (answer)
		line("diurnad", "%s, up %s, process %lld, %.1f MiB",
			log_visible(json_string_value(json_object_get(answer, "version"))),
			date_span(number(answer, "uptime_s"), text),
			(long long)number(answer, "pid"), mib(number(answer, "memory_bytes")));
	if (app->store) {
		print_newspaper(app, number(answer, "next_edition"));
		print_feeds(app);
	}
	print_mail(app, answer);
	if (answer) {
		line("now", "%lld due, %lld asked, %lld waiting; %lld pages to be read",
			(long long)number(answer, "due"), (long long)number(answer, "running"),
			(long long)number(answer, "waiting"), (long long)number(answer, "pages"));
		print_counters(json_object_get(answer, "counters"));
		print_hubs(app, json_object_get(answer, "counters"));
		line("within", "%lld parsers (%lld lost), %.1f MiB wait for the store",
			(long long)number(answer, "parsers"),
			(long long)number(answer, "parsers_lost"),
			mib(number(answer, "queue_bytes")));
		line("confined", "%s",
			log_visible(json_string_value(json_object_get(answer, "confined"))));
	}
	print_store(app);
}

static void print_text(void *context, const json_t *answer)
{
	print_screen(context, answer);
}

static void metric(const char *name, const char *type, const char *help)
{
	printf("# HELP diurna_%s %s\n# TYPE diurna_%s %s\n", name, help, name, type);
}

/* What the daemon measures at this moment, and what it has counted. */
static const struct {
	const char *name; /* as in diurna-json(5) */
	const char *help;
} gauges[] =
	{
		{"due", "Feeds that are due and not asked yet."},
		{"feeds", "Feeds that are polled."},
		{"hosts", "Hosts that the daemon knows at the moment."},
		{"jobs", "Documents that wait for a parser."},
		{"memory_bytes", "Resident memory of the daemon."},
		{"next_edition", "When the next edition closes, seconds since 1970."},
		{"pages", "Pages that wait or are being read."},
		{"parsers", "Parser processes."},
		{"polls", "Polls that wait or are on their way."},
		{"queue", "Messages that wait for the store."},
		{"queue_bytes", "Their memory and that of documents to be parsed."},
		{"running", "Requests at work."},
		{"uptime_s", "Seconds since the daemon started."},
		{"waiting", "Requests that wait for their host."},
},
  sums[] = {
	  {"archives_failed", "Older documents of feeds that could not be read."},
	  {"archives_read", "Older documents of feeds that were read."},
	  {"bytes", "Received."},
	  {"connections", "Connections made."},
	  {"editions", "Editions closed."},
	  {"hub_deliveries", "Documents brought by hubs."},
	  {"hub_denials", "Subscriptions that hubs denied."},
	  {"hub_failures", "Requests that hubs did not take."},
	  {"hub_grants", "Subscriptions that hubs granted or renewed."},
	  {"hub_rejected", "Documents brought to a callback and not signed."},
	  {"hub_requests", "Requests to hubs."},
	  {"items_merged", "Items found to be copies."},
	  {"items_new", "Items stored."},
	  {"items_revised", "Items that changed."},
	  {"mails_failed", "Mails given up."},
	  {"mails_retried", "Tries at mails that were not accepted."},
	  {"mails_sent", "Mails accepted."},
	  {"mails_unsure", "Mails cut off before the answer."},
	  {"pages_failed", "Pages given up."},
	  {"pages_ok", "Pages read."},
	  {"pages_retried", "Pages put off."},
};

static void print_outcomes(const char *what, const char *help, const json_t *counters)
{
	const json_t *value;
	const char *name;
	char total[64];

	snprintf(total, sizeof(total), "%s_total", what);
	metric(total, "counter", help);
	json_object_foreach(json_object_get(counters, what), name, value)
	{
		printf("diurna_%s{outcome=\"%s\"} %lld\n", total, name,
			(long long)json_integer_value(value));
	}
}

static void print_latency(const json_t *counters)
{
	const json_t *value;
	const char *bound;

	metric("request_duration_seconds", "histogram", "From the start of a request to its end.");
	json_object_foreach(json_object_get(counters, "took_ms"), bound, value)
	{
		printf("diurna_request_duration_seconds_bucket{le=\"%g\"} %lld\n",
			(double)strtoll(bound, NULL, 10) / 1000,
			(long long)json_integer_value(value));
	}
	printf("diurna_request_duration_seconds_bucket{le=\"+Inf\"} %lld\n"
	       "diurna_request_duration_seconds_sum %.3f\n"
	       "diurna_request_duration_seconds_count %lld\n",
		(long long)number(counters, "requests"),
		(double)number(counters, "requests_ms") / 1000,
		(long long)number(counters, "requests"));
}

static void print_feed_health(struct app *app)
{
	static const char *const words[] = {"ok", "new", "failing", "silent", "gone"};
	long long counts[ARRAY_LEN(words)] = {0};
	sqlite3_stmt *row = NULL;
	int64_t now = clock_now();
	bool has_row;
	size_t i;

	if (!app->store || store_statement(app->store, SELECT_FEEDS, &row) != STATUS_OK)
		return;
	while (store_step(app->store, row, &has_row) == STATUS_OK && has_row)
		for (i = 0; i < ARRAY_LEN(words); i++)
			counts[i] += str_eq(feed_health(row, now), words[i]);
	metric("feeds_by_health", "gauge", "Feeds by how they do.");
	for (i = 0; i < ARRAY_LEN(words); i++)
		printf("diurna_feeds_by_health{health=\"%s\"} %lld\n", words[i], counts[i]);
}

static void print_mail_metrics(const json_t *answer)
{
	static const char *const states[] = {"waiting", "unsure", "failed", "stranded"};
	const json_t *mail = json_object_get(answer, "mail");
	int64_t since = number(mail, "waiting_since");
	size_t i;

	if (!mail)
		return;
	metric("mails", "gauge", "Mails in the spool that are not accepted, by their state.");
	for (i = 0; i < ARRAY_LEN(states); i++)
		printf("diurna_mails{state=\"%s\"} %lld\n", states[i],
			(long long)number(mail, states[i]));
	metric("mail_waiting_seconds", "gauge", "How long the oldest mail has waited.");
	printf("diurna_mail_waiting_seconds %lld\n",
		(long long)(since && since < clock_now() ? clock_now() - since : 0));
}

/* What grows is a counter, what goes up and down a gauge. Source: Prometheus text format 0.0.4. */
static void print_prometheus(void *context, const json_t *answer)
{
	const json_t *counters = json_object_get(answer, "counters"), *value;
	char total[64];
	size_t i;

	metric("up", "gauge", "The daemon answers.");
	printf("diurna_up 1\n");
	for (i = 0; i < ARRAY_LEN(gauges); i++) {
		value = json_object_get(answer, gauges[i].name);
		if (!json_is_integer(value))
			continue;
		metric(gauges[i].name, "gauge", gauges[i].help);
		printf("diurna_%s %lld\n", gauges[i].name, (long long)json_integer_value(value));
	}
	metric("parsers_lost_total", "counter", "Parsers that died or were ended.");
	printf("diurna_parsers_lost_total %lld\n", (long long)number(answer, "parsers_lost"));
	print_outcomes("polls", "Polls by outcome.", counters);
	print_outcomes("pages", "Tries at pages by outcome.", counters);
	for (i = 0; i < ARRAY_LEN(sums); i++) {
		snprintf(total, sizeof(total), "%s_total", sums[i].name);
		metric(total, "counter", sums[i].help);
		printf("diurna_%s %lld\n", total, (long long)number(counters, sums[i].name));
	}
	print_latency(counters);
	print_mail_metrics(answer);
	print_feed_health(context);
}

/* Without a store there is less to tell, and why. */
static void open_store(struct app *app)
{
	char *why = NULL;
	enum status status = store_open(app->config->store_path, STORE_READ, &app->store, &why);

	if (status == STATUS_NOT_FOUND)
		cmd_note("There is no store yet; 'diurna poll' makes it, or the daemon.");
	else if (status != STATUS_OK)
		cmd_error(0, "the store: %s", log_visible(why));
	free(why);
}

int cmd_status(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'f'}, {0}};
	static const char *const names[] = {"text", "json", "prometheus", NULL};
	static void (*const print[])(void *context, const json_t *answer) = {
		print_text, print_json, print_prometheus};
	const char *format = "text";
	struct app app = {0};
	char *advice;
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
	code = app_open_any_config(&app);
	if (code == EX_CONFIG && app.config) {
		/* A daemon that runs goes on with what it has read before. */
		if (app_ask_daemon(&app, json_pack("{s:s}", "command", "status"), 30000, print[i],
			    &app) == EX_OK)
			cmd_note("The daemon goes on with the configuration that it read before "
				 "the mistakes.");
	} else if (code == EX_OK) {
		open_store(&app);
		code = app_ask_daemon(
			&app, json_pack("{s:s}", "command", "status"), 30000, print[i], &app);
		if (code == EX_UNAVAILABLE) {
			if (str_eq(format, "prometheus"))
				printf("# TYPE diurna_up gauge\ndiurna_up 0\n");
			else if (str_eq(format, "text"))
				print_screen(&app, NULL);
			fflush(stdout);
			advice = app_daemon_advice(&app);
			cmd_error(0, "no daemon runs (%s); %s", app.config->control_path, advice);
			free(advice);
		}
	}
	if (code == EX_OK)
		code = out_finish();
	app_close(&app);
	return code;
}
