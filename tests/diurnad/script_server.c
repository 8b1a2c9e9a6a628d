#include "script_server.h"

#include "core/buf.h"
#include "core/clock.h"
#include "core/mem.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_REQUESTS = 2000, MAX_CONNECTIONS = 64, ANSWER_DELAY_MS = 5 };

struct connection {
	int fd; /* -1: free */
	int number;
	struct buf in;
};

struct script_server {
	const struct script_row *rows;
	pthread_t thread;
	pthread_mutex_t lock;
	int listener, port, wake[2];
	struct connection connections[MAX_CONNECTIONS];
	int connection_count, most_busy;
	struct script_request *requests;
	size_t count;
};

static const struct script_row *find_row(const struct script_row *row, const char *request)
{
	const char *path = strchr(request, ' ');
	size_t len = path ? strcspn(path + 1, " ") : 0;

	for (; row->path; row++)
		if (path && strlen(row->path) == len && strncmp(row->path, path + 1, len) == 0)
			break;
	return row;
}

static void close_connection(struct connection *connection, bool by_reset)
{
	const struct linger now = {.l_onoff = 1};

	if (by_reset)
		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(connection->fd);
	connection->fd = -1;
	buf_finish(&connection->in);
}

static bool send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool send_answer(const struct script_server *server, int fd, const struct script_row *row)
{
	struct buf out = {0};
	const char *p, *mark;
	bool is_sent;
	size_t left;

	for (p = row->answer; (mark = strstr(p, "%P")); p = mark + 2) {
		buf_put(&out, p, (size_t)(mark - p));
		buf_printf(&out, "%d", server->port);
	}
	buf_puts(&out, p);
	is_sent = send_all(fd, out.data, out.len);
	buf_clear(&out);
	memset(buf_reserve(&out, 65536), 'x', 65536);
	for (left = row->zeros; is_sent && left; left -= left < 65536 ? left : 65536)
		is_sent = send_all(fd, out.data, left < 65536 ? left : 65536);
	buf_finish(&out);
	return is_sent;
}

static void answer(struct script_server *server, struct connection *connection, size_t len)
{
	const struct script_row *row = find_row(server->rows, connection->in.data);
	struct script_request *request;
	bool is_sent;

	pthread_mutex_lock(&server->lock);
	if (server->count < MAX_REQUESTS) {
		request = &server->requests[server->count++];
		len = len < sizeof(request->text) - 1 ? len : sizeof(request->text) - 1;
		memcpy(request->text, connection->in.data, len);
		request->text[len] = '\0';
		request->at_ms = clock_monotonic_ms();
		request->connection = connection->number;
	}
	pthread_mutex_unlock(&server->lock);
	buf_clear(&connection->in);
	is_sent = send_answer(server, connection->fd, row);
	if (!is_sent || row->end == SCRIPT_CLOSE || row->end == SCRIPT_RESET)
		close_connection(connection, row->end == SCRIPT_RESET);
}

static void read_connection(struct script_server *server, struct connection *connection)
{
	char *to = buf_reserve(&connection->in, 8192), *stop;
	ssize_t n = recv(connection->fd, to, 8192, 0);

	if (n <= 0) {
		close_connection(connection, false);
		return;
	}
	buf_added(&connection->in, (size_t)n);
	/* Somebody speaks TLS (RFC 8446, 5.1): a server without it says so in its own way. */
	if (connection->in.data[0] == 0x16) {
		send_all(connection->fd, "HTTP/1.1 400 No TLS here\r\n\r\n", 28);
		close_connection(connection, false);
		return;
	}
	stop = strstr(connection->in.data, "\r\n\r\n");
	if (stop)
		answer(server, connection, (size_t)(stop + 4 - connection->in.data));
}

static void accept_one(struct script_server *server)
{
	int fd = accept(server->listener, NULL, NULL), i;

	for (i = 0; fd >= 0 && i < MAX_CONNECTIONS; i++) {
		if (server->connections[i].fd >= 0)
			continue;
		server->connections[i].fd = fd;
		server->connections[i].number = server->connection_count++;
		return;
	}
	if (fd >= 0)
		close(fd);
}

/* Requests that are there at one time, before any is answered: how many were at work at once. */
static void count_busy(struct script_server *server, const struct pollfd *fds, int count)
{
	int i, busy = 0;

	for (i = 2; i < count; i++)
		busy += (fds[i].revents & POLLIN) != 0;
	pthread_mutex_lock(&server->lock);
	if (busy > server->most_busy)
		server->most_busy = busy;
	pthread_mutex_unlock(&server->lock);
}

static void *run(void *context)
{
	struct script_server *server = context;
	struct pollfd fds[MAX_CONNECTIONS + 2];
	int owner[MAX_CONNECTIONS + 2], i, count;

	for (;;) {
		fds[0] = (struct pollfd){.fd = server->wake[0], .events = POLLIN};
		fds[1] = (struct pollfd){.fd = server->listener, .events = POLLIN};
		for (count = 2, i = 0; i < MAX_CONNECTIONS; i++) {
			if (server->connections[i].fd < 0)
				continue;
			owner[count] = i;
			fds[count++] =
				(struct pollfd){.fd = server->connections[i].fd, .events = POLLIN};
		}
		poll(fds, (nfds_t)count, -1);
		if (fds[0].revents)
			return NULL;
		/* Time for others to come too, so that they are seen together. */
		poll(NULL, 0, ANSWER_DELAY_MS);
		poll(fds, (nfds_t)count, 0);
		count_busy(server, fds, count);
		for (i = 2; i < count; i++)
			if (fds[i].revents)
				read_connection(server, &server->connections[owner[i]]);
		if (fds[1].revents)
			accept_one(server);
	}
}

struct script_server *script_server_new(const struct script_row *rows)
{
	struct script_server *server = xcalloc(1, sizeof(*server));
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	size_t i;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->rows = rows;
	server->requests = xcalloc(MAX_REQUESTS, sizeof(*server->requests));
	for (i = 0; i < MAX_CONNECTIONS; i++)
		server->connections[i].fd = -1;
	pthread_mutex_init(&server->lock, NULL);
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (pipe(server->wake) || server->listener < 0 ||
		bind(server->listener, (struct sockaddr *)&address, sizeof(address)) ||
		listen(server->listener, 64) ||
		getsockname(server->listener, (struct sockaddr *)&address, &len))
		abort();
	server->port = ntohs(address.sin_port);
	if (pthread_create(&server->thread, NULL, run, server))
		abort();
	return server;
}

void script_server_free(struct script_server *server)
{
	size_t i;

	if (write(server->wake[1], "x", 1) != 1)
		abort();
	pthread_join(server->thread, NULL);
	for (i = 0; i < MAX_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0)
			close_connection(&server->connections[i], false);
	close(server->listener);
	close(server->wake[0]);
	close(server->wake[1]);
	pthread_mutex_destroy(&server->lock);
	free(server->requests);
	free(server);
}

int script_server_port(const struct script_server *server)
{
	return server->port;
}

size_t script_server_count(struct script_server *server)
{
	size_t count;

	pthread_mutex_lock(&server->lock);
	count = server->count;
	pthread_mutex_unlock(&server->lock);
	return count;
}

const struct script_request *script_server_request(struct script_server *server, size_t n)
{
	return n < script_server_count(server) ? &server->requests[n] : NULL;
}

int script_server_most_busy(struct script_server *server)
{
	int most;

	pthread_mutex_lock(&server->lock);
	most = server->most_busy;
	pthread_mutex_unlock(&server->lock);
	return most;
}

void script_server_forget(struct script_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->count = 0;
	server->most_busy = 0;
	pthread_mutex_unlock(&server->lock);
}
