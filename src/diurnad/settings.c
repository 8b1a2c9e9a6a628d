#include "config.h"

#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/push.h"
#include "diurnad/siterules.h"
#include "store/match.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	if (!settings || --settings->users > 0)
		return;
	siterules_free(settings->rules);
	config_free(settings->config);
	free(settings);
}

/* The configuration is good but for this: core knows nothing of FTS5. */
static void on_wrong_match(
	void *context, int line, const char *what, const char *match, const char *sentence)
{
	const struct config *config = context;

	log_warning("%s:%d: %s \"%s\" is no full-text query: %s; no item meets it", config->path,
		line, what, log_visible(match), sentence);
}

struct settings *settings_new(struct config *config)
{
	struct settings *settings = xcalloc(1, sizeof(*settings));

	match_check(config, on_wrong_match, config);
	settings->config = config;
	settings->rules = siterules_load(config->rules_dir);
	settings->users = 1;
	return settings;
}

void settings_log_errors(const struct config_errors *errors)
{
	size_t i;

	for (i = 0; i < errors->count; i++)
		log_err("%s", errors->lines[i]);
}

/* A new configuration for the store thread, with the feeds that it names. */
struct sync {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	struct settings *settings; /* new; for the store thread */
	struct settings *before;   /* what the store thread used until now */
	struct subscriptions subs;
	int64_t now;
	bool is_reload;
};

static enum status work_sync(struct storeq_context *context, struct storeq_msg *msg)
{
	struct sync *sync = (struct sync *)msg;
	char *first = NULL, text[32];
	enum status status;

	/* Also where the feeds cannot be stored: the one before is freed. */
	context->config = sync->settings->config;
	status = feeds_sync(context->store, sync->settings->config, &sync->subs, sync->now);
	if (status != STATUS_OK)
		return status;
	status = store_setting_get(context->store, "first-start", &first);
	if (!first) {
		snprintf(text, sizeof(text), "%lld", (long long)sync->now);
		status = store_setting_set(context->store, "first-start", text);
	}
	free(first);
	return status;
}

static void on_synced(struct storeq_msg *msg)
{
	struct sync *sync = (struct sync *)msg;
	struct daemon *daemon = sync->daemon;

	if (msg->status != STATUS_OK)
		log_err("store: the subscriptions are not stored: %s; those before stay in force until the next reload",
			status_text(msg->status));
	polls_load(daemon);
	walks_load(daemon);
	push_configure(daemon);
	if (sync->is_reload) {
		closing_configure(daemon);
		mailing_start(daemon); /* what it lacked may be there now */
		log_notice("reloaded: %zu feed%s", daemon->feed_count,
			daemon->feed_count == 1 ? "" : "s");
	}
	settings_release(sync->before);
	subscriptions_finish(&sync->subs);
	free(sync);
#ifdef HAVE_MALLOC_TRIM
	/* The list of a hundred thousand feeds was several times what is kept of them. */
	malloc_trim(0);
#endif
	daemon_wake(daemon);
}

void settings_store(struct daemon *daemon, struct subscriptions *subs)
{
	struct sync *sync = xcalloc(1, sizeof(*sync));

	sync->daemon = daemon;
	sync->settings = settings_use(daemon->settings);
	sync->before = daemon->stored_settings;
	daemon->stored_settings = sync->settings;
	sync->subs = *subs;
	sync->now = clock_now();
	sync->is_reload = sync->before != NULL;
	sync->msg.bytes = sizeof(*sync) + subs->arena.total;
	sync->msg.work = work_sync;
	sync->msg.done = on_synced;
	memset(subs, 0, sizeof(*subs));
	storeq_put(daemon->storeq, &sync->msg);
}

static void on_missing(void *context, const char *path)
{
	(void)context;
	log_warning(
		"reload: %s is outside of what the daemon has left itself; open after a restart",
		log_visible(path));
}

/* Walls stay where they were built. */
static void warn_of_walls(const struct daemon *daemon, const struct config *config)
{
	confine_missing(&daemon->confinement, config, on_missing, NULL);
	if (daemon->confinement.landlock && config->mail.sendmail)
		log_warning("reload: mail.sendmail can be started after a restart");
}

void daemon_reload(struct daemon *daemon)
{
	struct config_errors errors = {0};
	struct subscriptions subs = {0};
	struct config *config = NULL;
	struct settings *before;

	notify_reloading();
	if (config_load(daemon->config_path, &config, &errors) != STATUS_OK) {
		settings_log_errors(&errors);
		log_err("reload: the configuration has mistakes; the old one stays in force");
		goto out;
	}
	warn_of_walls(daemon, config); /* a list may be behind them */
	if (subscriptions_load(config, &subs, &errors) != STATUS_OK) {
		settings_log_errors(&errors);
		log_err("reload: a subscription list has mistakes; the old ones stay in force");
		subscriptions_finish(&subs);
		config_free(config);
		goto out;
	}
	if (!str_eq(config->store_path, daemon_config(daemon)->store_path))
		log_warning("reload: another store needs a restart; %s stays",
			daemon_config(daemon)->store_path);
	if (config->websub.callback && !daemon->hears_hubs)
		log_warning("reload: hubs are asked and heard after a restart");
	descriptors_fit(config);
	before = daemon->settings;
	daemon->settings = settings_new(config);
	if (!daemon->log_level)
		log_set_level(config->log_level);
	fetcher_configure(daemon->fetcher, config);
	dispatch_configure(daemon->dispatch, config);
	settings_store(daemon, &subs);
	lists_configure(daemon);
	settings_release(before);
out:
	config_errors_finish(&errors);
	notify_state("READY=1");
}
