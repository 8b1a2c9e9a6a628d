/*
 * Lists of subscriptions on the network: subscriptions = {"https://..."}. A copy of each is kept
 * beside the store, where subscriptions_load reads it; here the copies are kept young. A list that
 * fails, is no OPML, or has no feeds leaves the copy as it was.
 */
#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "edition/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REFRESH_S = 24 * 3600, RETRY_S = 3600, VALIDATOR_BYTES = 32 * 1024 };

struct list {
	struct list *next;
	struct daemon *daemon;
	char *url;
	char *copy; /* path */
	int64_t due_at;
	int failures;   /* in a row */
	bool is_wanted; /* the configuration names it */
	bool is_busy;
	struct settings *settings; /* while it is busy */
	struct fetch_response response;
};

static void list_free(struct list *list)
{
	fetch_response_finish(&list->response);
	settings_release(list->settings);
	free(list->url);
	free(list->copy);
	free(list);
}

/* The copy's age tells when it is due; without one it is now. */
static int64_t first_due(const struct list *list)
{
	struct stat found;

	return stat(list->copy, &found) == 0 ? (int64_t)found.st_mtime + REFRESH_S : 0;
}

static struct list *find(struct daemon *daemon, const char *url)
{
	struct list *list;

	for (list = daemon->lists; list; list = list->next) {
		if (str_eq(list->url, url))
			return list;
	}
	return NULL;
}

static void drop_unwanted(struct daemon *daemon)
{
	struct list **at = &daemon->lists, *list;

	while ((list = *at)) {
		if (list->is_wanted || list->is_busy) {
			at = &list->next;
			continue;
		}
		*at = list->next;
		list_free(list);
	}
}

void lists_configure(struct daemon *daemon)
{
	const struct config *config = daemon_config(daemon);
	struct list *list;
	size_t i;

	for (list = daemon->lists; list; list = list->next)
		list->is_wanted = false;
	for (i = 0; i < config->subscription_count; i++) {
		if (!url_is_web(config->subscriptions[i]))
			continue;
		list = find(daemon, config->subscriptions[i]);
		if (!list) {
			list = xcalloc(1, sizeof(*list));
			list->daemon = daemon;
			list->url = xstrdup(config->subscriptions[i]);
			list->copy = subscriptions_copy(config, list->url);
			list->due_at = first_due(list);
			list->next = daemon->lists;
			daemon->lists = list;
		}
		list->is_wanted = true;
	}
	drop_unwanted(daemon);
}

static char *validators_path(const struct list *list)
{
	return xasprintf("%s.validators", list->copy);
}

static enum status write_text(FILE *to, const void *context)
{
	const struct buf *text = context;

	return fwrite(buf_text(text), 1, text->len, to) == text->len ? STATUS_OK : STATUS_IO;
}

static enum status write_whole(const char *path, const struct buf *text)
{
	char *folder = xstrdup(path), *slash = strrchr(folder, '/');
	enum status status;

	*slash = '\0';
	status = folder_make(folder);
	if (status == STATUS_OK)
		status = file_write(folder, slash + 1, write_text, text);
	free(folder);
	return status;
}

static void end(struct list *list, bool is_good)
{
	struct daemon *daemon = list->daemon;
	int64_t wait_s = REFRESH_S;
	int i;

	list->failures = is_good ? 0 : list->failures + 1;
	if (!is_good) {
		wait_s = RETRY_S;
		for (i = 1; i < list->failures && wait_s < REFRESH_S; i++)
			wait_s *= 2;
		if (wait_s < list->response.retry_after_s)
			wait_s = list->response.retry_after_s;
	}
	list->due_at = clock_now() + wait_s;
	list->is_busy = false;
	daemon->lists_busy--;
	fetch_response_finish(&list->response);
	settings_release(list->settings);
	list->settings = NULL;
	daemon_wake(daemon);
}

static void fail(struct list *list, const char *why)
{
	log_warning("list %s: %s, the copy before stays in force", log_visible(list->url),
		log_visible(why));
	end(list, false);
}

/* Content first: validators never stand for what is not there. */
static void store(struct list *list, size_t feed_count)
{
	const struct fetch_response *response = &list->response;
	char *path = validators_path(list);
	struct buf validators = {0};

	buf_printf(&validators, "%s\n%s\n%s\n%u\n", response->etag ? response->etag : "",
		response->last_modified ? response->last_modified : "", response->final_url,
		(unsigned)response->variant);
	if (write_whole(list->copy, &response->body) != STATUS_OK ||
		write_whole(path, &validators) != STATUS_OK) {
		fail(list, strerror(errno));
	} else {
		log_notice("list %s: %zu feed%s", log_visible(list->url), feed_count,
			feed_count == 1 ? "" : "s");
		end(list, true);
		daemon_reload(list->daemon);
	}
	buf_finish(&validators);
	free(path);
}

static void on_parsed(void *context, enum status status, struct answer *answer)
{
	struct list *list = context;

	if (status != STATUS_OK)
		fail(list, status_text(status));
	else if (answer->status != STATUS_OK || answer->kind != JOB_OPML)
		fail(list, "this is no OPML");
	else if (answer->link_count == 0)
		fail(list, "no feeds are in it");
	else
		store(list, answer->link_count);
}

static void on_fetched(void *context, struct fetch_response *response)
{
	struct list *list = context;
	struct job job = {.kind = JOB_OPML, .entry_published = DATE_NONE};

	list->response = *response;
	memset(response, 0, sizeof(*response));
	if (list->response.outcome == POLL_NOT_MODIFIED) {
		utimensat(AT_FDCWD, list->copy, NULL, 0);
		end(list, true);
	} else if (list->response.outcome != POLL_OK) {
		fail(list, *list->response.error ? list->response.error
						 : poll_outcome_name(list->response.outcome));
	} else {
		job.url = list->response.final_url;
		job.content_type = list->response.content_type;
		job.body = buf_text(&list->response.body);
		job.body_len = list->response.body.len;
		parsers_submit(list->daemon->parsers, &job, on_parsed, list);
	}
}

/* A line of text, which is cut off; NULL: it is empty or not there. */
static char *next_line(char **text)
{
	char *line = *text;

	if (!*line)
		return NULL;
	*text += strcspn(*text, "\n");
	if (**text)
		*(*text)++ = '\0';
	return *line ? line : NULL;
}

/* They belong to the URL that gave them, and to what was asked with; strings: into text. */
static void read_validators(
	const struct list *list, struct buf *text, struct fetch_request *request)
{
	char *path = validators_path(list), *rest, *variant;

	if (access(list->copy, R_OK) == 0 && file_read(path, VALIDATOR_BYTES, text) == STATUS_OK &&
		text->len) {
		rest = text->data;
		request->etag = next_line(&rest);
		request->last_modified = next_line(&rest);
		request->validators_url = next_line(&rest);
		variant = next_line(&rest);
		request->validators_variant = variant ? (uint32_t)strtoul(variant, NULL, 10) : 0;
	}
	free(path);
}

static void start(struct list *list)
{
	struct fetch_request request = {.kind = FETCH_FEED, .url = list->url};
	struct buf text = {0};

	list->is_busy = true;
	list->daemon->lists_busy++;
	read_validators(list, &text, &request);
	list->settings = settings_use(list->daemon->settings);
	request.settings = config_feed(list->settings->config, list->url);
	dispatch_submit(list->daemon->dispatch, &request, on_fetched, list);
	buf_finish(&text);
}

void lists_start_due(struct daemon *daemon, int64_t now)
{
	struct list *list;

	for (list = daemon->lists; !daemon->is_stopping && list; list = list->next) {
		if (!list->is_busy && list->due_at <= now)
			start(list);
	}
}

void lists_set_back(struct daemon *daemon, int64_t back_s)
{
	struct list *list;

	for (list = daemon->lists; list; list = list->next)
		list->due_at -= back_s;
}

void lists_free(struct daemon *daemon)
{
	struct list *list;

	while ((list = daemon->lists)) {
		daemon->lists = list->next;
		list_free(list);
	}
}
