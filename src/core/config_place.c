#include "core/config_place.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *user_path(void)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (base && *base == '/')
		return xasprintf("%s/diurna/diurna.conf", base);
	return home && *home == '/' ? xasprintf("%s/.config/diurna/diurna.conf", home) : NULL;
}

char *config_find(void)
{
	const char *named = getenv("DIURNA_CONFIG");
	char *path;

	if (named && *named)
		return xstrdup(named);
	path = geteuid() == 0 ? NULL : user_path();
	if (path && access(path, F_OK) == 0)
		return path;
	free(path);
	return xstrdup(SYSCONFDIR "/diurna/diurna.conf");
}

/* The system's newspaper or a person's own? A person's is not below /etc, and its reader not root.
 */
static bool is_system(const char *path)
{
	char *own = user_path();
	bool is_own = own && str_eq(own, path);

	free(own);
	if (str_starts(path, SYSCONFDIR "/") || str_starts(path, "/etc/") ||
		getenv("STATE_DIRECTORY"))
		return true;
	return geteuid() == 0 && !is_own;
}

/* The first of a list that systemd made from StateDirectory= or RuntimeDirectory=. */
static const char *systemd_dir(struct arena *arena, const char *variable)
{
	const char *dirs = getenv(variable);

	return dirs && *dirs == '/' ? arena_strndup(arena, dirs, strcspn(dirs, ":")) : NULL;
}

/* A name in the folder of a path; NULL: that has none. */
static const char *beside(struct arena *arena, const char *path, const char *name)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? arena_printf(arena, "%.*s/%s", (int)(slash - path), path, name) : NULL;
}

void config_preset_paths(struct config *config)
{
	struct arena *arena = &config->arena;
	const char *state = systemd_dir(arena, "STATE_DIRECTORY");
	const char *runtime = systemd_dir(arena, "RUNTIME_DIRECTORY");
	const char *home = getenv("HOME"), *data = getenv("XDG_DATA_HOME"),
		   *user_run = getenv("XDG_RUNTIME_DIR");
	bool system = is_system(config->path) || !home;

	if (!state && system)
		state = LOCALSTATEDIR "/lib/diurna";
	else if (!state && data && *data == '/')
		state = arena_printf(arena, "%s/diurna", data);
	else if (!state)
		state = arena_printf(arena, "%s/.local/share/diurna", home);
	if (!runtime && system)
		runtime = "/run/diurna";
	else if (!runtime && user_run && *user_run == '/')
		runtime = arena_printf(arena, "%s/diurna", user_run);
	else if (!runtime)
		runtime = state;
	config->state_dir = arena_strdup(arena, state);
	config->is_own = !system;
	config->store_path = arena_printf(arena, "%s/diurna.db", state);
	config->digest_dir = arena_printf(arena, "%s/digests", state);
	config->control_path = arena_printf(arena, "%s/control", runtime);
	config->rules_dir = beside(arena, config->path, "rules.d");
}
