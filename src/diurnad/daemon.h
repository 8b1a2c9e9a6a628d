/*
 * What the parts of the daemon share. Everything here belongs to the loop thread.
 *
 * The way of an item, one file a stretch of it:
 *
 *     daemon.c    start, loop and end of all of it
 *     polls.c     due, fetch, parse, decide, record: a feed's poll
 *     pages.c     fetch, extract, record: the page behind an item
 *     images.c    the pictures of an article, where they are stored
 *     closing.c   editions: due, wait, close, publish
 *     mailing.c   mails that wait for a server
 *     self.c      this program again, for an edition or the mail
 *     control.c   the socket that `diurna` talks to
 */
#ifndef DIURNA_DIURNAD_DAEMON_H
#define DIURNA_DIURNAD_DAEMON_H

#include "core/config.h"
#include "diurnad/confine.h"
#include "diurnad/counters.h"
#include "diurnad/dispatch.h"
#include "diurnad/heap.h"
#include "diurnad/parsers.h"
#include "diurnad/ration.h"
#include "diurnad/readq.h"
#include "diurnad/storeq.h"
#include "store/items.h"

#include <ev.h>
#include <jansson.h>

/* A configuration and how many transfers still look into it. */
struct settings {
	struct config *config;
	struct siterules *rules;
	unsigned users;
};

/* What is kept in memory of a feed; the rest is read when its turn has come. */
struct feed {
	struct heap_node node; /* in daemon.feeds_due; first member */
	struct daemon *daemon;
	int64_t id;
	struct host *host;   /* of where it is polled; NULL: no URL of the web */
	uint64_t place;      /* keyed hash of where it is polled; 0: shared with nobody */
	struct feed *leader; /* polled in its stead: the same place; NULL: none */
	struct feed *twins;  /* those it is polled for, by next_twin */
	struct feed *next_twin;
	struct poll *poll; /* on its way; NULL: it waits for its host */
	struct walk *walk; /* through its older documents; NULL: none */
	struct ration ration;
	bool is_busy;   /* a poll waits or is on its way */
	bool is_forced; /* a person wants it now */
	bool is_wanted; /* still subscribed, while a new list is read */
};

/* What --once says on standard output, a line a feed. */
enum progress {
	PROGRESS_NONE,
	PROGRESS_TEXT,
	PROGRESS_JSON, /* as the control socket does; for the command */
};

/* What the command line asks for. */
struct options {
	const char *config_path; /* NULL: searched */
	bool is_once, is_forced, closes_edition;
	enum progress progress;
	const char *log_level; /* NULL: as configured */
	int64_t publish_id;    /* 0: not the publisher */
	bool is_mailer;
	const char *find_url; /* NULL: not asked for feeds behind an address */
	bool guesses;         /* --find: the common places too */
	char **feeds;         /* --once: only these */
	int feed_count;
};

struct change;
struct control;
struct list;
struct walk;
struct ask;
struct delivery;
struct web;

struct daemon {
	struct ev_loop *loop;
	const char *config_path;          /* as given; NULL: searched */
	struct settings *settings;        /* in force */
	struct settings *stored_settings; /* what the store thread works by, or will */
	struct fetcher *fetcher;
	struct dispatch *dispatch;
	struct parsers *parsers;
	struct storeq *storeq;
	struct store *reader;    /* the loop's own handle, for reading */
	struct readq *readq;     /* for what takes long; NULL: none, the loop reads */
	struct control *control; /* NULL: --once */
	struct web *web;         /* NULL: not listening */
	struct web *push_web;    /* for hubs alone; NULL: not listening */
	struct change *changes;  /* readers who wait while a feed is looked for */
	struct list *lists;      /* of subscriptions, on the network */
	size_t lists_busy;
	int64_t started_at;
	int64_t clock_start_s; /* the time when the monotonic clock was 0; 0: not known yet */
	struct confinement confinement;

	struct feed **feeds; /* sorted by id */
	size_t feed_count;
	struct heap feeds_due;
	size_t polls_busy;
	int64_t pair_at;       /* feeds have moved: to be paired anew then; 0: none has */
	bool is_reading;       /* the reader's view is held for a batch of polls */
	struct heap pages_due; /* pages that wait for their time */
	size_t pages_busy;
	struct walk *walks; /* feeds whose older documents are read */
	struct ask *asks;   /* requests to hubs, on their way */
	size_t asks_busy;
	struct delivery *deliveries; /* what hubs brought, on its way to the store */
	size_t deliveries_busy;
	int64_t push_due_at;   /* when the store has a hub to be asked; 0: look */
	bool hears_hubs;       /* there is a listener for them */
	struct heap walks_due; /* those of them that wait for their time */
	size_t walks_busy;
	struct image *images; /* on their way */
	size_t images_busy;
	int64_t images_hold_until; /* after the store refused; 0: go on */
	ev_timer tick;             /* looks at both heaps and the edition */

	int64_t edition_due;        /* INT64_MAX: never */
	int64_t edition_wait_since; /* 0: none is being closed */
	bool edition_asked;         /* by a person */
	bool edition_working;       /* in the store's queue */
	pid_t publisher;            /* 0: none runs */
	int64_t publishing;         /* edition that it writes */
	int64_t publish_again_at;   /* after a failure */
	int publish_failures;       /* in a row */
	char *closed_name;          /* of the edition closed last, until it is written; or NULL */
	int64_t closed_id;          /* its number */
	bool is_expiring;           /* old texts are being removed */
	ev_child publisher_watcher;
	ev_io publisher_io;        /* on its output, which tells how far it is */
	int publisher_fd;          /* -1: nobody wants to know */
	struct buf publisher_said; /* the beginning of a line */

	pid_t mailer;          /* 0: none runs */
	int64_t mail_again_at; /* after a failure; 0: nothing waits */
	struct spooled *mails; /* what the mailer found when it began */
	size_t mail_count;
	int mail_failures; /* in a row */
	ev_child mailer_watcher;

	bool is_once;          /* one round, then end */
	const char *log_level; /* of the command line; NULL: as configured */
	bool is_ready;         /* all is read: polls may start */
	bool is_stopping;
	enum progress progress;
	int exit_code;
	struct counters counters;
};

struct config *daemon_config(const struct daemon *daemon);
/*
 * The daemon, until it is stopped or its round is over: an exit code. Takes over config, and what
 * is in subs.
 */
int daemon_run(const struct options *options, struct config *config, struct subscriptions *subs);
/* 0 to 1. Chance that nobody has to be unable to guess. */
double daemon_random(void);
/* Look soon: something may be due. */
void daemon_wake(struct daemon *daemon);
/* Opens or closes the way for new transfers, by what waits behind them. */
void daemon_balance(struct daemon *daemon);
/* End the loop. */
void daemon_stop(struct daemon *daemon, int exit_code);

/* round.c */
/* Make due what --once was asked for. False: a feed is not known, which is said in the log. */
bool round_prepare(struct daemon *daemon, const struct options *options);
/* Nothing of it is left to do. */
bool round_is_over(struct daemon *daemon, int64_t now);

/* polls.c */
/* Make the feeds in memory those of the store. */
void polls_load(struct daemon *daemon);
/* Start what is due. */
void polls_start_due(struct daemon *daemon, int64_t now);
/* Make a feed due now. False: no such feed, or it is being polled. */
bool polls_force(struct daemon *daemon, int64_t feed_id);
/* Make a feed due at this time, unless it is due before. */
void polls_hasten(struct daemon *daemon, int64_t feed_id, int64_t at);
/* Hook of dispatch: polls are prepared from one view of the store. */
void polls_on_batch(void *context, bool begins);
void polls_free(struct daemon *daemon);

/* The feed of this number; NULL: none is polled. */
struct feed *polls_find(const struct daemon *daemon, int64_t feed_id);

/* So much of a feed was added to the store: it rests when that is too much in a day. */
void polls_count_bytes(struct daemon *daemon, int64_t feed_id, int64_t bytes);

/* pages.c */
void pages_load(struct daemon *daemon);
void pages_start_due(struct daemon *daemon, int64_t now);
/* A page to be read; task is emptied. */
void pages_add(struct daemon *daemon, struct page_task *task);
void pages_free(struct daemon *daemon);
/* Pages that could be read now. */
size_t pages_pressing(const struct daemon *daemon, int64_t now);

/* images.c */
void images_start_due(struct daemon *daemon, int64_t now);
/* Some are on their way or could be. */
bool images_pressing(const struct daemon *daemon, int64_t now);
void images_free(struct daemon *daemon);

/* walks.c */
/* Make the walks in memory those of the store. */
void walks_load(struct daemon *daemon);
/* The store knows where the walk of this feed begins. */
void walks_add(struct daemon *daemon, int64_t feed_id, int64_t due_at);
void walks_start_due(struct daemon *daemon, int64_t now);
/* Documents that are on their way, or could be. */
size_t walks_pressing(const struct daemon *daemon, int64_t now);
void walks_free(struct daemon *daemon);

/* lists.c */
/* The lists that the configuration names. */
void lists_configure(struct daemon *daemon);
void lists_start_due(struct daemon *daemon, int64_t now);
/* As closing_set_back. */
void lists_set_back(struct daemon *daemon, int64_t back_s);
void lists_free(struct daemon *daemon);

/* closing.c */
void closing_init(struct daemon *daemon);
void closing_tick(struct daemon *daemon, int64_t now);
/* Close an edition as soon as what is on its way has arrived. */
void closing_ask(struct daemon *daemon);
/* The clock was set back by so many seconds: what is due was reckoned by the time before. */
void closing_set_back(struct daemon *daemon, int64_t back_s);
bool closing_is_idle(const struct daemon *daemon);
/* When the next edition is due is a question of the configuration, which changed. */
void closing_configure(struct daemon *daemon);
void closing_free(struct daemon *daemon);

/* mailing.c */
/* Send what waits, if there is something and nobody is at it. */
void mailing_start(struct daemon *daemon);
void mailing_tick(struct daemon *daemon, int64_t now);
void mailing_free(struct daemon *daemon);
/* What waits, and since when, for diurna-json(5). NULL: nothing is mailed. */
json_t *mailing_json(const struct daemon *daemon);

/* self.c: this program again, as a process of its own for one work */
/* Start it with arguments (ends with NULL); out: its standard output, -1: ours. 0: errno. */
pid_t self_spawn(const struct daemon *daemon, const char *const *args, int out);
/* The same, and on_end is called when it has ended. 0: errno says why not. */
pid_t self_start(struct daemon *daemon, ev_child *watcher, const char *const *args, int out,
	void (*on_end)(struct ev_loop *loop, ev_child *watcher, int events));
/* Seconds until a work that failed again is tried: a minute, doubled each time, an hour at most. */
int64_t self_wait_s(int *failures);
/* Say so where a folder (NULL: none) was made anew, which the walls do not let us write in. */
void self_say_walls(const struct daemon *daemon, const char *folder);

/* control.c */
/* The folder for a socket at path, where its own folder is there. */
void control_make_folder(const char *path);
/* The socket at path, for this user and group. NULL: said in the log. */
struct control *control_new(struct daemon *daemon, const char *path);
void control_free(struct control *control);
/* A poll has ended: told to those who asked for it. */
void control_polled(struct daemon *daemon, int64_t feed_id, const char *url,
	const struct poll_result *result, int32_t new_items);
/* What is told of a poll. */
json_t *control_poll_json(const char *url, const struct poll_result *result, int32_t new_items);
/* Somebody waits for an edition, here or by the socket. */
bool control_is_followed(const struct daemon *daemon);
/* Told to those; frees object. */
void control_progress(struct daemon *daemon, json_t *object);
/* What an edition that somebody waits for has come to: "closing", then "writing" so many items. */
void control_stage(struct daemon *daemon, const char *stage, int64_t items);
/* An edition was closed (name) or not (why). */
void control_edition(struct daemon *daemon, const char *name, const char *why);

/* settings.c */
/* Takes over config. Released by as many settings_release as it was made and used. */
struct settings *settings_new(struct config *config);
struct settings *settings_use(struct settings *settings);
void settings_release(struct settings *settings);
/* All mistakes, a line of the log each. */
void settings_log_errors(const struct config_errors *errors);
/* Make the settings in force the store thread's too, with these feeds; subs is emptied. */
void settings_store(struct daemon *daemon, struct subscriptions *subs);
/* Read the configuration again; one with mistakes changes nothing. */
void daemon_reload(struct daemon *daemon);

/* upkeep.c: what is remembered of hosts, and what is forgotten */
/* Hooks of dispatch, with the daemon as their context. */
void upkeep_on_host(void *context, const struct host_row *row);
void upkeep_on_robots(
	void *context, const char *authority, int http_status, const char *body, int64_t at);
bool upkeep_recall_robots(
	void *context, const char *authority, int *http_status, char **body, int64_t *fetched_at);
/* A pause from before the start; context is the daemon. */
void upkeep_restore_host(void *context, const struct host_row *row);
/* Have the store remove what it need not keep, in portions. */
void upkeep_expire(struct daemon *daemon);

/* descriptors.c */
/* Take as many descriptors as we may have; connections for which there are too few are cut. */
void descriptors_fit(struct config *config);

/* notify.c: sd_notify(3); nothing where systemd is not there. */
void notify_state(const char *state);
/* As Type=notify-reload wants to hear it. READY=1 ends it. */
void notify_reloading(void);
/* Microseconds between two signs of life; 0: none wanted. */
uint64_t notify_watchdog_us(void);

#endif
