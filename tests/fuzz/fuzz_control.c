/* The control socket, alive: what a client sends, then its end. */
#include "check.h"

#include "core/mem.h"
#include "diurnad/daemon.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What settings.c and daemon.c have for the others. */
struct config *daemon_config(const struct daemon *daemon)
{
	return daemon->settings->config;
}

struct settings *settings_use(struct settings *settings)
{
	settings->users++;
	return settings;
}

void settings_release(struct settings *settings)
{
	settings->users--;
}

void daemon_wake(struct daemon *daemon)
{
	(void)daemon;
}

void daemon_balance(struct daemon *daemon)
{
	(void)daemon;
}

void daemon_stop(struct daemon *daemon, int exit_code)
{
	(void)daemon, (void)exit_code;
}

void daemon_reload(struct daemon *daemon)
{
	(void)daemon;
}

static void on_host(void *context, const struct host_row *row)
{
	(void)context, (void)row;
}

static void on_robots(
	void *context, const char *authority, int http_status, const char *body, int64_t at)
{
	(void)context, (void)authority, (void)http_status, (void)body, (void)at;
}

static bool recall_robots(
	void *context, const char *authority, int *http_status, char **body, int64_t *fetched_at)
{
	(void)context, (void)authority, (void)http_status, (void)body, (void)fetched_at;
	return false;
}

static char folder[] = "/tmp/diurna-fuzz.XXXXXX", *store_name, *socket_name;
static struct daemon server;

static void clean_up(void)
{
	char *log = xasprintf("%s-wal", store_name), *shared = xasprintf("%s-shm", store_name);

	control_free(server.control);
	dispatch_free(server.dispatch);
	fetcher_free(server.fetcher);
	parsers_free(server.parsers);
	storeq_free(server.storeq);
	store_close(server.reader);
	unlink(store_name);
	unlink(log);
	unlink(shared);
	rmdir(folder);
	free(log);
	free(shared);
	free(store_name);
	free(socket_name);
}

static void start(void)
{
	static struct config config = {.max_connections = 1, .host_connections = 1};
	static struct settings settings = {.config = &config, .users = 1};
	static const struct dispatch_hooks hooks = {.on_host = on_host,
		.on_robots = on_robots,
		.recall_robots = recall_robots,
		.context = &server};
	struct store *writer = NULL;

	if (!mkdtemp(folder))
		abort();
	store_name = xasprintf("%s/store.db", folder);
	socket_name = xasprintf("%s/control", folder);
	config.store_path = store_name;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	server.loop = ev_loop_new(EVFLAG_AUTO);
	server.settings = &settings;
	server.edition_due = INT64_MAX;
	if (store_open(store_name, STORE_WRITE, &writer, NULL) != STATUS_OK ||
		store_open(store_name, STORE_READ, &server.reader, NULL) != STATUS_OK ||
		storeq_new(server.loop, writer, &config, &server.storeq) != STATUS_OK)
		abort();
	server.parsers = parsers_new(server.loop, 1);
	server.fetcher = fetcher_new(server.loop, &config);
	server.dispatch = dispatch_new(server.loop, server.fetcher, &config, &hooks);
	server.control = control_new(&server, socket_name);
	if (!server.control)
		abort();
	atexit(clean_up);
}

static void turn(void)
{
	ev_run(server.loop, EVRUN_NOWAIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	char answer[4096];
	size_t sent = 0;
	ssize_t n;
	int fd, turns = 0;

	if (!server.control)
		start();
	strcpy(address.sun_path, socket_name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		abort();
	while (sent < size && turns++ < 1000) {
		n = send(fd, data + sent, size - sent, MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			break; /* it has hung up on us */
		sent += n > 0 ? (size_t)n : 0;
		turn();
		while (recv(fd, answer, sizeof(answer), 0) > 0)
			continue;
	}
	shutdown(fd, SHUT_WR);
	for (turns = 0; turns < 4; turns++)
		turn();
	close(fd);
	turn();
	return 0;
}
