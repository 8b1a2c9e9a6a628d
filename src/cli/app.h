/* What commands share: the configuration, the store, the daemon. */
#ifndef DIURNA_CLI_APP_H
#define DIURNA_CLI_APP_H

#include "core/config.h"
#include "core/status.h"

#include <jansson.h>

struct store;

/* All zeros is closed. */
struct app {
	struct config *config;
	struct subscriptions subs;
	struct store *store;
};

/* Each returns EX_OK, or says on stderr why not and returns what to exit with. */
int app_open_config(struct app *app);
/* With mistakes EX_CONFIG, and config is what could be read of it: to find a daemon by. */
int app_open_any_config(struct app *app);
/* The store too, for reading. */
int app_open_store(struct app *app);
/* That it cannot be read; what to exit with. */
int app_store_error(struct store *store, enum status status);
/*
 * The store, for one change beside the daemon, in a transaction: all of it or nothing. What change
 * returns but STATUS_OK and STATUS_BUSY is said as a file that cannot be written.
 */
int app_change_store(
	struct app *app, enum status (*change)(struct store *store, void *context), void *context);
/*
 * Who may read a file that this user may not, as what to do ("; ..."); "" where that is not what is
 * wrong. Allocated.
 */
char *app_access_advice(const char *path);
/* What to do where there is no configuration. */
#define APP_CONFIG_WANTED "'diurna init' writes one, --config FILE says where it is"
/* What to do about a damaged store. */
#define APP_RECOVER "'diurna recover' makes a new one of what can be had, while no daemon runs"
/* What to do where nothing is subscribed. */
#define APP_FEEDS_WANTED "'diurna subscribe ADDRESS' or 'diurna import FILE' adds some"
/* Some feed is subscribed. For where nothing else has asked for the lists. */
bool app_has_feeds(struct app *app);
/* Lists that cannot be read are said, and cost their feeds only. */
void app_load_subscriptions(struct app *app);
void app_close(struct app *app);

/* What --config said; NULL: nothing. */
extern const char *app_config_path;

/*
 * Ask the daemon; on_answer gets every object of the answer but keeps none. EX_UNAVAILABLE without
 * a word: there is no daemon. Otherwise what failed, or the daemon's own error, is on stderr.
 * request: the reference is taken.
 */
int app_ask_daemon(struct app *app, json_t *request, int quiet_ms,
	void (*on_answer)(void *context, const json_t *answer), void *context);

/* Whether systemd runs here, for the system or for this user's own services. */
bool app_has_systemd(bool is_system);
/* What to do where no daemon runs, by where the configuration stands; allocated. */
char *app_daemon_advice(const struct app *app);

/*
 * Ask diurnad which feeds are behind an address; on_object gets each object of its answer, see
 * diurna-json(5), FIND. An exit code; what failed is on stderr.
 */
int app_find(struct app *app, const char *url, bool guesses,
	void (*on_object)(void *context, const json_t *line), void *context);

/*
 * Run diurnad with these arguments (ends with NULL; --config is added) and wait for it: its exit
 * code. It is the one beside this program, else the installed one. Each line of its output that is
 * an object goes to on_object.
 */
int app_read_daemon(struct app *app, const char *const *args,
	void (*on_object)(void *context, const json_t *line), void *context);

#endif
