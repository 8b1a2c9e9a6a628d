#include "config.h"

#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/log.h"
#include "diurnad/greader_edit.h"
#include "diurnad/oom.h"
#include "diurnad/push.h"
#include "diurnad/site.h"
#include "edition/file.h"

#include <curl/curl.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sysexits.h>

/* Heaps are looked at when something is due, at least so often (clocks jump), in seconds. */
#define TICK_S           30.0
#define TICK_SIMULATED_S 0.02

enum { EXPIRE_EVERY_S = 6 * 3600, CLOCK_STEP_S = 60 };

/* Of the memory that malloc has: what it keeps for later, and what it asks for at a time. */
enum { KEPT_BYTES = 8 * 1024 * 1024, PAD_BYTES = 512 * 1024 };

void daemon_stop(struct daemon *daemon, int exit_code)
{
	daemon->is_stopping = true;
	daemon->exit_code = exit_code;
	ev_break(daemon->loop, EVBREAK_ALL);
}

void daemon_balance(struct daemon *daemon)
{
	size_t bytes;

	if (daemon->is_stopping)
		return;
	if (storeq_is_damaged(daemon->storeq)) {
		daemon_stop(daemon, EX_DATAERR);
		return;
	}
	bytes = storeq_bytes(daemon->storeq) + parsers_bytes(daemon->parsers);
	if (bytes > LIMIT_QUEUE_BYTES)
		dispatch_set_open(daemon->dispatch, false);
	else if (bytes < LIMIT_QUEUE_BYTES / 2)
		dispatch_set_open(daemon->dispatch, true);
}

void daemon_wake(struct daemon *daemon)
{
	ev_feed_event(daemon->loop, &daemon->tick, EV_TIMER);
}

/*
 * A clock that is set back (a day, by hand or by a battery) would leave everything waiting until it
 * has come to the same time again. One that is set forward makes things due, which is right.
 */
static void mind_the_clock(struct daemon *daemon, int64_t now)
{
	int64_t start_s = now - clock_monotonic_ms() / 1000,
		back_s = daemon->clock_start_s - start_s;
	char span[DATE_TEXT_BYTES];

	if (daemon->clock_start_s && back_s > CLOCK_STEP_S) {
		log_warning("clock: set back by %s; what was due in a while still is",
			date_span(back_s, span));
		heap_shift(&daemon->feeds_due, -back_s);
		heap_shift(&daemon->pages_due, -back_s);
		heap_shift(&daemon->walks_due, -back_s);
		closing_set_back(daemon, back_s);
		lists_set_back(daemon, back_s);
		push_set_clock_back(daemon, back_s);
		dispatch_set_back(daemon->dispatch, back_s);
		daemon->images_hold_until -= back_s;
		if (daemon->mail_again_at)
			daemon->mail_again_at -= back_s;
	}
	daemon->clock_start_s = start_s;
}

static void on_tick(struct ev_loop *loop, ev_timer *watcher, int events)
{
	struct daemon *daemon = watcher->data;
	const struct heap_node *feed, *page;
	int64_t now = clock_now(), due = INT64_MAX;
	double wait_s;

	(void)events;
	if (daemon->is_stopping || !daemon->is_ready)
		return;
	mind_the_clock(daemon, now);
	polls_start_due(daemon, now);
	pages_start_due(daemon, now);
	walks_start_due(daemon, now);
	push_start_due(daemon, now);
	lists_start_due(daemon, now);
	images_start_due(daemon, now);
	closing_tick(daemon, now);
	mailing_tick(daemon, now);
	daemon_balance(daemon); /* a store that is damaged ends it, whoever met it */
	if (daemon->is_stopping)
		return;
	if (daemon->is_once && round_is_over(daemon, now)) {
		daemon_stop(daemon, EX_OK);
		return;
	}
	feed = heap_first(&daemon->feeds_due);
	page = heap_first(&daemon->pages_due);
	if (feed)
		due = feed->due_at;
	if (page && page->due_at < due)
		due = page->due_at;
	if (daemon->edition_due < due)
		due = daemon->edition_due;
	wait_s = due - now > TICK_S ? TICK_S : due > now ? (double)(due - now) : 1.0;
	if (clock_is_simulated())
		wait_s = TICK_SIMULATED_S;
	ev_timer_stop(loop, watcher);
	ev_timer_set(watcher, wait_s, 0);
	ev_timer_start(loop, watcher);
}

static void on_sighup(struct ev_loop *loop, ev_signal *watcher, int events)
{
	(void)loop, (void)events;
	log_notice("reload asked for");
	daemon_reload(watcher->data);
}

static void on_sigterm(struct ev_loop *loop, ev_signal *watcher, int events)
{
	(void)loop, (void)events;
	log_notice("stop asked for");
	daemon_stop(watcher->data, EX_OK);
}

static void on_watchdog(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop, (void)watcher, (void)events;
	notify_state("WATCHDOG=1");
}

/* Wait until all that was put into the store's queue is there. */
static void run_until_stored(struct daemon *daemon)
{
	while (storeq_waiting(daemon->storeq) > 0 && !daemon->is_stopping)
		ev_run(daemon->loop, EVRUN_ONCE);
}

static int exit_code_of(enum status status)
{
	switch (status) {
	case STATUS_OK: return EX_OK;
	case STATUS_BUSY: return EX_UNAVAILABLE;
	case STATUS_CORRUPT: return EX_DATAERR;
	default: return EX_CANTCREAT;
	}
}

/* An exit code. */
static int open_stores(struct daemon *daemon, const char *path)
{
	struct store *writer = NULL;
	char *why = NULL;
	enum status status;

	/* a large store of an older version takes minutes to be brought forward, once */
	notify_state("EXTEND_TIMEOUT_USEC=7200000000");
	status = store_open(path, STORE_WRITE, &writer, &why);
	if (status == STATUS_OK)
		status = store_open(path, STORE_READ, &daemon->reader, &why);
	if (status != STATUS_OK) {
		/* the command waits for it, and says so */
		if (status != STATUS_BUSY || daemon->progress != PROGRESS_JSON)
			log_err("%s%s", why ? why : path,
				status == STATUS_CORRUPT
					? "; if it was a store, `diurna recover` gets out what can be had"
				: status == STATUS_BUSY && daemon->is_once
					? "; `diurna poll` asks the daemon that has it"
					: "");
		free(why);
		store_close(writer);
		return exit_code_of(status);
	}
	if (storeq_new(daemon->loop, writer, daemon_config(daemon), &daemon->storeq) != STATUS_OK) {
		log_err("store: its thread cannot be started: %s; is a limit on tasks reached (TasksMax=)?",
			strerror(errno));
		store_close(writer);
		return EX_OSERR;
	}
	return EX_OK;
}

static void on_expire(struct ev_loop *loop, ev_timer *watcher, int events)
{
	(void)loop, (void)events;
	upkeep_expire(watcher->data);
}

static void start_watchers(struct daemon *daemon)
{
	static ev_signal hup, term, interrupt;
	static ev_timer watchdog, expire;
	double watchdog_s = (double)notify_watchdog_us() / 1e6;

	ev_signal_init(&hup, on_sighup, SIGHUP);
	ev_signal_init(&term, on_sigterm, SIGTERM);
	ev_signal_init(&interrupt, on_sigterm, SIGINT);
	hup.data = term.data = interrupt.data = daemon;
	ev_signal_start(daemon->loop, &hup);
	ev_signal_start(daemon->loop, &term);
	ev_signal_start(daemon->loop, &interrupt);
	if (watchdog_s > 0) {
		ev_timer_init(&watchdog, on_watchdog, 0, watchdog_s / 2);
		ev_timer_start(daemon->loop, &watchdog);
	}
	if (!daemon->is_once) {
		ev_timer_init(&expire, on_expire, 60, EXPIRE_EVERY_S);
		expire.data = daemon;
		ev_timer_start(daemon->loop, &expire);
	}
	ev_timer_init(&daemon->tick, on_tick, 0, 0);
	daemon->tick.data = daemon;
}

static void listen_for_web(struct daemon *daemon)
{
	const struct config *config = daemon_config(daemon);
	const struct web_setup site = {"web", config->web.listen, site_admit, site_answer, daemon},
			       hubs = {"websub", config->websub.listen, push_admit, push_answer,
				       daemon};

	daemon->web = web_new(daemon->loop, &site);
	if (daemon->web)
		daemon->readq = readq_new(daemon->loop, config->store_path);
	if (daemon->web && !config->web.password_file && !web_is_by_path(daemon->web))
		log_warning("web: a port without a password-file; nobody is let in");
	if (!config->websub.callback)
		return;
	daemon->push_web = web_new(daemon->loop, &hubs);
	daemon->hears_hubs = daemon->push_web || daemon->web;
	if (!daemon->hears_hubs)
		log_warning("websub: nothing listens for hubs; set websub.listen or web.listen");
}

static int run(struct daemon *daemon, const struct options *options, struct subscriptions *subs)
{
	const struct dispatch_hooks hooks = {
		upkeep_on_host, upkeep_on_robots, upkeep_recall_robots, polls_on_batch, daemon};
	struct config *config = daemon_config(daemon);
	char walls[100];
	int code;

	code = open_stores(daemon, config->store_path);
	if (code != EX_OK)
		return code;
	daemon->parsers = parsers_new(daemon->loop, config->parser_count);
	daemon->fetcher = fetcher_new(daemon->loop, config);
	daemon->dispatch = dispatch_new(daemon->loop, daemon->fetcher, config, &hooks);
	hosts_load(daemon->reader, daemon->started_at, upkeep_restore_host, daemon);
	start_watchers(daemon);
	settings_store(daemon, subs);
	lists_configure(daemon);
	run_until_stored(daemon);
	daemon_balance(daemon); /* the store may be damaged */
	pages_load(daemon);
	closing_init(daemon);
	if (daemon->is_once && !round_prepare(daemon, options))
		return EX_USAGE;
	if (!daemon->is_once)
		daemon->control = control_new(daemon, config->control_path);
	if (!daemon->is_once)
		listen_for_web(daemon);
	log_notice("diurnad %s: %zu feed%s, store %s, digests %s", PACKAGE_VERSION,
		daemon->feed_count, daemon->feed_count == 1 ? "" : "s", config->store_path,
		config->digest_dir);
	confine_text(&daemon->confinement, walls);
	log_info("confined: %s", walls);
	if (daemon->feed_count == 0)
		log_warning(
			"no feeds: name some in %s, or `diurna subscribe` to them", config->path);
	notify_state("READY=1");
	daemon->is_ready = true;
	daemon_wake(daemon);
	if (!daemon->is_stopping)
		ev_run(daemon->loop, 0);
	notify_state("STOPPING=1");
	return daemon->exit_code;
}

static void clean_up(struct daemon *daemon)
{
	daemon->is_stopping = true;
	control_free(daemon->control);
	daemon->control = NULL;
	greader_edit_stop(daemon);
	closing_free(daemon);
	mailing_free(daemon);
	/* What is on its way is dropped: nothing of it is recorded, so it comes again. */
	dispatch_free(daemon->dispatch);
	fetcher_free(daemon->fetcher);
	parsers_free(daemon->parsers);
	daemon->dispatch = NULL;
}

int daemon_run(const struct options *options, struct config *config, struct subscriptions *subs)
{
	struct daemon daemon = {
		.loop = ev_default_loop(EVFLAG_AUTO),
		.config_path = options->config_path,
		.settings = settings_new(config),
		.is_once = options->is_once,
		.log_level = options->log_level,
		.progress = options->progress,
		.publisher_fd = -1,
		.started_at = clock_now(),
	};
	int code;

	signal(SIGPIPE, SIG_IGN);
	descriptors_fit(config);
	/* Only this one: a configured folder that is not there may be a disk that is not mounted.
	 */
	if (config->is_own && folder_make(config->state_dir) != STATUS_OK)
		log_warning("%s: %s", log_visible(config->state_dir), strerror(errno));
	if (!options->is_once)
		control_make_folder(config->control_path);
	oom_prepare();
	confine(config, &daemon.confinement);
	/* A poll takes and gives back the same memory all the time: the system is not asked again.
	 */
#if defined(M_TRIM_THRESHOLD) && defined(M_TOP_PAD)
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	mallopt(M_TOP_PAD, PAD_BYTES);
#endif
	curl_global_init(CURL_GLOBAL_DEFAULT);
	code = run(&daemon, options, subs);
	clean_up(&daemon);
	storeq_stop(daemon.storeq);
	readq_free(daemon.readq);
	web_free(daemon.push_web);
	web_free(daemon.web); /* those that waited for the store have their answers now */
	store_close(daemon.reader);
	storeq_free(daemon.storeq);
	images_free(&daemon);
	pages_free(&daemon);
	walks_free(&daemon);
	push_free(&daemon);
	lists_free(&daemon);
	polls_free(&daemon);
	settings_release(daemon.stored_settings);
	settings_release(daemon.settings);
	confinement_finish(&daemon.confinement);
	curl_global_cleanup();
	log_notice("stopped");
	return code;
}
