#include "core/control.h"

#include "core/buf.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_ANSWER_LINE = 4 * 1024 * 1024 };

static enum status connect_to(const char *path, int *fd)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return STATUS_IO;
	}
	strcpy(address.sun_path, path);
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return STATUS_IO;
	if (connect(*fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return STATUS_OK;
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED: return STATUS_NOT_FOUND; /* no socket, or one left over */
	case EACCES:
	case EPERM: return STATUS_REFUSED;
	default: return STATUS_IO;
	}
}

static enum status send_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(fd, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EPIPE || errno == ECONNRESET ? STATUS_CRASHED : STATUS_IO;
		data += n;
		len -= (size_t)n;
	}
	return STATUS_OK;
}

/* More bytes of the answer. */
static enum status receive(int fd, int quiet_ms, struct buf *in)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	ssize_t n;
	int found;

	do {
		found = poll(&ready, 1, quiet_ms);
	} while (found < 0 && errno == EINTR);
	if (found < 0)
		return STATUS_IO;
	if (found == 0)
		return STATUS_TIMEOUT;
	n = recv(fd, buf_reserve(in, 4096), 4096, 0);
	if (n < 0 && errno == EINTR)
		return STATUS_OK;
	if (n <= 0)
		return STATUS_CRASHED;
	buf_added(in, (size_t)n);
	return in->len > MAX_ANSWER_LINE ? STATUS_LIMIT : STATUS_OK;
}

enum status control_ask(const char *path, const char *request, int quiet_ms,
	bool (*on_line)(void *context, const char *line), void *context)
{
	struct buf line = {0};
	bool wants_more = true;
	enum status status;
	int fd = -1;
	char *end;

	status = connect_to(path, &fd);
	if (status == STATUS_OK) {
		buf_printf(&line, "%s\n", request);
		status = send_all(fd, line.data, line.len);
		buf_clear(&line);
	}
	while (status == STATUS_OK && wants_more) {
		status = receive(fd, quiet_ms, &line);
		while (status == STATUS_OK && wants_more && line.len &&
			(end = memchr(line.data, '\n', line.len))) {
			*end = '\0';
			wants_more = on_line(context, line.data);
			buf_drop_front(&line, (size_t)(end + 1 - line.data));
		}
	}
	buf_finish(&line);
	if (fd >= 0)
		close(fd);
	return status;
}
