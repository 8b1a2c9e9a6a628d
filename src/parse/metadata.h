/* What a page says of its article: title, names, dates, pictures, addresses. */
#ifndef DIURNA_PARSE_METADATA_H
#define DIURNA_PARSE_METADATA_H

#include "core/arena.h"
#include "core/job.h"
#include "parse/blocks.h"
#include "parse/html.h"

#include <stdbool.h>

enum { METADATA_LIST = 24 }; /* values of one kind that are kept */

/* Values of one kind, in order of appearance, each once. */
struct value_list {
	const char *values[METADATA_LIST];
	size_t count;
};

/* What one source says: JSON-LD, the head, or the markup of the body. */
struct source_facts {
	const char *title;
	struct value_list authors;
	const char *published; /* as written */
	const char *modified;
	const char *site;
	const char *section;
	const char *language;
	const char *image;
	const char *description;
	const char *body; /* JSON-LD articleBody, plain text */
	const char *url;
	struct value_list categories;
};

struct metadata {
	const char *base; /* of relative links: <base>, else the page's address; may be NULL */
	struct source_facts ld;     /* JSON-LD */
	struct source_facts head;   /* meta and link elements: Open Graph, Dublin Core, ... */
	struct source_facts item;   /* microdata, rel=author and the like in the body */
	const char *head_title;     /* <title> */
	struct value_list headings; /* text of h1 elements */
	struct value_list times;    /* datetime of <time>, else its text */
	struct value_list linked;   /* names that link to an author's page */
	const char *next_url;
	const char *amp_url;
	const char *single_url; /* a link to the whole article on one page */
	bool is_og_article, is_ld_article, is_ld_forum;
	bool is_walled;    /* JSON-LD isAccessibleForFree: false */
	const char *title; /* decided: metadata_title */
};

/* Reads JSON-LD, head and markup. Strings go into arena. */
void metadata_read(const struct html_page *page, const struct job *job, struct arena *arena,
	struct metadata *meta);
/* JSON-LD alone. Source: schema.org, JSON-LD 1.1. */
void metadata_read_jsonld(const struct html_page *page, struct arena *arena, struct metadata *meta);
/* The tree alone: meta, link, title, headings, microdata. */
void metadata_read_tree(const struct html_page *page, struct arena *arena, struct metadata *meta);

/* The title without the site's name, from all that was read; NULL: none. */
const char *metadata_title(const struct metadata *meta, const struct job *job, struct arena *arena);

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
/* Names out of a byline: "By A. Name and B. Name, Staff Writer"; into list. */
void metadata_names(struct arena *arena, const char *text, struct value_list *list);
/*
 * The first date in a text for people, as "2026-08-22"; NULL: none. Month names of several
 * languages; of 03/04/2026 the month comes first unless that cannot be.
 */
const char *metadata_find_date(struct arena *arena, const char *text);

#endif
