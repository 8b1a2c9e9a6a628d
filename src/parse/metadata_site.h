/* A site's names, and titles with and without them. */
#ifndef DIURNA_PARSE_METADATA_SITE_H
#define DIURNA_PARSE_METADATA_SITE_H

#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>

enum { SITE_NAMES = 6 };

/* What a site is called. Strings live in arena. */
struct site_names {
	struct arena *arena;
	const char *names[SITE_NAMES];    /* folded, without spaces */
	const char *initials[SITE_NAMES]; /* of its words; NULL: too few */
	const char *host;                 /* without www.; NULL: not known */
	size_t count;
};

/* A further name; NULL and what is beyond SITE_NAMES is passed over. */
void site_add(struct site_names *site, const char *name);
/* The longest label of an address's host: www.example.co.uk is called example. */
void site_add_host(struct site_names *site, const char *url);
/* This part of a title is the site's name, or close to it. */
bool site_is_named(const struct site_names *site, const char *part);
/* A title without the site's name at its end or beginning. */
const char *site_strip(const struct site_names *site, const char *title);

/* Letters and digits in lower case, words apart by one space. */
const char *title_fold(struct arena *arena, const char *text);
size_t title_count_words(const char *folded);
/* The last or first place where a title may be taken apart; NULL: none. *len: of the separator. */
const char *title_last_separator(const char *title, size_t *len);
const char *title_first_separator(const char *title, size_t *len);

#endif
