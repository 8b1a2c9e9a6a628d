/*
 * Articles of several pages: which page to fetch next, and how what comes is joined. It does no
 * fetching itself.
 *
 * The whole article on one page, its print version or its AMP version is asked for where the first
 * page is poor or the first of several, and taken where it is better. Else its pages are followed
 * one after the other.
 */
#ifndef DIURNA_DIURNAD_FURTHER_H
#define DIURNA_DIURNAD_FURTHER_H

#include "core/buf.h"
#include "core/doc.h"

enum { FURTHER_PAGES = 20 }; /* of one article, the first included */

/* What an address given leads to. */
enum further_kind {
	FURTHER_PAGE,  /* the following page */
	FURTHER_WHOLE, /* a link says: all of it */
	FURTHER_AMP,   /* the page's head says: the same article */
};

struct further {
	char *visited[FURTHER_PAGES + 2]; /* addresses, the first page's and what was asked for */
	size_t visited_count;
	unsigned page; /* pages that the text has */
	char *next;    /* the following page, as the last one says; NULL: it was the last */
	enum further_kind kind; /* of the address given last */
	bool is_whole;          /* the text is the whole article's: no page follows */
	struct buf text;        /* pages joined; empty while there is one */
	struct buf html;
	uint64_t *seen; /* hashes of all blocks of the pages so far */
	size_t seen_count, seen_space;
};

/* url: of the first page, after redirects; article: what was found there. */
void further_init(struct further *further, const char *url, const struct article *article);
void further_finish(struct further *further);

/* The address to fetch now; NULL: none. Borrowed until the next call. */
const char *further_next(struct further *further, const struct article *article);

/*
 * What was found at the address given last; NULL: it could not be had. article is made better by
 * it: its strings go into its arena.
 */
void further_take(struct further *further, struct article *article, const struct article *got);
/* All pages are there: the article gets their text. */
void further_join(const struct further *further, struct article *article);

#endif
