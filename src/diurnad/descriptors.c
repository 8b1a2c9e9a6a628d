#include "diurnad/daemon.h"

#include "core/log.h"

#include <sys/resource.h>

/* A connection, and two that wait for their next request; files, parsers, the socket's clients. */
enum { FOR_A_CONNECTION = 3, FOR_THE_REST = 120 };

void descriptors_fit(struct config *config)
{
	struct rlimit limit;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	if (limit.rlim_cur != limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
			getrlimit(RLIMIT_NOFILE, &limit);
	}
	most = limit.rlim_cur <= FOR_THE_REST ? 1
					      : (limit.rlim_cur - FOR_THE_REST) / FOR_A_CONNECTION;
	if (limit.rlim_cur == RLIM_INFINITY || (rlim_t)config->max_connections <= most)
		return;
	if (most < 1)
		most = 1;
	log_warning(
		"descriptors: %llu allow for %llu connections, not %d; LimitNOFILE= or ulimit -n "
		"raises it",
		(unsigned long long)limit.rlim_cur, (unsigned long long)most,
		config->max_connections);
	config->max_connections = (int)most;
}
