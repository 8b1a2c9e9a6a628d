/*
 * What the formats share: a feed document under construction. A format tells it what its elements
 * mean by tables of rows; the builder knows which of several sources of a field counts.
 */
#ifndef DIURNA_PARSE_FEED_BUILD_H
#define DIURNA_PARSE_FEED_BUILD_H

#include "core/doc.h"
#include "parse/xml.h"

#include <stdbool.h>
#include <stddef.h>

/* Fields that several elements can fill. The one of the highest rank counts, of equals the first.
 */
enum feed_field {
	FIELD_TITLE,
	FIELD_URL,
	FIELD_ID,
	FIELD_SUMMARY, /* of a feed: its description */
	FIELD_CONTENT,
	FIELD_CONTENT_URL,
	FIELD_PUBLISHED,
	FIELD_UPDATED,
	FIELD_AUTHORS,
	FIELD_COMMENTS,
	FIELD_IMAGE,
	FIELD_ICON,
	FIELD_LANGUAGE,
	FIELD_SELF,
	FIELD_HUB,
	FIELD_NEXT,
	FIELD_PREV_ARCHIVE,
	FIELD_CURRENT,
	FIELD_NEW_URL,
	FIELD_COMMENTS_FEED,
	FIELD_REPLY_TO,
	FIELD_REPLY_TO_URL,
	FIELD_RIGHTS,
	FIELD_LICENSE,
	FIELD_GENERATOR,
	FIELD_FUNDING,
	FIELD_SEASON,
	FIELD_EPISODE,
	FIELD_CHAPTERS,
	FIELD_COUNT,
};

/* Ranks: the format's own element, another format's, an extension's, a makeshift. */
enum feed_rank {
	RANK_NONE,
	RANK_MAKESHIFT,
	RANK_LAST,
	RANK_EXTENSION,
	RANK_GUEST,
	RANK_OWN,
	RANK_BEST
};

/* The lists of a feed or an entry; copied into the arena when it is done. */
struct feed_lists {
	struct doc_author *authors;
	size_t author_count, author_space;
	size_t own_author_count; /* the first ones, from the format's own element */
	const char **categories;
	size_t category_count, category_space;
	struct doc_category *details;
	size_t detail_count, detail_space;
	struct doc_enclosure *enclosures;
	size_t enclosure_count, enclosure_space;
	size_t own_enclosure_count; /* the first ones */
	struct doc_credit *credits;
	size_t credit_count, credit_space;
	struct doc_image *images;
	size_t image_count, image_space;
	struct doc_transcript *transcripts;
	size_t transcript_count, transcript_space;
};

struct feed_build {
	struct feed_doc *doc;
	struct arena *arena;       /* the document's */
	struct arena tree;         /* of the element at hand */
	struct xml_reader *reader; /* NULL: no XML */
	const char *source;        /* the text, for the lines of warnings */
	const char *base_url;      /* NULL: none */
	enum xml_ns home;          /* namespace of the format's own elements */
	enum xml_ns alien;         /* what unprefixed elements are in when it is declared wrongly */
	bool is_home_alien;        /* alien means home */

	struct feed_entry *entry; /* the one under construction; NULL: the feed's own elements */
	struct feed_entry draft;
	unsigned char feed_ranks[FIELD_COUNT], entry_ranks[FIELD_COUNT];
	struct feed_lists feed_lists, entry_lists;
	struct feed_entry *entries;
	size_t entry_count, entry_space;
	size_t dropped; /* entries beyond the limit */
	int64_t floor;  /* what is as old as this is dropped; DATE_NONE when it is */
	bool has_floor;
	bool is_link_due;           /* <link/> stood there: its address may stand behind it */
	uint32_t group, last_group; /* of the files at hand, 0: none; the last number given */

	const char **warnings;
	size_t warning_count, warning_space;
	size_t at;                     /* where the element at hand is in source */
	size_t warned_at, warned_line; /* where lines were counted to */

	int64_t now; /* for dates of the far future */
	int64_t sy_period_s, sy_frequency;
	struct buf text, html, url; /* scratch */

	const char *why; /* it is no feed for us: a phrase for people, or NULL */
};

/* What an element does. rank is the row's. */
typedef void feed_take(struct feed_build *b, const struct xml_node *node, int rank);

struct feed_row {
	enum xml_ns ns;
	const char *name;
	size_t len; /* of name */
	feed_take *take;
	int rank;
};

#define FEED_ROW(ns, name, take, rank)                 \
	{                                              \
		ns, name, sizeof(name) - 1, take, rank \
	}

void build_init(struct feed_build *b, struct feed_doc *doc, const char *base_url);
/* Moves what was built into the document and frees the rest. */
void build_finish(struct feed_build *b);

void build_warn(struct feed_build *b, size_t at, const char *what);

void build_begin_entry(struct feed_build *b);
void build_end_entry(struct feed_build *b);

/* Set a text field of the entry, or of the feed outside of one. NULL and "" set nothing. */
void build_set(struct feed_build *b, enum feed_field field, int rank, const char *value);
void build_set_date(struct feed_build *b, enum feed_field field, int rank, const char *text);

/*
 * name, email, url: each may be NULL. Those of RANK_OWN come first, then those of RANK_GUEST; lower
 * ones are kept where there are none of these.
 */
void build_add_author(
	struct feed_build *b, int rank, const char *name, const char *email, const char *url);
/* "mail (Name)", "Name <mail>", a name, an address. */
void build_add_person(struct feed_build *b, int rank, const char *text);
/* name: plain text, NULL: nothing is added. label, scheme: as given, or NULL. */
void build_add_category(
	struct feed_build *b, const char *name, const char *label, const char *scheme);
/*
 * One whose URL, resolved already, is not NULL. Those of RANK_OWN come first. Told twice, it is
 * listed once, with what either knew.
 */
void build_add_enclosure(struct feed_build *b, int rank, const struct doc_enclosure *enclosure);
/* name: plain text, NULL: nothing is added. */
void build_add_credit(struct feed_build *b, const char *name, const char *role, const char *url);
void build_add_transcript(
	struct feed_build *b, const char *url, const char *type, const char *language);
/* A picture of the entry, or of the feed outside of one; NULL adds none. Sizes of 0 are unknown. */
void build_add_image(
	struct feed_build *b, int rank, const char *url, uint32_t width, uint32_t height);

/* Numbers as written; NULL is none. */
int64_t build_length(const char *text);  /* -1: none */
uint32_t build_pixels(const char *text); /* 0: none */
int64_t build_seconds(const char *text); /* of a duration, "3723" or "1:02:03"; 0: none */

/* Into the arena; NULL where nothing is left. */
const char *build_plain(struct feed_build *b, const char *text, size_t len);
/* The same for what may be longer: titles, descriptions, rights. */
const char *build_title(struct feed_build *b, const char *text, size_t len);
const char *build_title_html(struct feed_build *b, const char *html, size_t len);
const char *build_html(struct feed_build *b, const char *html, size_t len, const char *base);
/* Absolute where base is known; NULL: empty, too long, or it would run code. */
const char *build_url(struct feed_build *b, const char *text, const char *base);
/* Plain text as HTML. */
const char *build_escaped(struct feed_build *b, const char *text, size_t len);

#endif
