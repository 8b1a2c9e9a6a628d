/* This program again, as a process of its own for one work. */
#include "diurnad/daemon.h"

#include "core/landlock.h"
#include "core/log.h"

#include <assert.h>
#include <errno.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

enum { ARGS_MAX = 8 };
enum { RETRY_S = 60, RETRY_MAX_S = 3600, DOUBLINGS = 6 };

pid_t self_spawn(const struct daemon *daemon, const char *const *args, int out)
{
	const char *argv[ARGS_MAX + 7] = {"diurnad", "--config", daemon_config(daemon)->path};
	posix_spawn_file_actions_t actions;
	size_t i, before = 3;
	pid_t pid;
	int err;

	if (daemon->log_level) {
		argv[before++] = "--log-level";
		argv[before++] = daemon->log_level;
	}
	if (daemon->progress == PROGRESS_JSON)
		argv[before++] = "--progress-json";
	for (i = 0; args[i]; i++) {
		assert(i < ARGS_MAX);
		argv[before + i] = args[i];
	}
	posix_spawn_file_actions_init(&actions);
	if (out >= 0)
		posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	err = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err != 0) {
		errno = err;
		return 0;
	}
	return pid;
}

pid_t self_start(struct daemon *daemon, ev_child *watcher, const char *const *args, int out,
	void (*on_end)(struct ev_loop *loop, ev_child *watcher, int events))
{
	pid_t pid = self_spawn(daemon, args, out);

	if (!pid)
		return 0;
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
