/*
 * What a parser makes of outside bytes: a feed document with its entries, or an article. Both live
 * in their own arena and travel over core/wire. A value that is missing is NULL, 0, or DATE_NONE.
 *
 * Promises of every string here: valid UTF-8. Titles, names and categories are plain text on one
 * line. HTML is sanitised, its links absolute. URLs are absolute where a base was known.
 */
#ifndef DIURNA_CORE_DOC_H
#define DIURNA_CORE_DOC_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATE_NONE INT64_MIN

struct doc_author {
	const char *name;  /* plain text */
	const char *email; /* as given */
	const char *url;   /* absolute */
};

/* A part in it besides writing it: media:credit, podcast:person, contributors. */
struct doc_credit {
	const char *name; /* plain text */
	const char *role; /* "photographer", "guest", "contributor", ...: plain text */
	const char *url;  /* absolute */
};

/* What a feed says of a category beyond its name. The same name may come with several schemes. */
struct doc_category {
	const char *name;   /* as in categories */
	const char *label;  /* for people, where the name is not: plain text */
	const char *scheme; /* RSS domain, Atom scheme: as given */
};

struct doc_enclosure {
	const char *url;      /* absolute */
	const char *type;     /* MIME type as given */
	int64_t length;       /* bytes; -1: not said */
	const char *title;    /* plain text */
	const char *medium;   /* Media RSS: image, audio, video, document, executable */
	const char *language; /* BCP 47 as given */
	int64_t duration_s;   /* seconds; 0: not said */
	uint32_t width;       /* pixels; 0: not said */
	uint32_t height;
	uint32_t group; /* Media RSS: those of one number are one work in several files; 0: alone */
	bool is_default; /* Media RSS: the one to take of its group */
};

/* A picture that stands for an entry. */
struct doc_image {
	const char *url; /* absolute */
	uint32_t width;  /* pixels; 0: not said */
	uint32_t height;
};

/* podcast:transcript */
struct doc_transcript {
	const char *url;      /* absolute */
	const char *type;     /* MIME type as given */
	const char *language; /* BCP 47 as given */
};

struct feed_entry {
	const char *id;                   /* guid, Atom id, rdf:about; trimmed, else as given */
	const char *url;                  /* the entry's page */
	const char *title;                /* plain text */
	const char *summary;              /* HTML */
	const char *content;              /* HTML */
	const char *content_url;          /* Atom: where the content is when it is not here */
	int64_t published;                /* epoch seconds or DATE_NONE */
	int64_t updated;                  /* epoch seconds or DATE_NONE */
	const struct doc_author *authors; /* author_count of them */
	size_t author_count;
	const char *const *categories; /* category_count of them */
	size_t category_count;
	const struct doc_category *category_details; /* those with a scheme or a label */
	size_t category_detail_count;
	const struct doc_enclosure *enclosures;
	size_t enclosure_count;
	const char *comments;           /* URL of the page with comments */
	const char *comments_feed;      /* URL: wfw:commentRss, RFC 4685 replies */
	int64_t comment_count;          /* slash:comments, thr:total; -1: not said */
	const char *image;              /* URL; the best of images */
	const struct doc_image *images; /* media:thumbnail and others, in document order */
	size_t image_count;
	const char *language;     /* BCP 47 as given */
	const char *source_title; /* RSS source, Atom source: where it came from */
	const char *source_url;
	const char *reply_to; /* RFC 4685: id of the entry that it answers, as given */
	const char *reply_to_url;
	const struct doc_credit *credits;
	size_t credit_count;
	const char *rights;  /* plain text */
	const char *license; /* URL */
	int64_t duration_s;  /* itunes:duration; 0: not said */
	const char *season;  /* as given, mostly a number */
	const char *episode;
	const struct doc_transcript *transcripts;
	size_t transcript_count;
	const char *chapters; /* URL of podcast:chapters */
};

struct feed_doc {
	struct arena arena;       /* holds everything below */
	const char *format;       /* "rss20", "atom10", ...: see diurna(1), FEED FORMATS */
	const char *encoding;     /* what the bytes were read as */
	const char *id;           /* Atom id, rdf:about, podcast:guid: as given */
	const char *title;        /* plain text */
	const char *url;          /* the site */
	const char *self;         /* the feed's own idea of its address */
	const char *description;  /* plain text */
	const char *language;     /* BCP 47 as given */
	int64_t updated;          /* epoch seconds or DATE_NONE */
	const char *image;        /* URL */
	const char *icon;         /* URL */
	const char *hub;          /* WebSub hub */
	const char *next;         /* RFC 5005: next page */
	const char *prev_archive; /* RFC 5005: archive before this document */
	const char *current;      /* RFC 5005: in an archive, the feed that goes on */
	const char *new_url;      /* newLocation, itunes:new-feed-url */
	bool is_complete;         /* RFC 5005, fh:complete */
	bool is_archive;          /* RFC 5005, fh:archive */
	bool is_finished;         /* itunes:complete, JSON Feed expired: nothing new will come */
	bool is_cut;              /* its source ends early: entries may be missing */
	int64_t ttl_min;          /* minutes; 0: not said */
	int64_t update_period_s;  /* sy:updatePeriod by sy:updateFrequency; 0: not said */
	int64_t update_base;      /* sy:updateBase: epoch seconds or DATE_NONE */
	uint32_t skip_hours;      /* bit n: hour n, GMT */
	uint8_t skip_days;        /* bit 0: Sunday, as tm_wday */
	const struct doc_author *authors;
	size_t author_count;
	const char *const *categories;
	size_t category_count;
	const struct doc_category *category_details;
	size_t category_detail_count;
	const struct doc_credit *credits;
	size_t credit_count;
	const char *rights;         /* RSS copyright, Atom rights: plain text */
	const char *license;        /* URL */
	const char *generator;      /* plain text */
	const char *funding;        /* URL of podcast:funding */
	struct feed_entry *entries; /* in document order */
	size_t entry_count;
	const char *const *warnings; /* what was wrong and where, one line each */
	size_t warning_count;
};

/* What the reason begins with where a site's rule cannot be understood. */
#define RULE_IS_WRONG "the site's rule is wrong: "

/* Where the text of an article was found. */
enum article_source {
	ARTICLE_SOURCE_NONE,   /* nothing was found; reason says why */
	ARTICLE_SOURCE_PAGE,   /* the page's own markup */
	ARTICLE_SOURCE_JSONLD, /* JSON-LD articleBody */
	ARTICLE_SOURCE_FEED,   /* the entry's content or summary */
	ARTICLE_SOURCE_RULE,   /* a site rule */
};

struct article {
	struct arena arena; /* holds everything below */
	const char *url;    /* what the page says it is: rel=canonical, og:url */
	const char *title;  /* without the site's name */
	const char *byline; /* names only, joined by ", " */
	int64_t published;  /* epoch seconds or DATE_NONE */
	int64_t modified;
	const char *published_text; /* as ISO 8601 with the zone the page gave, for its local day */
	const char *modified_text;
	const char *site;              /* the site's name */
	const char *section;           /* article:section or breadcrumb */
	const char *language;          /* BCP 47 */
	const char *image;             /* lead image, URL */
	const char *excerpt;           /* one or two sentences, plain text */
	const char *text;              /* blocks separated by a blank line */
	const char *html;              /* the same, sanitised */
	const char *next_url;          /* the following page of the same article */
	const char *whole_url;         /* all of it on one page, or its print version */
	const char *amp_url;           /* rel=amphtml */
	const char *const *categories; /* article:tag, keywords */
	size_t category_count;
	double quality;               /* 0 to 1, the extractor's own estimate */
	enum article_source source;   /* where text comes from */
	bool is_truncated;            /* a wall or a teaser: more is on the site */
	bool rule_failed;             /* the site's rule is wrong or found nothing; see reason */
	const char *reason;           /* why it is poor, one phrase; NULL when fine */
	const uint64_t *block_hashes; /* of every block on the page, for the site's memory */
	size_t block_hash_count;
};

void feed_doc_init(struct feed_doc *doc);
void feed_doc_finish(struct feed_doc *doc);
void article_init(struct article *article);
void article_finish(struct article *article);

/* "page", "jsonld", "feed", "rule", "none". */
const char *article_source_name(enum article_source source);

/* Cuts titles, descriptions and rights to LIMIT_NAME_BYTES: what the store takes of them. */
void feed_doc_shorten(struct feed_doc *doc);

/* As wire records. Reading copies into the document's arena and bounds every list. */
void feed_doc_put(struct buf *to, const struct feed_doc *doc);
enum status feed_doc_get(const void *data, size_t len, struct feed_doc *doc);
void article_put(struct buf *to, const struct article *article);
enum status article_get(const void *data, size_t len, struct article *article);

#endif
