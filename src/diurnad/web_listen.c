#include "diurnad/web_listen.h"

#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 16, FIRST_ACTIVATED_FD = 3 };

/* The names of the descriptors that systemd handed over, "web:websub"; their number. */
static int activated(const char **names)
{
	static char *copy;
	static int count = -1;
	const char *pid = getenv("LISTEN_PID"), *said = getenv("LISTEN_FDS");
	uint64_t number;
	int i;

	if (count < 0) {
		count = 0;
		copy = xstrdup(getenv("LISTEN_FDNAMES") ? getenv("LISTEN_FDNAMES") : "");
		if (pid && said && str_to_u64(pid, INT32_MAX, &number) &&
			(pid_t)number == getpid() && str_to_u64(said, 1000, &number))
			count = (int)number;
		unsetenv("LISTEN_PID");
		unsetenv("LISTEN_FDS");
		unsetenv("LISTEN_FDNAMES");
		/* Parsers and publishers have no business with them. */
		for (i = 0; i < count; i++)
			fcntl(FIRST_ACTIVATED_FD + i, F_SETFD, FD_CLOEXEC);
	}
	*names = copy;
	return count;
}

/* The protocol of sd_listen_fds_with_names(3); what has no name that we know is for the web. -1:
 * none was handed over. */
static int activated_fd(const char *wanted)
{
	const char *names, *name;
	int count = activated(&names), i;

	for (i = 0; i < count; i++) {
		size_t len = strcspn(names, ":");

		name = len == strlen("websub") && strncmp(names, "websub", len) == 0 ? "websub"
										     : "web";
		if (str_eq(name, wanted))
			return FIRST_ACTIVATED_FD + i;
		names += len + (names[len] == ':');
	}
	return -1;
}

bool web_is_unix_socket(int fd)
{
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);

	return getsockname(fd, (struct sockaddr *)&address, &len) == 0 &&
	       address.ss_family == AF_UNIX;
}

static int listen_at_path(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat found;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	/* One that a killed daemon left; a file of somebody's stays, and bind says so. */
	if (lstat(path, &found) == 0 && S_ISSOCK(found.st_mode))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
		chmod(path, 0660) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* "127.0.0.1:8085", "[::1]:8085"; the configuration has checked that it is loopback. */
static int listen_at_port(const char *text)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM};
	const char *colon = strrchr(text, ':');
	struct addrinfo *found = NULL;
	char *host;
	int fd = -1, on = 1;

	host = *text == '[' ? xstrndup(text + 1, (size_t)(colon - text) - 2)
			    : xstrndup(text, (size_t)(colon - text));
	if (getaddrinfo(host, colon + 1, &hints, &found) == 0)
		fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	else
		errno = EADDRNOTAVAIL;
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		if (bind(fd, found->ai_addr, found->ai_addrlen) < 0) {
			close(fd);
			fd = -1;
		}
	}
	if (found) /* not every C library takes NULL */
		freeaddrinfo(found);
	free(host);
	return fd;
}

int web_listen(const char *name, const char *where, bool *is_ours)
{
	int fd = activated_fd(name), problem;

	*is_ours = fd < 0;
	if (fd >= 0 || !where)
		return fd;
	fd = *where == '/' ? listen_at_path(where) : listen_at_port(where);
	if (fd >= 0 && listen(fd, BACKLOG) < 0) {
		problem = errno;
		close(fd);
		errno = problem;
		fd = -1;
	}
	return fd;
}
