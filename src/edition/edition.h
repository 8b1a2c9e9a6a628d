/*
 * Making a newspaper: which stories, in which order, written in which formats.
 *
 *     edition_make()     closes an edition: membership, order, clusters, into the store
 *     edition_load()     an edition as the model that all formats share
 *     edition_publish()  writes its digests, whole or not at all
 */
#ifndef DIURNA_EDITION_EDITION_H
#define DIURNA_EDITION_EDITION_H

#include "core/arena.h"
#include "core/config.h"
#include "core/doc.h"
#include "store/editions.h"
#include "store/store.h"

#include <stdio.h>

/* What an article says otherwise than when it was printed. Texts are plain and cut. */
struct edition_changes {
	const char *title_before; /* NULL: the same */
	const char *const *added; /* paragraphs */
	size_t added_count;
	const char *const *removed;
	size_t removed_count;
};

/* One article in a digest. */
struct edition_item {
	int64_t id;
	const char *title;
	const char *url;      /* of the original, without what campaigns add to it */
	const char *named;    /* as its feed gives it, by which others know it; NULL: as url */
	const char *edition;  /* in a selection, name of the one that printed it; else NULL */
	const char *source;   /* title of the feed or site */
	const char *byline;   /* NULL: not known */
	const char *language; /* BCP 47; NULL: not known */
	const char *html;     /* the full text, sanitised; or the feed's own; NULL: title only */
	const char *excerpt;  /* plain text */
	const char *image;    /* URL; NULL: none */
	const char *const *categories;
	size_t category_count;
	int64_t published_at; /* DATE_NONE: not known, or later than the edition */
	int64_t arrived_at;
	int words;
	int minutes;                           /* reading time, at least 1 */
	double quality;                        /* 0 to 1 */
	const char *raised_by;                 /* names of the rules that did; NULL: none */
	const char *note;                      /* "the page could not be read: ..."; NULL: fine */
	bool is_gone;                          /* the store has its text no longer */
	bool is_update;                        /* printed before, changed since */
	const struct edition_changes *changes; /* of an update; NULL: not known */
	bool is_earlier;                       /* published more than a day before the window */
	const struct doc_enclosure *enclosures;
	size_t enclosure_count;
};

/* Items that report the same thing: the first is printed, the others are links under it. */
struct edition_story {
	const struct edition_item *items;
	size_t item_count;
	double importance;
};

/* What the section's feeds brought too, and another section has printed. */
struct edition_reference {
	int64_t id; /* of the item that stands there */
	const char *title;
	const char *section; /* its title */
	const char *slug;
	const char *edition; /* name of an earlier one; NULL: this one */
};

struct edition_section {
	int64_t id; /* of the store; 0: only the configuration knows it */
	const char *title;
	const char *slug;
	const char *language; /* of its dates and fixed words */
	const char *previous; /* name of the last edition before that printed something in this
				 section; NULL: none */
	int64_t previous_id;
	const char *next; /* and of the first one after; NULL: none yet, or nothing is here */
	enum print_mode print;
	int64_t window_from; /* when it closed before */
	/* most important first; then what is earlier, then what is an update */
	const struct edition_story *stories;
	size_t story_count;
	const struct edition_reference *references;
	size_t reference_count;
	size_t item_count; /* in all stories */
	size_t source_count;
	int words, minutes;
	const char *const
		*notes; /* for the foot: failing and silent feeds, hidden and cut counts */
	size_t note_count;
	const char *const *front_notes; /* the same in the language of the front page */
	size_t gone_count; /* items without their texts: it was fuller when it was printed */
};

/* A picture that lies beside the digests. */
struct edition_image {
	const char *url;   /* of its site */
	const char *path;  /* "ab/ab12….jpg", below the folder of images */
	int width, height; /* 0: not known */
};

struct edition {
	struct arena arena; /* holds everything */
	struct edition_row row;
	const char *name;     /* of the newspaper */
	const char *date;     /* "2026-11-22" */
	bool is_selection;    /* of what others printed: nothing lies beside its pages */
	const char *version;  /* of the diurna that closed it; NULL: not known */
	const char *language; /* of the pages for all sections */
	const char *previous; /* name of the edition before; NULL: none */
	int64_t previous_id;
	const char *next;                   /* name of the edition after; NULL: none yet */
	const char *style;                  /* text of the user's CSS; NULL: none */
	size_t text_columns;                /* of plain text for a narrow terminal; 0: 72 */
	const struct config_mail *mail;     /* of the configuration */
	const struct edition_image *images; /* by URL */
	size_t image_count;
	const char *images_folder; /* where they are */
	const char *images_at; /* the same, as a page links it: "../images"; NULL: it does not */
	const struct edition_section *sections; /* those of the configuration, in its order */
	size_t section_count;
	const char *const *notes; /* of all sections */
	size_t note_count;
	size_t gone_count; /* of all sections */
};

/* Only HTML names the next edition: it alone is written again once that is there. */
struct edition_format {
	const char *name;      /* "html" */
	const char *label;     /* for people: "HTML" */
	const char *extension; /* "html" */
	bool is_whole;         /* one file for all sections: section is NULL */
	enum status (*render)(
		FILE *to, const struct edition *edition, const struct edition_section *section);
};

extern const struct edition_format edition_formats[];
extern const size_t edition_format_count;
const struct edition_format *edition_format_find(const char *name);

/* The first time of a schedule after the moment `after`. INT64_MAX: never. */
int64_t schedule_next_at(const struct schedule *schedule, const char *zone, int64_t after);
/*
 * When the next section is due, by when each closed last; in the past where that was missed. since:
 * for those of a store that has no edition yet. INT64_MAX: never.
 */
enum status edition_due_at(
	struct store *store, const struct config *config, int64_t since, int64_t now, int64_t *at);

/*
 * Close an edition of the sections that are due, or of all. In the caller's transaction, which is
 * committed also for STATUS_NOT_FOUND: nothing arrived, and empty days are not printed.
 */
enum status edition_make(struct store *store, const struct config *config, int64_t since,
	int64_t now, bool has_all, struct edition_row *row);

/* The stored copy of a picture; NULL: there is none. */
const struct edition_image *edition_image_find(const struct edition *edition, const char *url);
void edition_init(struct edition *edition);
void edition_finish(struct edition *edition);
enum status edition_load(
	struct store *store, const struct config *config, int64_t id, struct edition *edition);

/*
 * The week that ends on this day ("2026-11-22"): of what its editions printed, at most so many
 * stories of a section, the most important ones, as one edition that is stored nowhere. Its number
 * is that of the week. STATUS_NOT_FOUND: there is no edition of it.
 */
enum status edition_load_week(struct store *store, const struct config *config,
	const char *last_day, size_t stories, struct edition *edition);

/*
 * Write the digests of an edition into config->digest_dir: the section files in every format,
 * front page, archive, latest, feeds; and its mails into the spool. Each file whole or not at all;
 * the index last. The first time, the pages that come before its own are written again, with the
 * link to them. One process at a time, others wait. A file that is there is left alone when the
 * store has no longer the texts that it was made of.
 * STATUS_IO: *why says which file and why, to be freed; what was there before is intact. With
 * STATUS_OK it may be a remark, such as that a folder of somebody has the name of a link.
 */
enum status edition_publish(
	struct store *store, const struct config *config, int64_t id, char **why);
/* The same once more, without mails. */
enum status edition_rebuild(
	struct store *store, const struct config *config, int64_t id, char **why);

/* Told at the beginning and after each file, of how many. */
struct edition_watch {
	void (*on_file)(void *context, size_t done, size_t total);
	void *context;
};
/* edition_publish or, without mails, edition_rebuild, with somebody who waits; watch NULL: nobody.
 */
enum status edition_write(struct store *store, const struct config *config, int64_t id,
	bool with_mails, const struct edition_watch *watch, char **why);

/*
 * Remove the digests of editions that are too old (store/shelf.h): editions that led to them are
 * written again first, what is not ours stays. STATUS_IO: *why says what could not be done, to be
 * freed; it can be tried again.
 */
enum status edition_remove_old(struct store *store, const struct config *config, char **why);

#endif
