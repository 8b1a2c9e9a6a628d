#include "config.h"

#include "diurnad/web.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/guests.h"
#include "diurnad/web_listen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *web_param(const struct web_request *request, const char *name)
{
	size_t i;

	for (i = 0; i < request->param_count; i++) {
		if (str_eq(request->params[i].name, name))
			return request->params[i].value;
	}
	return NULL;
}

void web_say(struct web_request *request, int status, const char *text)
{
	request->answer->status = status;
	request->answer->type = "text/plain; charset=utf-8";
	buf_puts(&request->answer->body, text);
}

char *web_password(const struct config *config)
{
	const char *path = config->web.password_file;
	struct buf text = {0};

	if (!path)
		return NULL;
	if (file_read(path, 4096, &text) != STATUS_OK) {
		log_err("web: password-file %s: %s; nobody is let in", path, strerror(errno));
		buf_finish(&text);
		return NULL;
	}
	buf_truncate(&text, strcspn(buf_text(&text), "\r\n"));
	return buf_take(&text);
}

#ifdef HAVE_MICROHTTPD

#include <microhttpd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CONNECTIONS = 64,
	TIMEOUT_S = 60,                  /* without a byte */
	HEAD_BYTES = 128 * 1024,         /* of a request, with what is made of it */
	BODY_MS = 120 * 1000,            /* for a whole body */
	BODIES_BYTES = 32 * 1024 * 1024, /* of all that come at a time */
	PASSED_BYTES = 256 * 1024,       /* of a body that is refused */
	GUESS_S = 1,                     /* until a wrong password is answered */
	LEAVING_MS = 5,                  /* between calls while somebody is shown out */
};

struct web {
	struct ev_loop *loop;
	struct MHD_Daemon *daemon;
	ev_io io;
	ev_timer timer;
	struct web_setup setup;
	size_t body_bytes; /* of all requests that are here */
	struct web_request *bringing, *resting;
	struct guests guests;
	bool is_by_path; /* a Unix socket */
	char *path;      /* of one that is ours to remove; NULL: none */
};

bool web_is_there(void)
{
	return true;
}

static struct guest *guest_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void set_stage(struct MHD_Connection *connection, enum guest_stage stage)
{
	struct guest *guest = guest_of(connection);

	if (guest && guest->stage != GUEST_LEAVES)
		guest->stage = stage;
}

static void add_param(struct web_request *request, const char *name, const char *value)
{
	ARRAY_GROW(request->params, request->param_count, request->param_space);
	request->params[request->param_count++] = (struct web_param){
		arena_strdup(&request->arena, name), arena_strdup(&request->arena, value)};
}

static enum MHD_Result on_argument(
	void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	add_param(context, name, value ? value : "");
	return MHD_YES;
}

/* application/x-www-form-urlencoded, in place. */
static char *decode(char *text)
{
	char *from = text, *to = text;

	for (; *from; from++) {
		if (*from == '+') {
			*to++ = ' ';
		} else if (*from == '%' && str_hex_digit(from[1]) >= 0 &&
			   str_hex_digit(from[2]) >= 0) {
			*to++ = (char)(str_hex_digit(from[1]) * 16 + str_hex_digit(from[2]));
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return text;
}

static void read_form(struct web_request *request)
{
	char *copy = arena_strdup(&request->arena, buf_text(&request->body)), *state = NULL, *pair;

	for (pair = strtok_r(copy, "&", &state); pair; pair = strtok_r(NULL, "&", &state)) {
		char *value = strchr(pair, '=');

		if (value)
			*value++ = '\0';
		add_param(request, decode(pair), value ? decode(value) : "");
	}
}

static void drop_body(struct web_request *request)
{
	request->web->body_bytes -= request->body_bytes;
	request->body_bytes = 0;
	buf_finish(&request->body);
}

/* Its body is whole, or nothing comes of it. */
static void end_bringing(struct web_request *request)
{
	struct web_request **at = &request->web->bringing;

	while (*at && *at != request)
		at = &(*at)->next_bringing;
	if (*at)
		*at = request->next_bringing;
}

static void drop_request(struct web_request *request)
{
	end_bringing(request);
	drop_body(request);
	buf_finish(&request->answer->body);
	if (request->answer->file >= 0)
		close(request->answer->file);
	free(request->answer);
	free(request->params);
	arena_finish(&request->arena);
	free(request);
}

static struct web_request *new_request(
	struct web *web, struct MHD_Connection *connection, const char *path, bool is_post)
{
	struct web_request *request = xcalloc(1, sizeof(*request));
	char *user, *password = NULL;

	request->answer = xcalloc(1, sizeof(*request->answer));
	request->answer->file = -1;
	request->connection = connection;
	request->is_post = is_post;
	request->is_by_path = web->is_by_path;
	request->web = web;
	request->started_ms = clock_monotonic_ms();
	request->path = arena_strdup(&request->arena, path);
	request->authorization = arena_strdup(&request->arena,
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization"));
	user = MHD_basic_auth_get_username_password(connection, &password);
	request->user = arena_strdup(&request->arena, user);
	request->password = arena_strdup(&request->arena, password);
	MHD_free(user);
	MHD_free(password);
	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, on_argument, request);
	return request;
}

static enum MHD_Result send_answer(struct web_request *request)
{
	struct web_answer *answer = request->answer;
	struct MHD_Response *response;
	struct stat found;
	enum MHD_Result result;

	if (answer->status == 0)
		web_say(request, 404, "There is nothing here.\n");
	if (answer->file >= 0 && fstat(answer->file, &found) == 0) {
		response = MHD_create_response_from_fd64((uint64_t)found.st_size, answer->file);
		answer->file = -1; /* the library closes it */
	} else {
		response = MHD_create_response_from_buffer(
			answer->body.len, (void *)buf_text(&answer->body), MHD_RESPMEM_MUST_COPY);
	}
	if (answer->type)
		MHD_add_response_header(response, "Content-Type", answer->type);
	if (answer->location)
		MHD_add_response_header(response, "Location", answer->location);
	if (answer->name)
		MHD_add_response_header(response, answer->name, answer->value);
	if (answer->asks_password)
		MHD_add_response_header(
			response, "WWW-Authenticate", "Basic realm=\"diurna\", charset=\"UTF-8\"");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Cache-Control", "no-cache");
	result = MHD_queue_response(request->connection, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	return result;
}

static void run(struct web *web);

static void end_rest(struct web_request *request)
{
	struct web_request **at = &request->web->resting;

	while (*at != request)
		at = &(*at)->next_resting;
	*at = request->next_resting;
	ev_timer_stop(request->web->loop, &request->rest);
	request->answer->is_guess = false;
	MHD_resume_connection(request->connection);
}

static void on_rested(struct ev_loop *loop, ev_timer *watcher, int events)
{
	struct web_request *request = watcher->data;
	struct web *web = request->web;

	(void)loop, (void)events;
	end_rest(request);
	run(web);
}

/* Who guesses passwords gets one answer a second on each connection. */
static enum MHD_Result rest(struct web_request *request)
{
	struct web *web = request->web;

	request->next_resting = web->resting;
	web->resting = request;
	set_stage(request->connection, GUEST_SITS);
	ev_timer_init(&request->rest, on_rested, GUESS_S, 0);
	request->rest.data = request;
	ev_timer_start(web->loop, &request->rest);
	MHD_suspend_connection(request->connection);
	return MHD_YES;
}

/* When all places are taken, for whoever comes next. */
static void make_room(struct web *web)
{
	const struct guest *guest =
		web->guests.count >= CONNECTIONS ? guests_make_room(&web->guests) : NULL;
	struct web_request *request = guest ? web->resting : NULL;

	while (request && guest_of(request->connection) != guest)
		request = request->next_resting;
	if (request)
		end_rest(request);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
	enum MHD_ConnectionNotificationCode what)
{
	struct web *web = context;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (what == MHD_CONNECTION_NOTIFY_STARTED && info) {
		*socket_context = guest_add(&web->guests, info->connect_fd);
		make_room(web);
	} else if (*socket_context) {
		guest_remove(&web->guests, *socket_context);
		*socket_context = NULL;
	}
}

/*
 * Is its body let in? One that is not is answered at once; a small one is passed over first, since
 * a client that still writes may lose the answer.
 */
static enum MHD_Result on_head(struct web *web, struct web_request *request)
{
	const char *said = web_header(request, "Content-Length");
	uint64_t len = UINT64_MAX;

	request->body_max = web->setup.on_head(web->setup.context, request);
	if (said && !str_to_u64(said, INT64_MAX, &len))
		len = UINT64_MAX;
	if (request->body_max > 0 && said && len > request->body_max) {
		web_say(request, 413, "That is too large.\n");
		request->body_max = 0;
	}
	if (request->body_max > 0) {
		set_stage(request->connection, GUEST_BRINGS);
		request->next_bringing = web->bringing;
		web->bringing = request;
	}
	if (request->body_max > 0 || len <= PASSED_BYTES)
		return MHD_YES;
	return request->answer->is_guess ? rest(request) : send_answer(request);
}

/*
 * The bodies that come at a time share their room: so much of it, for so long. Whoever brings a
 * large one slowly has taken most, and one that comes as fast as it can next to nothing.
 */
static double room_taken(const struct web_request *request, int64_t now_ms)
{
	return (double)request->body_bytes * (double)(now_ms - request->started_ms + 1);
}

static void show_out(struct web_request *request)
{
	struct guest *guest = guest_of(request->connection);

	end_bringing(request);
	drop_body(request);
	request->is_shown_out = true;
	if (guest)
		guest_show_out(guest);
}

/* Whoever has taken most of it gives his back, until so much more finds room. */
static void make_room_for_body(struct web *web, size_t len)
{
	struct web_request *request, *most;
	int64_t now_ms = clock_monotonic_ms();

	while (web->body_bytes + len > BODIES_BYTES && (most = web->bringing)) {
		for (request = most; request; request = request->next_bringing) {
			if (room_taken(request, now_ms) > room_taken(most, now_ms))
				most = request;
		}
		show_out(most);
	}
}

/* MHD_NO: the connection is closed. */
static enum MHD_Result on_piece(
	struct web *web, struct web_request *request, const char *data, size_t len)
{
	if (request->is_post && request->body_max == 0)
		return MHD_YES; /* refused, and passed over */
	if (request->is_shown_out || request->body.len + len > request->body_max ||
		clock_monotonic_ms() - request->started_ms > BODY_MS)
		return MHD_NO;
	make_room_for_body(web, len);
	if (request->is_shown_out || web->body_bytes + len > BODIES_BYTES)
		return MHD_NO;
	buf_put(&request->body, data, len);
	request->body_bytes += len;
	web->body_bytes += len;
	return MHD_YES;
}

/* Called at the head, for each piece of the body, at its end, and once more when resumed. */
static enum MHD_Result on_access(void *context, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *len, void **state)
{
	struct web *web = context;
	struct web_request *request = *state;
	bool is_post = str_eq(method, "POST");
	size_t piece = *len;
	const char *type;

	(void)version;
	if (!request) {
		*state = request = new_request(web, connection, url, is_post);
		return is_post ? on_head(web, request) : MHD_YES;
	}
	if (piece > 0) {
		*len = 0;
		return on_piece(web, request, data, piece);
	}
	if (request->is_shown_out)
		return MHD_NO;
	end_bringing(request);
	set_stage(connection, GUEST_WAITS);
	if (request->answer->status == 0 && !request->is_waiting) {
		if (!is_post && !str_eq(method, "GET") && !str_eq(method, "HEAD")) {
			web_say(request, 405, "GET, HEAD or POST was meant.\n");
			return send_answer(request);
		}
		type = web_header(request, "Content-Type");
		if (is_post && (!type || str_istarts(type, "application/x-www-form-urlencoded")))
			read_form(request);
		web->setup.on_request(web->setup.context, request);
		if (request->is_waiting) {
			MHD_suspend_connection(connection);
			return MHD_YES;
		}
	}
	return request->answer->is_guess ? rest(request) : send_answer(request);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
	enum MHD_RequestTerminationCode why)
{
	(void)why;
	if (*state)
		drop_request(*state);
	*state = NULL;
	set_stage(connection, GUEST_SITS);
	make_room(context);
}

static bool is_full(struct web *web)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info && info->num_connections >= CONNECTIONS;
}

/* Work, and be called again when the library wants it. */
static void run(struct web *web)
{
	bool was_full = is_full(web), has_timeout;
	MHD_UNSIGNED_LONG_LONG wait_ms = 0;

	MHD_run(web->daemon);
	has_timeout = MHD_get_timeout(web->daemon, &wait_ms) == MHD_YES;
	/*
	 * It listens again, and notices who was shown out, at one of the next calls only, and
	 * nothing else would lead to one.
	 */
	if ((was_full || guests_are_leaving(&web->guests)) &&
		(!has_timeout || wait_ms > LEAVING_MS)) {
		has_timeout = true;
		wait_ms = LEAVING_MS;
	}
	ev_timer_stop(web->loop, &web->timer);
	if (has_timeout) {
		ev_timer_set(&web->timer, (double)wait_ms / 1000, 0);
		ev_timer_start(web->loop, &web->timer);
	}
}

static void on_io(struct ev_loop *loop, ev_io *watcher, int events)
{
	(void)loop, (void)events;
	run(watcher->data);
}

static void on_timer(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop, (void)events;
	run(watcher->data);
}

void web_answered(struct web_request *request)
{
	struct web *web = request->web;

	request->is_waiting = false;
	MHD_resume_connection(request->connection);
	run(web);
}

const char *web_header(const struct web_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

bool web_is_by_path(const struct web *web)
{
	return web->is_by_path;
}

struct web *web_new(struct ev_loop *loop, const struct web_setup *setup)
{
	const char *where = setup->listen, *name = setup->name;
	const union MHD_DaemonInfo *info;
	bool is_ours;
	struct web *web;
	int fd = web_listen(name, where, &is_ours);

	if (fd < 0) {
		if (where)
			log_err("%s %s: %s; not listening", name, where, strerror(errno));
		return NULL;
	}
	if (!is_ours)
		where = "a socket of systemd";
	web = xcalloc(1, sizeof(*web));
	web->loop = loop;
	web->setup = *setup;
	web->is_by_path = web_is_unix_socket(fd);
	web->path = is_ours && *where == '/' ? xstrdup(where) : NULL;
	web->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
		on_access, web, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, web, MHD_OPTION_NOTIFY_CONNECTION, on_connection, web,
		MHD_OPTION_END);
	info = web->daemon ? MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!info) {
		log_err("%s %s: the server does not start; not listening", name, where);
		close(fd);
		free(web->path);
		free(web);
		return NULL;
	}
	ev_io_init(&web->io, on_io, info->epoll_fd, EV_READ);
	web->io.data = web;
	ev_io_start(loop, &web->io);
	ev_timer_init(&web->timer, on_timer, 0, 0);
	web->timer.data = web;
	log_notice("%s: listening on %s", name, where);
	return web;
}

void web_free(struct web *web)
{
	if (!web)
		return;
	ev_io_stop(web->loop, &web->io);
	ev_timer_stop(web->loop, &web->timer);
	while (web->resting)
		end_rest(web->resting);
	MHD_stop_daemon(web->daemon);
	if (web->path)
		unlink(web->path);
	free(web->path);
	free(web);
}

#else

bool web_is_there(void)
{
	return false;
}

struct web *web_new(struct ev_loop *loop, const struct web_setup *setup)
{
	(void)loop;
	if (setup->listen)
		log_err("%s %s: this diurnad was built without libmicrohttpd; not listening",
			setup->name, setup->listen);
	return NULL;
}

void web_free(struct web *web)
{
	(void)web;
}

void web_answered(struct web_request *request)
{
	(void)request;
}

const char *web_header(const struct web_request *request, const char *name)
{
	(void)request, (void)name;
	return NULL;
}

bool web_is_by_path(const struct web *web)
{
	(void)web;
	return false;
}

#endif
