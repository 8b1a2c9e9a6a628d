/* This program again, as a process of its own for one work. */
#include "diurnad/daemon.h"

#include "core/landlock.h"
#include "core/log.h"

#include <errno.h>
#include <spawn.h>

extern char **environ;

enum { RETRY_S = 60, RETRY_MAX_S = 3600, DOUBLINGS = 6 };

pid_t self_start(struct daemon *daemon, ev_child *watcher, const char *option, const char *value,
	void (*on_end)(struct ev_loop *loop, ev_child *watcher, int events))
{
	char *argv[] = {(char *)"diurnad", (char *)"--config", (char *)daemon_config(daemon)->path,
		(char *)option, (char *)value, NULL};
	pid_t pid;
	int err = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ);

	if (err != 0) {
		errno = err;
		return 0;
	}
	ev_child_init(watcher, on_end, pid, 0);
	watcher->data = daemon;
	ev_child_start(daemon->loop, watcher);
	return pid;
}

int64_t self_wait_s(int *failures)
{
	int64_t wait_s = (int64_t)RETRY_S << (*failures < DOUBLINGS ? *failures : DOUBLINGS);

	++*failures;
	return wait_s < RETRY_MAX_S ? wait_s : RETRY_MAX_S;
}

void self_say_walls(const struct daemon *daemon, const char *folder)
{
	if (folder && !confine_reaches(&daemon->confinement, folder, LANDLOCK_WRITE))
		log_warning("%s is not the folder that was there at the start; the daemon may "
			    "write in it after a restart",
			log_visible(folder));
}
