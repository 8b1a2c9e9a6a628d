#include "cli/app.h"

#include "cli/cmd.h"
#include "core/control.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

extern char **environ;

const char *app_config_path;

static int open_config(struct app *app, bool keeps_bad)
{
	struct config_errors errors = {0};
	enum status status = keeps_bad ? config_load_any(app_config_path, &app->config, &errors)
				       : config_load(app_config_path, &app->config, &errors);
	size_t i;

	for (i = 0; i < errors.count; i++)
		fprintf(stderr, "%s\n", errors.lines[i]);
	config_errors_finish(&errors);
	if (status == STATUS_NOT_FOUND)
		return cmd_error(EX_CONFIG, "there is no configuration; " APP_CONFIG_WANTED);
	return status == STATUS_OK ? EX_OK : EX_CONFIG;
}

int app_open_config(struct app *app)
{
	return open_config(app, false);
}

int app_open_any_config(struct app *app)
{
	return open_config(app, true);
}

/* A name for people; its number where it has none. To be freed. */
static char *group_name(gid_t id)
{
	const struct group *group = getgrgid(id);

	return group ? xstrdup(group->gr_name) : xasprintf("%lld", (long long)id);
}

char *app_access_advice(const char *path)
{
	char *folder = xstrdup(path), *slash = strrchr(folder, '/'), *group, *advice;
	struct stat found;
	bool is_found;

	if (slash && slash > folder)
		*slash = '\0';
	is_found = access(path, R_OK) != 0 && errno == EACCES &&
		   (stat(path, &found) == 0 || stat(folder, &found) == 0);
	free(folder);
	if (!is_found)
		return xstrdup("");
	if (!(found.st_mode & S_IRGRP))
		return xstrdup("; only its owner may read it");
	group = group_name(found.st_gid);
	advice = xasprintf("; who is of the group %s may read it: as root, usermod --append "
			   "--groups %s NAME, and log in anew",
		group, group);
	free(group);
	return advice;
}

static int open_store(struct app *app, enum store_mode mode)
{
	int code = app_open_config(app);
	char *why = NULL, *advice;
	enum status status;

	if (code != EX_OK)
		return code;
	status = store_open(app->config->store_path, mode, &app->store, &why);
	if (status == STATUS_NOT_FOUND)
		code = cmd_error(EX_NOINPUT,
			"there is no store yet (%s); 'diurna poll' makes it, or the daemon",
			app->config->store_path);
	else if (status != STATUS_OK) {
		advice = app_access_advice(app->config->store_path);
		code = cmd_error(*advice               ? EX_NOPERM
				 : status == STATUS_IO ? EX_IOERR
						       : EX_DATAERR,
			"the store: %s%s%s", why ? log_visible(why) : status_text(status),
			status == STATUS_CORRUPT ? "; if it was a store, " APP_RECOVER : "",
			advice);
		free(advice);
	}
	free(why);
	return code;
}

int app_open_store(struct app *app)
{
	return open_store(app, STORE_READ);
}

int app_store_error(struct store *store, enum status status)
{
	bool is_sqlite = sqlite3_errcode(store_db(store)) != SQLITE_OK;

	if (status == STATUS_BUSY)
		return cmd_error(EX_TEMPFAIL, "the store is busy; try again in a moment");
	return cmd_error(status == STATUS_CORRUPT ? EX_DATAERR : EX_IOERR,
		"the store cannot be read: %s; 'diurna check --store' looks at it",
		is_sqlite ? store_error(store) : status_text(status));
}

int app_change_store(
	struct app *app, enum status (*change)(struct store *store, void *context), void *context)
{
	int code = open_store(app, STORE_MARK);
	enum status status;

	if (code != EX_OK)
		return code;
	status = store_begin(app->store);
	if (status == STATUS_OK)
		status = change(app->store, context);
	if (status == STATUS_OK)
		status = store_commit(app->store);
	if (status == STATUS_BUSY)
		return cmd_error(EX_TEMPFAIL,
			"the store is busy; nothing was changed, try again in a moment");
	if (status != STATUS_OK)
		return cmd_error(EX_NOPERM,
			"%s cannot be written: %s; nothing was changed. Its owner may: "
			"'sudo -u OWNER diurna ...'",
			log_visible(app->config->store_path), store_error(app->store));
	return EX_OK;
}

bool app_has_feeds(struct app *app)
{
	if (app->subs.count == 0)
		app_load_subscriptions(app);
	return app->subs.count > 0;
}

void app_load_subscriptions(struct app *app)
{
	struct config_errors errors = {0};
	size_t i;

	subscriptions_load(app->config, &app->subs, &errors);
	for (i = 0; i < errors.count; i++)
		fprintf(stderr, "%s\n", log_visible(errors.lines[i]));
	config_errors_finish(&errors);
}

struct asking {
	void (*on_answer)(void *context, const json_t *answer);
	void *context;
	char *error; /* the daemon's; NULL: none */
	bool is_bad; /* a line was no JSON */
};

static bool on_line(void *context, const char *line)
{
	struct asking *asking = context;
	json_t *answer = json_loads(line, 0, NULL);
	const char *error = json_string_value(json_object_get(answer, "error"));
	bool wants_more = answer && !json_is_true(json_object_get(answer, "done"));

	asking->is_bad = !answer;
	if (error)
		asking->error = xstrdup(error);
	else if (answer)
		asking->on_answer(asking->context, answer);
	json_decref(answer);
	return wants_more && !error;
}

int app_ask_daemon(struct app *app, json_t *request, int quiet_ms,
	void (*on_answer)(void *context, const json_t *answer), void *context)
{
	struct asking asking = {.on_answer = on_answer, .context = context};
	char *line = json_dumps(request, JSON_COMPACT);
	const char *path = app->config->control_path;
	enum status status = control_ask(path, line, quiet_ms, on_line, &asking);
	int code = EX_OK;

	free(line);
	json_decref(request);
	if (status == STATUS_NOT_FOUND)
		code = EX_UNAVAILABLE;
	else if (status == STATUS_REFUSED)
		code = cmd_error(EX_NOPERM,
			"%s: the daemon's socket is not for this user; its group may use it", path);
	else if (status == STATUS_TIMEOUT)
		code = cmd_error(EX_TEMPFAIL,
			"the daemon does not answer on %s; its log tells why "
			"(journalctl -u diurnad)",
			path);
	else if (status == STATUS_CRASHED)
		code = cmd_error(EX_TEMPFAIL,
			"the daemon ended before it had answered; its log tells why "
			"(journalctl -u diurnad)");
	else if (status != STATUS_OK)
		code = cmd_error(EX_IOERR, "%s: %s", path, strerror(errno));
	else if (asking.is_bad)
		code = cmd_error(EX_PROTOCOL,
			"the daemon's answer makes no sense; is it another version? A restart helps");
	else if (asking.error)
		code = cmd_error(EXIT_NOTHING, "the daemon says: %s", log_visible(asking.error));
	free(asking.error);
	return code;
}

static const char *daemon_path(void)
{
	/* Installed side by side, or in a build tree, where "diurnad" is a folder. */
	static const char *const names[] = {"diurnad", "diurnad/diurnad", "../sbin/diurnad"};
	static char path[PATH_MAX], real[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 32);
	struct stat found;
	char *slash;
	size_t i;

	if (len > 0) {
		path[len] = '\0';
		slash = strrchr(path, '/');
		for (i = 0; i < ARRAY_LEN(names); i++) {
			strcpy(slash + 1, names[i]);
			if (stat(path, &found) == 0 && S_ISREG(found.st_mode) &&
				access(path, X_OK) == 0)
				return realpath(path, real) ? real : path;
		}
	}
	return SBINDIR "/diurnad";
}

/* Start diurnad with the configuration and these arguments; its output goes to out. */
static int spawn_daemon(struct app *app, const char *const *args, int out, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	const char **argv;
	size_t count = 0;
	int err;

	while (args[count])
		count++;
	argv = xcalloc(count + 4, sizeof(*argv));
	argv[0] = "diurnad";
	argv[1] = "--config";
	argv[2] = app->config->path;
	memcpy(argv + 3, args, count * sizeof(*args));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	err = posix_spawn(pid, daemon_path(), &actions, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	free(argv);
	if (err)
		return cmd_error(EX_OSERR, "%s cannot be started: %s; is all of diurna installed?",
			daemon_path(), strerror(err));
	return EX_OK;
}

static int wait_daemon(pid_t pid)
{
	int state;

	while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(state)
		       ? WEXITSTATUS(state)
		       : cmd_error(EX_SOFTWARE,
				 "diurnad ended by signal %d; what it had stored stays, run it again",
				 WTERMSIG(state));
}

int app_read_daemon(struct app *app, const char *const *args,
	void (*on_object)(void *context, const json_t *line), void *context)
{
	int fds[2], code;
	char *line = NULL;
	size_t space = 0;
	json_t *object;
	FILE *answer;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return cmd_error(EX_OSERR, "no pipe: %s", strerror(errno));
	code = spawn_daemon(app, args, fds[1], &pid);
	close(fds[1]);
	if (code != EX_OK) {
		close(fds[0]);
		return code;
	}
	answer = fdopen(fds[0], "r");
	while (answer && getline(&line, &space, answer) > 0) {
		object = json_loads(line, 0, NULL);
		if (object)
			on_object(context, object);
		json_decref(object);
	}
	if (answer)
		fclose(answer);
	free(line);
	return wait_daemon(pid);
}

int app_find(struct app *app, const char *url, bool guesses,
	void (*on_object)(void *context, const json_t *line), void *context)
{
	const char *args[] = {
		"--log-level", "err", "--find", url, guesses ? "--guess" : NULL, NULL};

	return app_read_daemon(app, args, on_object, context);
}

bool app_has_systemd(bool is_system)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	return access("/run/systemd/system", F_OK) == 0 && (is_system || !str_is_empty(runtime));
}

/* People who are not root often have no sbin in theirs. */
static bool is_in_path(const char *name)
{
	const char *path = getenv("PATH"), *end;
	bool is_there = false;
	char *place;

	for (; path && *path && !is_there; path = *end ? end + 1 : end) {
		end = strchrnul(path, ':');
		place = xasprintf("%.*s/%s", (int)(end - path), path, name);
		is_there = access(place, X_OK) == 0;
		free(place);
	}
	return is_there;
}

char *app_daemon_advice(const struct app *app)
{
	const char *path = app->config->path;
	bool is_system = str_starts(path, SYSCONFDIR "/") || str_starts(path, "/etc/");
	bool is_elsewhere =
		!is_system && (app_config_path || !str_is_empty(getenv("DIURNA_CONFIG")));

	if (is_elsewhere || !app_has_systemd(is_system))
		return xasprintf("'%s --config %s' starts one",
			is_in_path("diurnad") ? "diurnad" : daemon_path(), path);
	return xasprintf("'systemctl %sstatus diurnad' tells why", is_system ? "" : "--user ");
}

void app_close(struct app *app)
{
	store_close(app->store);
	subscriptions_finish(&app->subs);
	config_free(app->config);
	*app = (struct app){0};
}
