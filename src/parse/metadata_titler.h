/* What the steps of finding a page's title share: what was said, by whom, and what was cut off. */
#ifndef DIURNA_PARSE_METADATA_TITLER_H
#define DIURNA_PARSE_METADATA_TITLER_H

#include "parse/metadata.h"
#include "parse/metadata_site.h"
#include "parse/metadata_title.h"

/* How a candidate came from what a source says, the less certain first. */
enum cut {
	CUT_NEVER, /* it does not */
	CUT_FIRST, /* without the first part */
	CUT_LAST,  /* without the last part, whatever that is */
	CUT_HEAD,  /* the first part alone */
	CUT_NONE,  /* as it is */
	CUT_SITE,  /* without the site's name, where it had one */
};

/* A title as written somewhere, by whoever says it. */
struct title {
	const char *text;
	const char *key;             /* as compared: case, quotation marks and dashes aside */
	const char *folded;          /* title_fold */
	uint8_t cuts[TITLE_SOURCES]; /* enum cut of each source */
	size_t heading;              /* index into said + 1 of the first heading; 0: none */
	size_t place;                /* which heading of the page that is, from 0 */
	const char *rest;            /* folded: what was cut off at a guess; NULL: nothing */
	bool is_in_main;             /* a heading within <main> or <article> says it */
	bool is_logo;                /* a heading that leads to the front page says it */
};

struct titler {
	struct arena *arena;
	struct site_names site;
	const struct metadata *meta;
	const struct page_blocks *blocks;
	struct title titles[TITLES_MAX];
	size_t count;
	const char *host;                 /* of the page; NULL */
	const char *slug;                 /* words of the address's last part */
	const char *first[TITLE_SOURCES]; /* folded: what each source says, its site taken off */
	size_t said[TITLE_SOURCES];       /* how often */
	bool has_main;                    /* an h1 stands within <main> or <article> */
};

/* Everything that may be the title of the page; arena, meta and blocks are set, all else is empty.
 */
void titles_gather(struct titler *t, const struct job *job);
/* The TITLE_FEATURES numbers about one of them. */
void title_fill(const struct titler *t, const struct title *title, float *x);
/* Bytes of a title before the dots that say that it was cut short; 0: it was not. */
size_t title_cut_length(const char *title);
/* In capitals throughout. */
bool title_is_upper(const char *text);

#endif
