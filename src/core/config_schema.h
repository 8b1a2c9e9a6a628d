/* What can be written into diurna.conf: one row an option. */
#ifndef DIURNA_CORE_CONFIG_SCHEMA_H
#define DIURNA_CORE_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_group {
	GROUP_TOP, /* outside of all braces */
	GROUP_DIGEST,
	GROUP_NETWORK,
	GROUP_POLL,
	GROUP_STORE,
	GROUP_MAIL,
	GROUP_WEB,
	GROUP_WEBSUB,
	GROUP_SECTION,
	GROUP_FEED,
	GROUP_RULE,
	GROUP_COUNT
};

struct config_group_row {
	const char *name; /* "digest"; of GROUP_TOP "" */
	bool has_title;   /* section "Europe" { }: any number of them */
	const char *hint; /* how it is written */
};

extern const struct config_group_row config_groups[GROUP_COUNT];

/* What a value has to be, and what it becomes. */
enum config_type {
	TYPE_BOOL,     /* bool */
	TYPE_COUNT,    /* int */
	TYPE_NUMBER,   /* double */
	TYPE_SECONDS,  /* int64_t, from "30m" */
	TYPE_MILLIS,   /* int64_t, from "500ms" */
	TYPE_BYTES,    /* int64_t, from "500k", "2M" */
	TYPE_CHOICE,   /* int: the place in words */
	TYPE_AT,       /* struct schedule, at_min */
	TYPE_ON,       /* struct schedule, on_days */
	TYPE_TEXT,     /* const char *, as are all below; one line */
	TYPE_WORD,     /* one of words */
	TYPE_PATH,     /* made absolute */
	TYPE_SECRET,   /* a path, made absolute, or "credential:NAME": the path of a credential */
	TYPE_PLACE,    /* a path, made absolute, or http and https */
	TYPE_URL,      /* http or https */
	TYPE_CONTACT,  /* http, https, mailto */
	TYPE_PROXY,    /* http, https, socks5 */
	TYPE_SERVER,   /* smtp, smtps */
	TYPE_ADDRESS,  /* of mail: me@example.org, "Me <me@example.org>" */
	TYPE_LISTEN,   /* a path, or a port of loopback */
	TYPE_NETWORK,  /* "10.0.0.0/8" */
	TYPE_HEADER,   /* "Name: value" */
	TYPE_LANGUAGE, /* BCP 47 */
	TYPE_ZONE,     /* IANA */
	TYPE_MATCH,    /* FTS5 */
};

struct config_option {
	enum config_group group;
	const char *name;
	enum config_type type;
	bool is_list;             /* offset is of the array, count_offset of its size_t */
	size_t offset;            /* into struct config, config_section, config_feed, config_rule */
	size_t count_offset;      /* lists only */
	int64_t min, max;         /* bounds in the unit of the field; both 0: none */
	const char *preset;       /* as it would be written; NULL: zero, or worked out */
	const char *const *words; /* TYPE_CHOICE, TYPE_WORD; ends with NULL */
};

extern const struct config_option config_schema[];
extern const size_t config_schema_count;

/* NULL: there is none in this group. */
const struct config_option *config_option_find(enum config_group group, const char *name);
/* GROUP_COUNT: there is no such group. */
enum config_group config_group_find(const char *name);

#endif
