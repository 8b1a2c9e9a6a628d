#include "diurnad/find.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/job.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "diurnad/dispatch.h"
#include "diurnad/parsers.h"
#include "diurnad/places.h"
#include "store/store.h"

#include <curl/curl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { CANDIDATES = 20 }; /* each is a request, one after the other where they share a host */

struct finder;

/* One address that is looked at. */
struct look {
	struct finder *finder;
	char *url;
	char *title; /* that the page gave it; NULL: none */
	struct fetch_response response;
	json_t *result; /* NULL: not there yet, or nothing worth telling */
	bool is_guess;
};

struct finder {
	struct ev_loop *loop;
	struct config *config;
	struct fetcher *fetcher;
	struct dispatch *dispatch;
	struct parsers *parsers;
	struct store *reader; /* pauses and robots.txt that the daemon knows; NULL: no store yet */
	struct look looks[1 + CANDIDATES]; /* the first is the address itself */
	size_t count, busy;
	bool guesses;
};

static void start_look(struct finder *finder, const char *url, const char *title, bool is_guess);

static void put(json_t *object, const char *name, const char *value)
{
	if (!str_is_empty(value))
		json_object_set_new(object, name, json_string(value));
}

static json_t *line(const char *kind, const char *url)
{
	json_t *object = json_object();

	put(object, "kind", kind);
	put(object, "url", url);
	return object;
}

/* All is told at once, so that the order is the page's. */
static void end_look(struct look *look)
{
	fetch_response_finish(&look->response);
	if (--look->finder->busy == 0)
		ev_break(look->finder->loop, EVBREAK_ALL);
}

static void fail(struct look *look, const char *outcome, const char *why)
{
	/* That a guess was wrong is no news. */
	if (!look->is_guess) {
		look->result = line("failed", look->url);
		put(look->result, "title", look->title);
		put(look->result, "outcome", outcome);
		put(look->result, "error", why);
	}
	end_look(look);
}

static int64_t newest(const struct feed_doc *doc)
{
	int64_t last = DATE_NONE, at;
	size_t i;

	for (i = 0; i < doc->entry_count; i++) {
		at = doc->entries[i].published != DATE_NONE ? doc->entries[i].published
							    : doc->entries[i].updated;
		if (at != DATE_NONE && (last == DATE_NONE || at > last))
			last = at;
	}
	return last;
}

static void tell_feed(struct look *look, const struct feed_doc *doc)
{
	const struct fetch_response *response = &look->response;
	bool has_moved = response->permanent_url && !str_eq(response->permanent_url, look->url);
	json_t *object = line("feed", has_moved ? response->permanent_url : look->url);
	char text[DATE_TEXT_BYTES];
	int64_t last = newest(doc);

	put(object, "title", doc->title ? doc->title : look->title);
	put(object, "link_title", look->title);
	put(object, "format", doc->format);
	put(object, "site", doc->url);
	put(object, "language", doc->language);
	put(object, "description", doc->description);
	json_object_set_new(object, "entries", json_integer((json_int_t)doc->entry_count));
	if (last != DATE_NONE)
		put(object, "newest", date_format(last, text));
	if (doc->entry_count > 0)
		put(object, "newest_title", doc->entries[0].title);
	look->result = object;
}

static bool is_looked_at(const struct finder *finder, const char *url)
{
	size_t i;

	for (i = 0; i < finder->count; i++) {
		if (str_eq(finder->looks[i].url, url))
			return true;
	}
	return false;
}

static void on_list(void *context, enum status status, struct answer *answer)
{
	struct look *look = context;
	size_t i;

	if (status == STATUS_OK && answer->status == STATUS_OK) {
		look->result = json_array();
		for (i = 0; i < answer->link_count; i++) {
			json_t *object = line("listed", answer->links[i].url);

			put(object, "title", answer->links[i].title);
			put(object, "folder", answer->links[i].folder);
			json_array_append_new(look->result, object);
		}
		end_look(look);
		return;
	}
	for (i = 0; look->finder->guesses && places_common[i]; i++) {
		struct buf url = {0};

		url_resolve(look->response.final_url, places_common[i], &url);
		if (!is_looked_at(look->finder, buf_text(&url)))
			start_look(look->finder, buf_text(&url), NULL, true);
		buf_finish(&url);
	}
	look->result = line("page", look->response.final_url);
	end_look(look);
}

static void submit(struct look *look, enum job_kind kind, parsers_done *on_done)
{
	const struct job job = {
		.kind = kind,
		.url = look->response.final_url,
		.content_type = look->response.content_type,
		.body = buf_text(&look->response.body),
		.body_len = look->response.body.len,
		.entry_published = DATE_NONE,
	};

	parsers_submit(look->finder->parsers, &job, on_done, look);
}

static void on_links(void *context, enum status status, struct answer *answer)
{
	struct look *look = context;
	struct finder *finder = look->finder;
	struct buf known = {0};
	size_t i;

	if (places_known(look->response.final_url, &known) &&
		!is_looked_at(finder, buf_text(&known)))
		start_look(finder, buf_text(&known), NULL, false);
	buf_finish(&known);
	for (i = 0; status == STATUS_OK && i < answer->link_count; i++) {
		if (!is_looked_at(finder, answer->links[i].url))
			start_look(finder, answer->links[i].url, answer->links[i].title, false);
	}
	if (finder->count > 1)
		end_look(look);
	else
		submit(look, JOB_OPML, on_list);
}

static void on_parsed(void *context, enum status status, struct answer *answer)
{
	struct look *look = context;

	if (status == STATUS_OK && answer->status == STATUS_OK) {
		tell_feed(look, &answer->feed);
		end_look(look);
	} else if (look == look->finder->looks) {
		submit(look, JOB_LINKS, on_links);
	} else {
		fail(look, poll_outcome_name(POLL_NOT_A_FEED),
			answer->message ? answer->message : "not a feed");
	}
}

static void on_fetched(void *context, struct fetch_response *response)
{
	struct look *look = context;
	char text[64];

	look->response = *response;
	memset(response, 0, sizeof(*response));
	if (look->response.outcome == POLL_OK) {
		submit(look, JOB_FEED, on_parsed);
		return;
	}
	poll_outcome_text(look->response.outcome, look->response.http_status, text);
	fail(look, poll_outcome_name(look->response.outcome),
		*look->response.error ? look->response.error : text);
}

static void start_look(struct finder *finder, const char *url, const char *title, bool is_guess)
{
	struct fetch_request request = {.kind = FETCH_FEED, .url = url};
	struct look *look = &finder->looks[finder->count];

	if (finder->count == ARRAY_LEN(finder->looks))
		return;
	finder->count++;
	finder->busy++;
	look->finder = finder;
	look->url = xstrdup(url);
	look->title = title ? xstrdup(title) : NULL;
	look->is_guess = is_guess;
	request.settings = config_feed(finder->config, url);
	dispatch_submit(finder->dispatch, &request, on_fetched, look);
}

static void on_known_host(void *context, const struct host_row *row)
{
	dispatch_restore_host(((struct finder *)context)->dispatch, row);
}

/* What is learned here is not recorded: the store belongs to the daemon. */
static void on_host(void *context, const struct host_row *row)
{
	(void)context;
	(void)row;
}

static void on_robots(
	void *context, const char *authority, int http_status, const char *body, int64_t at)
{
	(void)context, (void)authority, (void)http_status, (void)body, (void)at;
}

static bool recall_robots(
	void *context, const char *authority, int *http_status, char **body, int64_t *fetched_at)
{
	struct finder *finder = context;

	return finder->reader &&
	       robots_get(finder->reader, authority, http_status, body, fetched_at) == STATUS_OK;
}

static void print_result(const struct look *look)
{
	size_t count = json_is_array(look->result) ? json_array_size(look->result) : 1, i;
	const json_t *object;

	for (i = 0; look->result && i < count; i++) {
		object = json_is_array(look->result) ? json_array_get(look->result, i)
						     : look->result;
		json_dumpf(object, stdout, JSON_COMPACT);
		putchar('\n');
	}
}

/* A site's feed of comments comes with every page and is seldom what was meant. */
static bool is_of_comments(const struct look *look)
{
	return str_ifind(look->url, "/comments/") ||
	       (look->title && str_ifind(look->title, "comments"));
}

int find_feeds(struct config *config, const char *url, bool guesses)
{
	struct finder finder = {.config = config, .guesses = guesses};
	const struct dispatch_hooks hooks = {.on_host = on_host,
		.on_robots = on_robots,
		.recall_robots = recall_robots,
		.context = &finder};
	struct buf known = {0};
	const struct look *look;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	finder.loop = ev_default_loop(EVFLAG_AUTO);
	finder.parsers = parsers_new(finder.loop, config->parser_count);
	finder.fetcher = fetcher_new(finder.loop, config);
	finder.dispatch = dispatch_new(finder.loop, finder.fetcher, config, &hooks);
	if (store_open(config->store_path, STORE_READ, &finder.reader, NULL) == STATUS_OK)
		hosts_load(finder.reader, clock_now(), on_known_host, &finder);
	start_look(&finder, places_known(url, &known) ? buf_text(&known) : url, NULL, false);
	ev_run(finder.loop, 0);
	for (i = 0; i < 2 * finder.count; i++) {
		look = &finder.looks[i % finder.count];
		if (is_of_comments(look) == (i >= finder.count))
			print_result(look);
	}
	for (i = 0; i < finder.count; i++) {
		json_decref(finder.looks[i].result);
		free(finder.looks[i].url);
		free(finder.looks[i].title);
	}
	buf_finish(&known);
	dispatch_free(finder.dispatch);
	fetcher_free(finder.fetcher);
	parsers_free(finder.parsers);
	store_close(finder.reader);
	curl_global_cleanup();
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
