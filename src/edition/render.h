/* What the formats of a digest share. */
#ifndef DIURNA_EDITION_RENDER_H
#define DIURNA_EDITION_RENDER_H

#include "core/buf.h"
#include "edition/edition.h"
#include "edition/words.h"

enum status render_html(
	FILE *to, const struct edition *edition, const struct edition_section *section);
enum status render_markdown(
	FILE *to, const struct edition *edition, const struct edition_section *section);
enum status render_text(
	FILE *to, const struct edition *edition, const struct edition_section *section);
enum status render_json(
	FILE *to, const struct edition *edition, const struct edition_section *section);
enum status render_atom(
	FILE *to, const struct edition *edition, const struct edition_section *section);
enum status render_epub(
	FILE *to, const struct edition *edition, const struct edition_section *section);

/* To the first recipient of the configuration. */
enum status render_mail(
	FILE *to, const struct edition *edition, const struct edition_section *section);
/* One mail with all sections to this recipient, lines ending in LF. Source: RFC 5322, RFC 2045. */
enum status render_mail_to(FILE *to, const struct edition *edition, const char *recipient);

/* What the files of a section that go on from edition to edition are made of. */
struct feed_source {
	struct store *store;
	const struct config *config;
	const struct edition *const *editions; /* newest first */
	size_t count;                          /* at least 1 */
	const struct edition_section *section; /* of the edition that is written */
};

/* These files, "feeds/europe.atom". */
struct feed_form {
	const char *extension;
	const char *label; /* for people */
	const char *type;  /* of media */
	bool is_feed;      /* of what is printed */
	/* STATUS_NOT_FOUND: none of the editions has the section. */
	enum status (*render)(FILE *to, const struct feed_source *source);
};
extern const struct feed_form feed_forms[];
extern const size_t feed_form_count;

enum status render_feed_atom(FILE *to, const struct feed_source *source);
enum status render_feed_json(FILE *to, const struct feed_source *source);
/* The feeds that the section is made of, for any other reader. Without those that want a password.
 */
enum status render_feed_opml(FILE *to, const struct feed_source *source);
/* The section of this name in an edition; NULL: it has none. */
const struct edition_section *section_find_slug(const struct edition *edition, const char *slug);

/* That the front page leads to: HTML, where it is written; else the first of sections. NULL: none.
 */
const struct edition_format *front_format(const char *const *formats, size_t count);
/* The page for all sections: what leads in each. formats: names of those that are written. */
enum status render_front(
	FILE *to, const struct edition *edition, const char *const *formats, size_t format_count);
/* The page of all editions and how the feeds do. */
enum status render_archive(FILE *to, struct store *store, const struct config *config);

/* Writes the text and finishes the buf. */
enum status render_write(FILE *to, struct buf *text);
/* The same for terminals: no byte of it is a command to one, whatever the store gave. */
enum status render_write_plain(FILE *to, struct buf *text);

/* "politico.eu": the host of a URL without "www."; the URL itself where it has none. */
void put_host(const char *url, struct buf *to);
/* "14 stories · 9 sources · 58 min read". */
void put_counts(const struct words *words, const struct edition_section *section,
	const char *between, struct buf *to);
/* The same with the number of words. */
void put_totals(const struct words *words, const struct edition_section *section,
	const char *between, struct buf *to);
/* The same of a whole edition; a source of several sections is one. */
void put_edition_totals(const struct words *words, const struct edition *edition,
	const char *between, struct buf *to);
/* "What arrived from ... until ... (Europe/Paris)". */
void put_window(
	const struct words *words, const struct edition *edition, int64_t from, struct buf *to);
/* The window and, where it is known, the version that made the edition. */
void put_imprint(const struct words *words, const struct edition *edition, int64_t from,
	const char *between, struct buf *to);
/* "Energy, Ferries": the first of an article's categories, each once. In to, not escaped. */
void put_tags(const struct edition_item *item, struct buf *to);
/* "06:12": when the item was published, or came where that is not known. */
void put_when(const struct words *words, const struct edition *edition,
	const struct edition_item *item, struct buf *to);
/* published_at, or arrived_at where that is not known. */
int64_t item_time(const struct edition_item *item);
/* "See also in Europe". */
void put_elsewhere(
	const struct words *words, const struct edition_reference *reference, struct buf *to);
/* Where it stands, from a page of the edition: "../2026-11-22/europe.html#a-4711". */
void put_elsewhere_url(
	const struct edition_reference *reference, const char *extension, struct buf *to);
/* A title for those that have none: its host. In to, not escaped. */
void put_title(const struct edition_item *item, struct buf *to);

/*
 * The other reports of a story, those of a source together: the one behind index (0: the first), 0:
 * there is none. Only the first of a source names it.
 */
size_t also_next(const struct edition_story *story, size_t index);
bool also_names_source(const struct edition_story *story, size_t index);
/*
 * The title of another report of a story, NULL where it is the one that is printed and its source
 * is named: that says enough. In to, not escaped.
 */
const char *also_title(const struct edition_story *story, size_t index, struct buf *to);

enum story_group { GROUP_NEWS, GROUP_EARLIER, GROUP_UPDATED };
enum story_group story_group(const struct edition_story *story);
/* The heading above the story at index, where its group begins; NULL: none is needed. */
const char *group_heading(
	const struct words *words, const struct edition_section *section, size_t index);

/* The writing of this language runs from right to left. language may be NULL. */
bool language_is_rtl(const char *language);

#endif
