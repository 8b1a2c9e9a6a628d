/*
 * The configuration, as diurna.conf(5) describes it: read whole, checked whole, never changed
 * afterwards. A reload makes a new one.
 */
#ifndef DIURNA_CORE_CONFIG_H
#define DIURNA_CORE_CONFIG_H

#include "core/arena.h"
#include "core/log.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How much of an article a digest prints. */
enum print_mode { PRINT_FULL, PRINT_EXCERPT, PRINT_TITLE };

/* How long the texts of items are kept. What identifies an item is kept for ever. */
struct keep {
	int64_t age_s; /* 0: for ever, or as what is around it says */
	int items;     /* texts of so many items, the latest; 0: of all */
	int64_t bytes; /* texts that take so much, the latest; 0: all */
};

/* When editions close. */
struct schedule {
	const int *at_min; /* minutes after local midnight, ascending */
	size_t at_count;   /* 0: not said here */
	uint8_t on_days;   /* bit 0: Sunday, as tm_wday; 0x7F: daily */
};

struct config_section {
	const char *title;        /* as written: "Asia-Pacific" */
	const char *slug;         /* file name: "asia-pacific"; unique */
	const char *const *feeds; /* URLs whose items belong here */
	size_t feed_count;
	const char *const *categories; /* an item with one of these belongs here */
	size_t category_count;
	const char *match;    /* full-text rule, FTS5 syntax; NULL: none */
	const char *language; /* of dates and fixed words; NULL: as the digest's */
	double weight;        /* of its items in the order of an edition; 1 */
	enum print_mode print;
	bool sees_also;           /* names what another section has of its feeds */
	struct schedule schedule; /* at_count 0: the digest's */
	struct keep keep;
	int line; /* of the file, for messages */
};

/* Only feeds that want something special have one. */
struct config_feed {
	const char *url;            /* as written */
	const char *title;          /* NULL: the feed's own */
	int64_t interval_s;         /* 0: learned */
	bool fulltext;              /* fetch the pages; default: the configuration's */
	int history;                /* default: the configuration's */
	bool ignores_robots;        /* a person's consent to read pages that robots.txt closes */
	double weight;              /* 1 */
	const char *user;           /* basic authentication; NULL: none */
	const char *password_file;  /* its first line is the password, or the token when no user */
	const char *const *headers; /* "Name: value" */
	size_t header_count;
	const char *cookie_file; /* its first line is the Cookie header */
	const char *proxy;       /* NULL: network.proxy */
	const char *user_agent;  /* NULL: ours */
	struct keep keep;
	int line;
};

/* Pictures of articles: at their sites, or fetched and kept beside the digests. */
enum image_mode { IMAGES_LINKED, IMAGES_STORED };

/* Encryption of the way to the mail server, where its URL is not smtps already. */
enum mail_tls { MAIL_TLS_REQUIRED, MAIL_TLS_TRIED, MAIL_TLS_OFF };

/* mail { }: editions by mail, handed over in one of three ways. */
struct config_mail {
	const char *const *to; /* recipients, each gets a mail of its own */
	size_t to_count;       /* 0: no mail */
	const char *from;      /* NULL: diurna at this host */
	const char *server;    /* "smtps://mail.example.org"; NULL: another way */
	enum mail_tls tls;
	const char *ca_file;       /* NULL: the system's */
	const char *user;          /* NULL: no login */
	const char *password_file; /* its first line */
	const char *sendmail;      /* program that takes a mail on its standard input */
	const char *maildir;       /* folder with cur, new and tmp */
	enum print_mode print;     /* at most this much of an article */
};

enum rule_action { RULE_KEEP, RULE_DROP, RULE_STAR, RULE_SECTION };

/* rule "name" { action = drop, title = "sponsored" ... }: every condition given must hold. */
struct config_rule {
	const char *name;
	enum rule_action action;
	const char *section;    /* RULE_SECTION: its title */
	const char *in_section; /* conditions; NULL: not asked */
	const char *feed;       /* whole URL, or a part of its title or URL */
	const char *category;
	const char *author;
	const char *title;
	const char *text; /* full-text rule, FTS5 syntax */
	const char *language;
	int line;
};

/* web { }: reading in a browser and by other programs */
struct config_web {
	const char *listen;        /* path of a socket, or "127.0.0.1:8085"; NULL: off */
	const char *user;          /* NULL: any name */
	const char *password_file; /* NULL: none is asked */
	bool may_subscribe;        /* readers may change the list of subscriptions */
};

/* websub { }: hubs that tell of news */
struct config_websub {
	const char *callback; /* where hubs reach us, https; NULL: off */
	const char *listen;   /* path of a socket, or a port of loopback; NULL: web's */
	int64_t interval_s;   /* between polls of a feed whose hub tells */
	int64_t lease_s;      /* for how long a hub is asked to tell */
};

struct config {
	struct arena arena;
	const char *path; /* of the file read */
	enum log_level log_level;
	const char *state_dir;    /* where store and digests are, unless they are configured */
	bool is_own;              /* a person's, not the system's: the daemon makes state_dir */
	const char *store_path;   /* the SQLite file */
	const char *control_path; /* the daemon's socket */
	bool confines;            /* the daemon gives up what it does not need */
	const char *rules_dir;    /* rules of single sites; beside the configuration */
	bool fulltext;            /* fetch the pages behind entries, unless a feed says otherwise */

	/* digest { } */
	const char *digest_dir;
	struct schedule schedule;
	const char *timezone;       /* IANA name; NULL: the system's */
	const char *language;       /* "en" */
	const char *name;           /* of the newspaper: "diurna" */
	const char *style;          /* a user's CSS file; NULL: none */
	const char *const *formats; /* "html", "markdown", ... */
	size_t format_count;
	int64_t grace_s;   /* how long an edition waits for polls due */
	int64_t max_age_s; /* older entries are stored, not printed, on first sight of a feed; 0:
			      all are */
	int max_first;     /* entries printed of a new feed */
	bool prints_empty; /* an empty section makes a short page */
	bool prints_week;  /* a page of each week's most important stories */
	int64_t keep_editions_s; /* digests, their pictures and texts; 0: for ever */
	enum image_mode images;
	int64_t max_image_bytes; /* larger ones stay at their sites */

	/* network { } */
	const char *const *allow; /* networks that may be reached though private: "127.0.0.0/8" */
	size_t allow_count;
	const char *proxy;       /* NULL: none (the environment is not asked) */
	const char *contact;     /* URL in User-Agent */
	const char *ca_file;     /* NULL: the system's */
	int max_connections;     /* in all */
	int host_connections;    /* at one host */
	int address_connections; /* at one address, whatever its names; 0: no bound */
	int64_t address_gap_ms;  /* between two requests that begin at one address */
	int64_t feed_gap_ms;     /* between two requests at one host */
	int64_t page_gap_ms;
	int64_t connect_timeout_s;
	int64_t transfer_timeout_s; /* a whole transfer */
	bool honours_robots;

	/* poll { } */
	int64_t min_interval_s;
	int64_t max_interval_s;
	int64_t default_interval_s; /* until a rhythm is known */
	int64_t blind_interval_s;   /* floor for a feed without validators */
	bool jitters;               /* false for benchmarks */
	int history;                /* older documents of a feed that are read; 0: none */
	int history_entries;        /* no further document once they had so many */

	/* store { } */
	struct keep keep;
	int64_t max_store_bytes; /* the file may grow to; 0: without end */
	int parser_count;        /* parser processes; 0: one a core, four at most */

	struct config_mail mail;
	struct config_web web;
	struct config_websub websub;

	const struct config_section *sections; /* in file order */
	size_t section_count;
	const struct config_feed *feeds; /* by URL */
	size_t feed_count;
	const struct config_rule *rules;
	size_t rule_count;
	const char *const *subscriptions; /* OPML files, and addresses of such */
	size_t subscription_count;
};

/* What is wrong: whole lines "file:12: what is wrong; what was meant", for people. */
struct config_errors {
	struct arena arena;
	const char **lines;
	size_t count, space;
};

/* Where systemd puts the credentials of the service, as far as we can know from outside of it. */
#define CONFIG_CREDENTIALS "/run/credentials/diurnad.service"

void config_errors_add(struct config_errors *errors, const char *path, int line, const char *format,
	...) __attribute__((format(printf, 4, 5)));
/* Those behind the first `from`, all of one file, by their lines; each is said once. */
void config_errors_sort(struct config_errors *errors, size_t from, const char *path);
void config_errors_finish(struct config_errors *errors);

/*
 * Read a configuration file. All mistakes are collected, not only the first. STATUS_CONFIG: errors
 * has lines and *config is NULL. STATUS_NOT_FOUND, STATUS_IO: the file cannot be read; errors has
 * one line. path NULL: $DIURNA_CONFIG, else ~/.config/diurna/diurna.conf where it exists (not
 * for root), else SYSCONFDIR/diurna/diurna.conf.
 */
enum status config_load(const char *path, struct config **config, struct config_errors *errors);
/* The same, but with STATUS_CONFIG *config is what could be read of it: to find a daemon by. */
enum status config_load_any(const char *path, struct config **config, struct config_errors *errors);
void config_free(struct config *config);
/* The file that config_load(NULL) would read; in memory of its own, to be freed. */
char *config_find(void);

/* The settings of a feed, by its URL as written; NULL: nothing special. */
const struct config_feed *config_feed(const struct config *config, const char *url);

/* Entries of a feed seen first at that time are printed that are not older than this. */
int64_t config_oldest(const struct config *config, int64_t seen_at);

/* The section of the file that lists the feed itself, not by OPML; NULL: none does. */
const struct config_section *config_section_of(const struct config *config, const char *url);

/* One feed to be polled. */
struct subscription {
	const char *url;     /* as written */
	const char *title;   /* NULL: the feed's own */
	const char *section; /* title of its section; NULL: "Other" */
};

struct subscriptions {
	struct arena arena;
	struct subscription
		*list; /* each URL once; a section of the configuration wins over OPML */
	size_t count, space;
};

/*
 * All feeds of the configuration and its OPML files (read by a parser process); of a list on the
 * network the copy, where there is one. A file that cannot
 * be read or is no OPML becomes a line of errors and STATUS_CONFIG; the rest is there all the same.
 */
enum status subscriptions_load(
	const struct config *config, struct subscriptions *subs, struct config_errors *errors);
void subscriptions_finish(struct subscriptions *subs);
/* The list that our programs write: the first that is a file. NULL: none. */
const char *subscriptions_own(const struct config *config);
/* Title of the section for a folder of OPML ("News/Europe"); NULL: "Other". */
const char *subscriptions_section(const struct config *config, const char *folder);
/* Path of the copy of a list on the network, beside the store; to be freed. The daemon writes it.
 */
char *subscriptions_copy(const struct config *config, const char *url);

/* A title as a file name: lower case, words joined by '-', ASCII where possible, never empty. */
char *config_slug(const char *title, struct arena *arena);

#endif
