#include "diurnad/greader_edit.h"

#include "core/log.h"
#include "core/mem.h"
#include "core/opml.h"
#include "core/str.h"
#include "core/url.h"
#include "diurnad/greader.h"
#include "store/feeds.h"
#include "store/labels.h"
#include "store/sections.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOUND_BYTES = 256 * 1024 };

/* One request. While feeds are looked for it is in daemon.changes, then in the store's queue. */
struct change {
	struct storeq_msg msg; /* first member */
	struct change *next;
	struct daemon *daemon;
	struct web_request *request;
	bool is_quick;                /* quickadd: the answer is JSON */
	const char *said;             /* the address as it was sent; in the request */
	char *url, *title;            /* of the feed behind it; NULL: none */
	const char *section;          /* to put it into; in the request; NULL: none */
	int64_t feed_id;              /* 0: not known */
	const char *label, *label_to; /* items that have it get that, or lose it where it is NULL */
	ev_io io;                     /* on the finder's output */
	int fd;
	struct buf found;
};

/* The list while it is changed. */
struct edit {
	const struct config *config;
	const char *path;
	struct opml opml;
	int status; /* 200, or why is told */
	char *why;
	bool is_same; /* nothing was to be changed */
};

static void refuse(struct edit *edit, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void refuse(struct edit *edit, int status, const char *format, ...)
{
	struct buf text = {0};
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	free(edit->why);
	edit->status = status;
	edit->why = xstrdup(buf_text(&text));
	buf_finish(&text);
}

/* Locked and read. False: refused. */
static bool edit_open(struct edit *edit, const struct config *config)
{
	enum status status;
	char *why = NULL;

	*edit = (struct edit){.config = config, .status = 200};
	opml_init(&edit->opml);
	edit->path = subscriptions_own(config);
	if (!config->web.may_subscribe)
		refuse(edit, 403,
			"readers may not change the list; web { may-subscribe = true } in %s lets them",
			log_visible(config->path));
	else if (!edit->path)
		refuse(edit, 403, "%s names no list of its own", config->path);
	else if (!opml_lock(&edit->opml, edit->path, false))
		refuse(edit, errno == EWOULDBLOCK ? 503 : 403, "%s: %s", edit->path,
			errno == EWOULDBLOCK ? "another program changes it now" : strerror(errno));
	if (edit->status != 200)
		return false;
	status = opml_read(&edit->opml, edit->path, &why);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		refuse(edit, 403, "%s: %s", edit->path, why);
	free(why);
	return edit->status == 200;
}

/* Written, unless something was refused. */
static void edit_close(struct edit *edit)
{
	if (edit->status == 200 && !edit->is_same &&
		opml_write(&edit->opml, edit->path) != STATUS_OK)
		refuse(edit, 403, "%s: %s; the daemon must be allowed to write it and its folder",
			edit->path, strerror(errno));
	opml_finish(&edit->opml);
	if (edit->status == 403)
		log_warning("web: the subscriptions stay as they are: %s", log_visible(edit->why));
}

/* Place of the feed in the list. False: refused. */
static bool edit_find(struct edit *edit, const char *url, size_t *place)
{
	const struct config_section *section = config_section_of(edit->config, url);

	*place = opml_find(&edit->opml, url);
	if (section)
		refuse(edit, 409, "%s is in section \"%s\" of %s, line %d; it is changed there",
			url, section->title, edit->config->path, section->line);
	else if (*place == edit->opml.count)
		refuse(edit, 404, "%s is not in %s", url, edit->path);
	return edit->status == 200;
}

static const char *folder_of(const char *label)
{
	return str_eq(label, SECTION_OTHER) ? NULL : label;
}

/* The answer, when all is done; frees the change. */
static void answer(struct change *change, int status, const char *why)
{
	struct web_request *request = change->request;
	char id[32];

	snprintf(id, sizeof(id), "feed/%lld", (long long)change->feed_id);
	if (!change->is_quick || (status != 200 && status != 404))
		web_say(request, status, status == 200 ? "OK" : why);
	else if (status == 200 && change->feed_id)
		greader_give(request, json_pack("{s:i, s:s, s:s, s:s}", "numResults", 1, "query",
					      change->said, "streamId", id, "streamName",
					      change->title ? change->title : change->url));
	else
		greader_give(request,
			json_pack("{s:i, s:s, s:s}", "numResults", 0, "query", change->said,
				"error", why ? why : "the store has it not"));
	if (request->is_waiting)
		web_answered(request);
	buf_finish(&change->found);
	free(change->url);
	free(change->title);
	free(change);
}

/* On the store thread. */
static enum status store_change(struct storeq_context *context, struct storeq_msg *msg)
{
	struct change *change = (struct change *)msg;

	if (change->label && change->label_to)
		return label_rename(context->store, change->label, change->label_to, NULL);
	if (change->label)
		return label_remove(context->store, change->label, NULL);
	return change->url ? feed_find_url(context->store, change->url, &change->feed_id)
			   : STATUS_OK;
}

static void on_stored(struct storeq_msg *msg)
{
	struct change *change = (struct change *)msg;

	if (msg->status == STATUS_OK)
		answer(change, 200, NULL);
	else
		answer(change, 503, "The store cannot be written now.\n");
}

/* The list is written: it is read again, and the answer comes after that. */
static void finish(struct change *change, struct edit *edit)
{
	struct daemon *daemon = change->daemon;

	if (edit->status != 200) {
		answer(change, edit->status, edit->why);
	} else {
		if (!edit->is_same) {
			log_notice("web: the subscriptions were changed by a reader");
			daemon_reload(daemon);
		}
		change->request->is_waiting = true;
		change->msg.bytes = sizeof(*change);
		change->msg.work = store_change;
		change->msg.done = on_stored;
		storeq_put(daemon->storeq, &change->msg);
	}
	free(edit->why);
}

static struct change *change_new(struct daemon *daemon, struct web_request *request)
{
	struct change *change = xcalloc(1, sizeof(*change));

	change->daemon = daemon;
	change->request = request;
	change->fd = -1;
	return change;
}

/* to subscribe: find, then add */

static void add(struct change *change)
{
	struct edit edit;

	if (edit_open(&edit, daemon_config(change->daemon)))
		edit.is_same = config_section_of(edit.config, change->url) ||
			       !opml_add(&edit.opml, change->url, web_param(change->request, "t"),
				       folder_of(change->section));
	edit_close(&edit);
	finish(change, &edit);
}

static char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? xstrdup(text) : NULL;
}

static void take_found(struct change *change)
{
	char *line, *state = NULL, *text = xstrdup(buf_text(&change->found)), *why = NULL;
	json_t *object;
	const char *kind;

	for (line = strtok_r(text, "\n", &state); line && !change->url;
		line = strtok_r(NULL, "\n", &state)) {
		object = json_loads(line, 0, NULL);
		kind = json_string_value(json_object_get(object, "kind"));
		if (str_eq(kind, "feed")) {
			change->url = text_of(object, "url");
			change->title = text_of(object, "title");
		} else if (str_eq(kind, "failed") && !why) {
			why = text_of(object, "error");
		}
		json_decref(object);
	}
	free(text);
	if (change->url)
		add(change);
	else
		answer(change, 404, why ? why : "no feed, and a page that names none");
	free(why);
}

static void end_look(struct change *change)
{
	struct change **at = &change->daemon->changes;

	while (*at != change)
		at = &(*at)->next;
	*at = change->next;
	ev_io_stop(change->daemon->loop, &change->io);
	close(change->fd);
}

static void on_output(struct ev_loop *loop, ev_io *watcher, int events)
{
	struct change *change = watcher->data;
	ssize_t n = read(change->fd, buf_reserve(&change->found, 4096), 4096);

	(void)loop, (void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		buf_added(&change->found, (size_t)n);
		if (change->found.len < FOUND_BYTES)
			return;
	}
	end_look(change);
	take_found(change);
}

/* It asks by the manners and behind the guard. */
static bool start_finder(struct change *change, const char *url)
{
	const char *const args[] = {"--log-level", "err", "--find", url, NULL};
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return false;
	pid = self_spawn(change->daemon, args, fds[1]);
	close(fds[1]);
	if (!pid) {
		close(fds[0]);
		return false;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	change->fd = fds[0];
	return true;
}

/* said: "https://...", maybe behind "feed/", maybe without its scheme. */
static void subscribe(struct change *change, const char *said)
{
	struct daemon *daemon = change->daemon;
	struct buf url = {0};
	struct edit edit;

	change->said = said;
	said += str_starts(said, "feed/") ? strlen("feed/") : 0;
	if (!url_is_absolute(said))
		buf_puts(&url, "https://");
	buf_puts(&url, said);
	/* Nobody is asked for what will be refused, or is there. */
	if (!edit_open(&edit, daemon_config(daemon))) {
		edit_close(&edit);
		finish(change, &edit);
	} else if (opml_find(&edit.opml, buf_text(&url)) < edit.opml.count ||
		   config_section_of(edit.config, buf_text(&url))) {
		opml_finish(&edit.opml);
		change->url = xstrdup(buf_text(&url));
		add(change);
	} else {
		opml_finish(&edit.opml);
		if (!url_is_web(buf_text(&url))) {
			answer(change, 404, "this is no address");
		} else if (!start_finder(change, buf_text(&url))) {
			answer(change, 503, strerror(errno));
		} else {
			change->request->is_waiting = true;
			change->next = daemon->changes;
			daemon->changes = change;
			ev_io_init(&change->io, on_output, change->fd, EV_READ);
			change->io.data = change;
			ev_io_start(daemon->loop, &change->io);
		}
	}
	buf_finish(&url);
}

void greader_quickadd(struct daemon *daemon, struct web_request *request)
{
	const char *said = web_param(request, "quickadd");
	struct change *change;

	if (str_is_empty(said)) {
		web_say(request, 400, "quickadd=ADDRESS was meant.\n");
		return;
	}
	change = change_new(daemon, request);
	change->is_quick = true;
	subscribe(change, said);
}

/* The address of "feed/12" or "feed/https://..."; to be freed. NULL: there is none. */
static char *url_of(struct daemon *daemon, const char *id)
{
	struct feed_row row = {0};
	uint64_t number;
	char *url = NULL;

	if (!str_starts(id, "feed/"))
		return NULL;
	if (!str_to_u64(id + 5, INT64_MAX, &number))
		return xstrdup(id + 5);
	if (feed_get(daemon->reader, (int64_t)number, &row) == STATUS_OK &&
		row.state != FEED_UNSUBSCRIBED)
		url = xstrdup(row.url);
	feed_row_finish(&row);
	return url;
}

/* ac=unsubscribe, ac=edit, for one feed. */
static void edit_feed(struct edit *edit, const struct web_request *request, const char *url)
{
	const char *title = web_param(request, "t"), *into = greader_label(web_param(request, "a"));
	const char *out_of = greader_label(web_param(request, "r"));
	const struct config_feed *feed = config_feed(edit->config, url);
	size_t place;

	if (!edit_find(edit, url, &place))
		return;
	if (str_eq(web_param(request, "ac"), "unsubscribe")) {
		if (feed)
			refuse(edit, 409,
				"%s has settings of its own in %s, line %d; they are taken out first",
				url, edit->config->path, feed->line);
		else
			opml_remove(&edit->opml, place);
		return;
	}
	if (!str_is_empty(title) && feed && feed->title)
		refuse(edit, 409, "the title of %s is set in %s, line %d", url, edit->config->path,
			feed->line);
	else if (!str_is_empty(title))
		opml_title(&edit->opml, place, title);
	if (into)
		opml_move(&edit->opml, place, folder_of(into));
	else if (out_of && str_eq(out_of, subscriptions_section(
						  edit->config, edit->opml.links[place].folder)))
		opml_move(&edit->opml, place, NULL);
}

void greader_subscription(struct daemon *daemon, struct web_request *request)
{
	const char *what = web_param(request, "ac"), *id = web_param(request, "s");
	struct change *change;
	struct edit edit;
	size_t i;
	char *url;

	if (!id || !what ||
		(!str_eq(what, "subscribe") && !str_eq(what, "unsubscribe") &&
			!str_eq(what, "edit"))) {
		web_say(request, 400,
			"ac=subscribe, unsubscribe or edit, and s=feed/... were meant.\n");
		return;
	}
	change = change_new(daemon, request);
	change->section = greader_label(web_param(request, "a"));
	if (str_eq(what, "subscribe")) {
		subscribe(change, id);
		return;
	}
	edit_open(&edit, daemon_config(daemon));
	for (i = 0; edit.status == 200 && i < request->param_count; i++) {
		if (!str_eq(request->params[i].name, "s"))
			continue;
		url = url_of(daemon, request->params[i].value);
		if (url)
			edit_feed(&edit, request, url);
		else
			refuse(&edit, 404, "%s is not subscribed", request->params[i].value);
		free(url);
	}
	edit_close(&edit);
	finish(change, &edit);
}

void greader_import(struct daemon *daemon, struct web_request *request)
{
	struct change *change = change_new(daemon, request);
	struct opml theirs;
	struct edit edit;
	char *why = NULL;
	size_t i;

	opml_init(&theirs);
	edit_open(&edit, daemon_config(daemon));
	edit.is_same = true;
	if (edit.status == 200 && opml_parse(&theirs, &request->body, &why) != STATUS_OK)
		refuse(&edit, 400, "the body is no OPML: %s", why ? why : "it is empty");
	else if (edit.status == 200 && theirs.count == 0)
		refuse(&edit, 400, "no feeds are in that OPML");
	for (i = 0; edit.status == 200 && i < theirs.count; i++) {
		const struct doc_link *link = &theirs.links[i];

		if (url_is_web(link->url) && !config_section_of(edit.config, link->url) &&
			opml_add(&edit.opml, link->url, link->title, folder_of(link->folder)))
			edit.is_same = false;
	}
	opml_finish(&theirs);
	free(why);
	edit_close(&edit);
	finish(change, &edit);
}

/* All feeds of a section; folder NULL: into none. */
static void move_section(struct edit *edit, const char *section, const char *folder)
{
	size_t i, moved = 0;

	for (i = 0; edit->status == 200 && i < edit->opml.count; i++) {
		const char *now = subscriptions_section(edit->config, edit->opml.links[i].folder);

		if (str_eq(now ? now : SECTION_OTHER, section)) {
			opml_move(&edit->opml, i, folder);
			moved++;
		}
	}
	for (i = 0; edit->status == 200 && i < edit->config->section_count; i++) {
		const struct config_section *one = &edit->config->sections[i];

		if (str_eq(one->title, section) && one->feed_count > 0)
			refuse(edit, 409, "section \"%s\" has feeds in %s, line %d", section,
				edit->config->path, one->line);
	}
	if (edit->status == 200 && moved == 0)
		refuse(edit, 404,
			"no feed of %s is in a section \"%s\", and no item has that label",
			edit->path, section);
}

/*
 * A label is a section, or what items were given, or both. to NULL: the feeds of the section are in
 * none then, and the items lose it.
 */
static void change_label(
	struct daemon *daemon, struct web_request *request, const char *from, const char *to)
{
	struct change *change = change_new(daemon, request);
	struct edit edit = {.config = daemon_config(daemon), .status = 200, .is_same = true};
	bool is_label = false, has_feeds = false;

	if (label_is_there(daemon->reader, from, &is_label) != STATUS_OK ||
		section_has_feeds(daemon->reader, from, &has_feeds) != STATUS_OK)
		refuse(&edit, 503, "the store cannot be read now");
	if (is_label) {
		change->label = from;
		change->label_to = to;
	}
	if (edit.status == 200 && (has_feeds || !is_label)) {
		if (edit_open(&edit, daemon_config(daemon)))
			move_section(&edit, from, to ? folder_of(to) : NULL);
		edit_close(&edit);
	}
	finish(change, &edit);
}

void greader_rename_tag(struct daemon *daemon, struct web_request *request)
{
	const char *from = greader_label(web_param(request, "s"));
	const char *to = greader_label(web_param(request, "dest"));

	if (!from)
		from = web_param(request, "t");
	if (str_is_empty(from) || !to || !label_is_good(to))
		web_say(request, 400, "s=user/-/label/OLD&dest=user/-/label/NEW was meant.\n");
	else
		change_label(daemon, request, from, to);
}

void greader_disable_tag(struct daemon *daemon, struct web_request *request)
{
	const char *label = greader_label(web_param(request, "s"));

	if (!label)
		label = web_param(request, "t");
	if (str_is_empty(label))
		web_say(request, 400, "s=user/-/label/NAME was meant.\n");
	else
		change_label(daemon, request, label, NULL);
}

void greader_edit_stop(struct daemon *daemon)
{
	struct change *change;

	while ((change = daemon->changes)) {
		end_look(change);
		answer(change, 503, "The daemon stops.\n");
	}
}
