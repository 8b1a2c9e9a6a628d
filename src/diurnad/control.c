/*
 * The control socket: one JSON object a line, either way. Whoever may open the socket may ask;
 * a line that is no request gets an error and the connection is closed.
 */
#include "config.h"

#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_CLIENTS = 64, MAX_LINE = 256 * 1024, MAX_UNREAD = 4 * 1024 * 1024 };

struct client {
	struct client *next;
	struct control *control;
	int fd;
	ev_io io;
	struct buf in, out;
	int64_t *feeds; /* polls that it waits for, by number; below 0: done */
	size_t feed_count, left;
	bool wants_edition; /* to be told of the next one */
	bool is_closing;    /* when all is written */
};

struct control {
	struct daemon *daemon;
	char *path;
	int fd;
	ev_io io;
	ev_timer rest;
	bool is_short; /* of descriptors: said */
	struct client *clients;
	size_t client_count;
};

static void client_free(struct client *client)
{
	struct client **at = &client->control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	client->control->client_count--;
	ev_io_stop(client->control->daemon->loop, &client->io);
	close(client->fd);
	buf_finish(&client->in);
	buf_finish(&client->out);
	free(client->feeds);
	free(client);
}

static void set_events(struct client *client)
{
	struct ev_loop *loop = client->control->daemon->loop;

	ev_io_stop(loop, &client->io);
	ev_io_set(&client->io, client->fd,
		(client->is_closing ? 0 : EV_READ) | (client->out.len ? EV_WRITE : 0));
	ev_io_start(loop, &client->io);
}

/* Queue a line; frees object. */
static void tell(struct client *client, json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);

	json_decref(object);
	if (!text)
		return;
	/* One that does not read is not waited for. */
	if (client->out.len < MAX_UNREAD) {
		buf_puts(&client->out, text);
		buf_putc(&client->out, '\n');
	}
	free(text);
	set_events(client);
}

static void tell_done(struct client *client, json_t *object, const char *error)
{
	if (error)
		json_object_set_new(object, "error", json_string(error));
	json_object_set_new(object, "done", json_true());
	tell(client, object);
}

/* Resident memory, in bytes. */
static int64_t memory_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%*s %ld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void on_status(struct client *client, const json_t *request)
{
	const struct daemon *d = client->control->daemon;
	int64_t now = clock_now();
	json_t *object = json_object();
	char walls[100];
	json_t *mail;
	size_t i, due = 0;

	(void)request;
	for (i = 0; i < d->feed_count; i++)
		due += d->feeds[i]->node.place && d->feeds[i]->node.due_at <= now;
#define ADD(name, value) json_object_set_new(object, name, json_integer((json_int_t)(value)))
	ADD("pid", getpid());
	json_object_set_new(object, "version", json_string(PACKAGE_VERSION));
	ADD("started", d->started_at);
	ADD("uptime_s", now - d->started_at);
	ADD("feeds", d->feed_count);
	ADD("due", due);
	ADD("waiting", dispatch_waiting(d->dispatch));
	ADD("running", dispatch_running(d->dispatch));
	ADD("hosts", dispatch_hosts(d->dispatch));
	ADD("polls", d->polls_busy);
	ADD("pages", d->pages_busy + d->pages_due.count);
	ADD("parsers", parsers_alive(d->parsers));
	ADD("parsers_lost", parsers_lost(d->parsers));
	ADD("jobs", parsers_waiting(d->parsers));
	ADD("queue", storeq_waiting(d->storeq));
	ADD("queue_bytes", storeq_bytes(d->storeq) + parsers_bytes(d->parsers));
	ADD("memory_bytes", memory_bytes());
	if (d->edition_due != INT64_MAX)
		ADD("next_edition", d->edition_due);
#undef ADD
	confine_text(&d->confinement, walls);
	json_object_set_new(object, "confined", json_string(walls));
	mail = mailing_json(d);
	if (mail)
		json_object_set_new(object, "mail", mail);
	json_object_set_new(object, "counters", counters_json(&d->counters));
	tell_done(client, object, NULL);
}

/* Whether it is waited for or done with. */
static int by_number(const void *a, const void *b)
{
	long long x = llabs(*(const int64_t *)a), y = llabs(*(const int64_t *)b);

	return (x > y) - (x < y);
}

/* By its number or its address; NULL: none is polled. */
static const struct feed *feed_named(const struct daemon *daemon, const char *name)
{
	uint64_t number;
	int64_t id = 0;

	if (str_to_u64(name, INT64_MAX, &number))
		id = (int64_t)number;
	else if (feed_find_url(daemon->reader, name, &id) != STATUS_OK)
		id = 0;
	return id ? polls_find(daemon, id) : NULL;
}

/* The feeds that a request names, each once, or all: into client->feeds, as done with. */
static void find_feeds(struct client *client, const json_t *names)
{
	const struct daemon *daemon = client->control->daemon;
	size_t max = json_array_size(names) ? json_array_size(names) : daemon->feed_count, i, n;
	const struct feed *feed;
	const char *name;

	free(client->feeds);
	client->feeds = xcalloc(max + 1, sizeof(*client->feeds));
	for (i = n = 0; i < max; i++) {
		name = json_string_value(json_array_get(names, i));
		feed = json_array_size(names) == 0 ? daemon->feeds[i]
		       : name                      ? feed_named(daemon, name)
						   : NULL;
		/* one that is gone is not polled any more */
		if (feed && feed->is_wanted && (feed->node.place || feed->is_busy || feed->leader))
			client->feeds[n++] = -feed->id;
	}
	if (n)
		qsort(client->feeds, n, sizeof(*client->feeds), by_number);
	for (i = client->feed_count = 0; i < n; i++) {
		if (i == 0 || client->feeds[i] != client->feeds[i - 1])
			client->feeds[client->feed_count++] = client->feeds[i];
	}
}

static void on_poll(struct client *client, const json_t *request)
{
	struct daemon *daemon = client->control->daemon;
	const json_t *names = json_object_get(request, "feeds");
	bool is_forced = json_is_true(json_object_get(request, "force"));
	int64_t now = clock_now();
	json_t *object = json_object();
	size_t i, asked = 0;

	if (client->left > 0) {
		tell_done(client, object, "a poll is under way");
		return;
	}
	find_feeds(client, names);
	for (i = 0; i < client->feed_count; i++) {
		/* A feed by name is meant; all of them means those that are due. */
		bool is_meant = is_forced || json_array_size(names) > 0;

		if (is_meant && polls_force(daemon, -client->feeds[i])) {
			client->feeds[i] = -client->feeds[i];
			asked++;
		}
	}
	polls_start_due(daemon, now);
	client->left = asked;
	json_object_set_new(object, "feeds", json_integer((json_int_t)client->feed_count));
	json_object_set_new(object, "asked", json_integer((json_int_t)asked));
	if (asked == 0)
		tell_done(client, object,
			client->feed_count ? NULL
					   : "no such feed; 'diurna feeds' lists numbers and URLs");
	else
		tell(client, object);
}

static void on_edition(struct client *client, const json_t *request)
{
	(void)request;
	client->wants_edition = true;
	closing_ask(client->control->daemon);
}

static void on_reload(struct client *client, const json_t *request)
{
	(void)request;
	daemon_reload(client->control->daemon);
	tell_done(client, json_object(), NULL);
}

static const struct {
	const char *name;
	void (*run)(struct client *client, const json_t *request);
} control_commands[] = {
	{"status", on_status},
	{"poll", on_poll},
	{"edition", on_edition},
	{"reload", on_reload},
};

static void on_line(struct client *client, const char *line)
{
	json_t *request = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	const char *name = json_string_value(json_object_get(request, "command"));
	size_t i;

	for (i = 0; name && i < ARRAY_LEN(control_commands); i++) {
		if (str_eq(name, control_commands[i].name)) {
			control_commands[i].run(client, request);
			json_decref(request);
			return;
		}
	}
	json_decref(request);
	client->is_closing = true;
	tell_done(client, json_object(), "not a request: {\"command\": \"status\"} is one");
}

static void read_some(struct client *client)
{
	ssize_t n = recv(client->fd, buf_reserve(&client->in, 4096), 4096, 0);
	char *end;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_free(client);
		return;
	}
	buf_added(&client->in, (size_t)n);
	while (!client->is_closing && client->in.len &&
		(end = memchr(client->in.data, '\n', client->in.len))) {
		*end = '\0';
		on_line(client, client->in.data);
		buf_drop_front(&client->in, (size_t)(end + 1 - client->in.data));
	}
	if (client->in.len > MAX_LINE) {
		client->is_closing = true;
		tell_done(client, json_object(), "the line is too long");
	}
}

static void on_client_io(struct ev_loop *loop, ev_io *watcher, int events)
{
	struct client *client = watcher->data;
	ssize_t n;

	(void)loop;
	if (events & EV_WRITE) {
		n = send(client->fd, client->out.data, client->out.len, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			client_free(client);
			return;
		}
		if (n > 0)
			buf_drop_front(&client->out, (size_t)n);
		if (client->out.len == 0 && client->is_closing) {
			client_free(client);
			return;
		}
		set_events(client);
	}
	if (events & EV_READ)
		read_some(client);
}

/* Who waits at the door would wake us again and again. */
static void rest(struct control *control, int error)
{
	if (!control->is_short)
		log_warning(
			"control %s: %s; asked again every second", control->path, strerror(error));
	control->is_short = true;
	ev_io_stop(control->daemon->loop, &control->io);
	ev_timer_again(control->daemon->loop, &control->rest);
}

static void on_rested(struct ev_loop *loop, ev_timer *watcher, int events)
{
	struct control *control = watcher->data;

	(void)events;
	ev_timer_stop(loop, watcher);
	ev_io_start(loop, &control->io);
}

/* Who has connected longest and waits for nothing makes room. False: all of them wait. */
static bool make_room(struct control *control)
{
	struct client *client, *oldest = NULL;

	for (client = control->clients; client; client = client->next) {
		if (client->left == 0 && !client->wants_edition)
			oldest = client;
	}
	if (oldest)
		client_free(oldest);
	return oldest != NULL;
}

static void on_accept(struct ev_loop *loop, ev_io *watcher, int events)
{
	struct control *control = watcher->data;
	struct client *client;
	static const char full[] = "{\"error\":\"too many ask at once\",\"done\":true}\n";
	int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			rest(control, errno);
		return;
	}
	control->is_short = false;
	if (control->client_count >= MAX_CLIENTS && !make_room(control)) {
		(void)!send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
		return;
	}
	client = xcalloc(1, sizeof(*client));
	client->control = control;
	client->fd = fd;
	client->next = control->clients;
	control->clients = client;
	control->client_count++;
	ev_io_init(&client->io, on_client_io, fd, EV_READ);
	client->io.data = client;
	ev_io_start(loop, &client->io);
}

/* A socket that nobody answers on is left over from a crash. */
static void remove_stale(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
		errno == ECONNREFUSED)
		unlink(address->sun_path);
	close(fd);
}

void control_make_folder(const char *path)
{
	char *folder = xstrdup(path), *slash = strrchr(folder, '/');

	if (slash && slash > folder) {
		*slash = '\0';
		mkdir(folder, 0750);
	}
	free(folder);
}

struct control *control_new(struct daemon *daemon, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct control *control;
	mode_t mask;
	int fd, is_bound;

	if (strlen(path) >= sizeof(address.sun_path)) {
		log_warning("control %s: the path is longer than %zu bytes; no socket", path,
			sizeof(address.sun_path) - 1);
		return NULL;
	}
	strcpy(address.sun_path, path);
	remove_stale(&address);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0117); /* never open to others, not for a moment */
	is_bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (is_bound < 0 || listen(fd, 16) < 0) {
		log_warning("control %s: %s; 'diurna status' and 'diurna poll' cannot reach us",
			path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	control = xcalloc(1, sizeof(*control));
	control->daemon = daemon;
	control->path = xstrdup(path);
	control->fd = fd;
	ev_io_init(&control->io, on_accept, fd, EV_READ);
	control->io.data = control;
	ev_timer_init(&control->rest, on_rested, 0, 1);
	control->rest.data = control;
	ev_io_start(daemon->loop, &control->io);
	return control;
}

void control_free(struct control *control)
{
	if (!control)
		return;
	while (control->clients)
		client_free(control->clients);
	ev_io_stop(control->daemon->loop, &control->io);
	ev_timer_stop(control->daemon->loop, &control->rest);
	close(control->fd);
	unlink(control->path);
	free(control->path);
	free(control);
}

json_t *control_poll_json(const char *url, const struct poll_result *result, int32_t new_items)
{
	return json_pack("{s:s, s:s, s:i, s:s*}", "feed", url, "outcome",
		poll_outcome_name(result->outcome), "new", (int)new_items, "error", result->error);
}

void control_polled(struct daemon *daemon, int64_t feed_id, const char *url,
	const struct poll_result *result, int32_t new_items)
{
	struct client *client;
	int64_t *found;
	json_t *object;

	if (!daemon->control)
		return;
	for (client = daemon->control->clients; client; client = client->next) {
		if (client->left == 0)
			continue;
		found = bsearch(&feed_id, client->feeds, client->feed_count, sizeof(*client->feeds),
			by_number);
		if (!found || *found != feed_id)
			continue;
		*found = -feed_id;
		client->left--;
		object = control_poll_json(url, result, new_items);
		json_object_set_new(object, "left", json_integer((json_int_t)client->left));
		if (client->left == 0)
			tell_done(client, object, NULL);
		else
			tell(client, object);
	}
}

/* Frees object. */
static void print_line(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	json_decref(object);
	putchar('\n');
	fflush(stdout);
}

bool control_is_followed(const struct daemon *daemon)
{
	const struct client *client = daemon->control ? daemon->control->clients : NULL;

	while (client && !client->wants_edition)
		client = client->next;
	return client || daemon->progress == PROGRESS_JSON;
}

void control_progress(struct daemon *daemon, json_t *object)
{
	struct client *client;

	if (daemon->progress == PROGRESS_JSON)
		print_line(json_incref(object));
	for (client = daemon->control ? daemon->control->clients : NULL; client;
		client = client->next) {
		if (client->wants_edition)
			tell(client, json_incref(object));
	}
	json_decref(object);
}

void control_stage(struct daemon *daemon, const char *stage, int64_t items)
{
	json_t *object = json_pack("{s:s}", "stage", stage);

	if (items)
		json_object_set_new(object, "items", json_integer(items));
	control_progress(daemon, object);
}

void control_edition(struct daemon *daemon, const char *name, const char *why)
{
	struct client *client;
	json_t *object;

	if (daemon->progress == PROGRESS_JSON)
		print_line(json_pack("{s:s}", name ? "edition" : "error",
			name  ? name
			: why ? why
			      : ""));
	if (!daemon->control)
		return;
	for (client = daemon->control->clients; client; client = client->next) {
		if (!client->wants_edition)
			continue;
		client->wants_edition = false;
		object = json_object();
		if (name)
			json_object_set_new(object, "edition", json_string(name));
		tell_done(client, object, why);
	}
}
