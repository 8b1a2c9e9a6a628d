/* What a page says of its article: title, names, dates, pictures, addresses. */
#ifndef DIURNA_PARSE_METADATA_H
#define DIURNA_PARSE_METADATA_H

#include "core/arena.h"
#include "core/job.h"
#include "parse/blocks.h"
#include "parse/html.h"

#include <stdbool.h>

enum {
	METADATA_LIST = 24,   /* values of one kind that are kept */
	METADATA_TITLES = 48, /* ... titles */
	METADATA_DATES = 64,  /* ... dates */
};

/* Who says a title. */
enum title_source {
	TITLE_HEAD, /* <title> */
	TITLE_OG,
	TITLE_TWITTER,
	TITLE_META, /* other meta elements */
	TITLE_LD,
	TITLE_ITEM,  /* microdata: headline */
	TITLE_CRUMB, /* the last breadcrumb */
	TITLE_H1,
	TITLE_H2,
	TITLE_SOURCES
};

/* Who says a date; those of publication first. */
enum date_source {
	DATE_LD,
	DATE_META,
	DATE_ITEM,     /* microdata */
	DATE_LD_OTHER, /* dates of creation, and of other objects on the page */
	DATE_LD_MODIFIED,
	DATE_META_MODIFIED,
	DATE_ITEM_MODIFIED,
	DATE_TIME, /* <time> */
	DATE_URL,
	DATE_TEXT,         /* what people read */
	DATE_TEXT_SWAPPED, /* ... with day and month the other way round */
	DATE_SOURCES
};

struct title_said {
	const char *text; /* plain, one line */
	enum title_source source;
	const xmlNode *node; /* of a heading; NULL */
};

struct date_said {
	const char *text; /* as written */
	enum date_source source;
	const xmlNode *node; /* of <time>; NULL */
};

/* Values of one kind, in order of appearance, each once. */
struct value_list {
	const char *values[METADATA_LIST];
	size_t count;
};

/* What one source says: JSON-LD, the head, or the markup of the body. */
struct source_facts {
	struct value_list authors;
	const char *site;
	const char *section;
	const char *language;
	const char *image;
	const char *description;
	const char *body; /* JSON-LD articleBody, HTML or plain text */
	const char *url;
	struct value_list categories;
};

struct metadata {
	const char *base; /* of relative links: <base>, else the page's address; may be NULL */
	struct source_facts ld;   /* JSON-LD */
	struct source_facts head; /* meta and link elements: Open Graph, Dublin Core, ... */
	struct source_facts item; /* microdata, rel=author and the like in the body */
	struct title_said titles[METADATA_TITLES];
	size_t title_count;
	struct date_said dates[METADATA_DATES];
	size_t date_count;
	const char *logo; /* the site's name, from a link to its front page and <title>; NULL */
	const char *crumb_section;  /* the breadcrumb before the last; NULL: none */
	const char *linked_section; /* what the headline's line and the menu link to; NULL */
	const char *card_section;   /* what Twitter's cards say that it is filed under; NULL */
	const char *rule_date;      /* what the site's rule says; NULL: nothing */
	struct value_list linked;   /* names that link to an author's page */
	const char *next_url;
	const char *amp_url;
	const char *single_url; /* a link to the whole article on one page, or to print */
	const char *rule_next;  /* the following page, by the site's rule, as written */
	bool is_og_article, is_ld_article;
	bool is_ld_forum;  /* a review too: a number of the model */
	bool is_ld_thread; /* many wrote it */
	bool is_manual;    /* by the program that made the page */
	bool is_paper;     /* of a journal, which says how to cite it */
	bool is_walled;    /* JSON-LD isAccessibleForFree: false; a tier that is locked */
	const char *title; /* decided by metadata_title; NULL: not yet, or there is none */
};

/* Reads JSON-LD, head and markup. Strings go into arena; nodes are the page's. */
void metadata_read(const struct html_page *page, const struct job *job, struct arena *arena,
	struct metadata *meta);
/* JSON-LD alone; url: the page's address, or NULL. Source: schema.org, JSON-LD 1.1. */
void metadata_read_jsonld(
	const struct html_page *page, const char *url, struct arena *arena, struct metadata *meta);
/* Microdata alone: the article's object, where it is known which that is. */
void metadata_read_items(const struct html_page *page, struct arena *arena, struct metadata *meta);
/* The tree alone: meta, link, title, headings. */
void metadata_read_tree(const struct html_page *page, const struct job *job, struct arena *arena,
	struct metadata *meta);

/* A further title or date; what is empty or beyond the bounds is passed over. */
void metadata_say_title(
	struct metadata *meta, enum title_source source, const char *text, const xmlNode *node);
void metadata_say_date(
	struct metadata *meta, enum date_source source, const char *text, const xmlNode *node);
/* The block in which the text of an element begins; BLOCK_NONE: it has none. */
size_t metadata_block(const xmlNode *node);
/* The heading that begins with the page's title; else the first one; BLOCK_NONE: there is none. */
size_t metadata_headline(
	const struct metadata *meta, const struct page_blocks *blocks, struct arena *arena);

/* The title without the site's name, from all that was read; NULL: none. */
const char *metadata_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena);

/* ... from what the page says alone. */
const char *metadata_page_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena);

/*
 * Decides between the sources and the visible text near the headline, and fills the article's
 * fields but for the text.
 */
void metadata_fill(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article);

/* Puts a value into a list unless it is there (case aside). */
void value_list_add(struct value_list *list, const char *value);
/* One line of plain text out of what may hold markup and references; NULL where nothing is left. */
const char *metadata_clean(struct arena *arena, const char *text);
/* ... what holds references alone: "<br>" stays, as a headline about it has it. */
const char *metadata_decoded(struct arena *arena, const char *text);
/* For whom somebody writes, as it stands behind a name: "Ada Lind, Coast Today". */
bool metadata_is_outlet(const char *name);
/* Names out of a byline: "By A. Name and B. Name, Staff Writer"; into list. */
void metadata_names(struct arena *arena, const char *text, struct value_list *list);

/* A date in a text for people. */
struct text_date {
	int year, month, day;
	size_t at, end;    /* where it stands in the text */
	bool is_swappable; /* 03/04/2026: day and month may be exchanged */
	bool is_dotted;    /* 03.04.2026: read with the day first; a few write the month first */
};

/* The number of a month's name or abbreviation in one of several languages; 0: it is none. */
int metadata_month(const char *word, size_t len);
/* Whether a text may have digits of its own script, which metadata_find_dates() reads, too. */
bool metadata_has_other_script(const char *text);
/*
 * Dates in a text for people, at most max; returns how many. Month names of several languages; of
 * 03/04/2026 the month comes first unless that cannot be.
 */
size_t metadata_find_dates(const char *text, struct text_date *dates, size_t max);

#endif
