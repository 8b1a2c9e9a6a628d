/* The frame of every HTML page: head, policy, style; and pieces that stand on several pages. */
#ifndef DIURNA_EDITION_PAGE_H
#define DIURNA_EDITION_PAGE_H

#include "core/buf.h"
#include "edition/edition.h"
#include "edition/words.h"

struct page {
	const struct words *words;
	const char *title;       /* of the window */
	const char *description; /* NULL: none */
	const char *style;       /* text of the user's CSS, after ours; NULL: none */
	const char *feed;        /* relative URL of its feeds without ending; NULL: none */
	const char *skip_to;     /* id of the main part */
	bool is_broad;           /* columns where there is room */
	bool has_form;           /* that goes to where the page came from */
};

/* style.css, compiled in. */
extern const char style_css[];

void page_open(const struct page *page, struct buf *to);
void page_close(struct buf *to);

/* href and text are not escaped yet. */
void put_link(const char *href, const char *text, const char *attributes, struct buf *to);
/* ' src="..."' of a picture: its copy beside the digests, or its site. */
void put_source(const struct edition *edition, const char *url, struct buf *to);
/* <time> with the moment in words. */
void put_time(const struct words *words, const struct edition *edition,
	const struct edition_item *item, struct buf *to);
/* ' lang="..." dir="..."' of an article: nothing where it is as around it. */
void put_language(const struct words *words, const char *language, struct buf *to);
/* The same for words of the page inside of such an article. */
void put_language_back(const struct words *words, const char *language, struct buf *to);
/* The headlines of a section, a list that leads to its stories. */
void put_headlines(
	const struct words *words, const struct edition_section *section, struct buf *to);
/* The story at index with its heading of that level, and the heading of its group before it. */
void put_story(const struct words *words, const struct edition *edition,
	const struct edition_section *section, size_t index, int level, struct buf *to);
/* One line for each story that another section has; links lead to its page, or within this one. */
void put_references(const struct words *words, const struct edition_section *section,
	bool is_within, struct buf *to);
/* Opens the links to other pages: navigation at the top, the same as a paragraph at the end. */
void put_around_open(const struct words *words, bool is_top, struct buf *to);
/* Links to this page of the editions before and after, where there are such. */
void put_neighbours(const struct words *words, const char *previous, const char *next,
	const char *page, struct buf *to);
/* The line below a date: the window, and what made the page. */
void put_imprint_line(
	const struct words *words, const struct edition *edition, int64_t from, struct buf *to);
/* The notes of the foot, a list. */
void put_notes(const char *const *notes, size_t count, struct buf *to);

#endif
